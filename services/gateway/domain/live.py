"""What an open page is told when others change something: which things to draw again, never their numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

CHECK_IN, STANDING, ROLLED_UP, DEFINITION = "check_in", "standing", "rolled_up", "definition"


@dataclass(frozen=True, kw_only=True)
class LiveChange:
    """Something of this organisation changed. ``by`` is who did it, where somebody did.

    ``restricted``: not everybody in the organisation may see it.
    """

    organisation_id: str
    kind: str
    objective_id: str | None
    key_result_id: str | None = None
    by: str | None = None
    restricted: bool = False


def told_to(change: LiveChange, person_id: str, *, sees_all: bool) -> LiveChange:
    """What this person is told of the change: of what they may not be able to see, only that there is one."""
    if not change.restricted or sees_all or change.by == person_id:
        return change
    return replace(change, objective_id=None, key_result_id=None, by=None)
