"""What an open page is told when others change something: which things to draw again, never their numbers."""

from __future__ import annotations

from dataclasses import dataclass

CHECK_IN, STANDING, ROLLED_UP, DEFINITION = "check_in", "standing", "rolled_up", "definition"


@dataclass(frozen=True, kw_only=True)
class LiveChange:
    """Something of this organisation changed. ``by`` is who did it, where somebody did."""

    organisation_id: str
    kind: str
    objective_id: str | None
    key_result_id: str | None = None
    by: str | None = None
