"""Someone saves a form that edits a stored thing, while others may have changed that thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from libs.chassis.problems import PreconditionFailed
from services.gateway.domain.versions import Versions, compare

ATTEMPTS = 4
Typed = Mapping[str, str]


def save_edit(typed: Typed, save: Callable[[Typed], object], read: Callable[[], Typed]) -> Versions | None:
    """Save what was typed; return both versions where somebody changed fields of the form meanwhile.

    ``save`` stores the touched fields if the revision is still that of the form; ``read`` returns the texts
    that are stored now, with their revision. What is stored already, or was changed elsewhere in the thing
    alone, leaves nothing to choose.

    Raises:
        PreconditionFailed: the thing changes faster than it can be saved.
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    given = dict(typed)
    for _ in range(ATTEMPTS):
        try:
            save(given)
        except PreconditionFailed:
            versions = compare(given, read())
        else:
            return None
        if not versions.unsaved:
            return None
        if versions.overtaken:
            return versions
        given["rev"] = versions.stored["rev"]
    raise PreconditionFailed
