"""An objective is hung under another one, or under a key result."""

from __future__ import annotations

from dataclasses import replace

from services.goals.domain.alignment import check_alignment
from services.goals.domain.errors import invalid
from services.goals.domain.objective import OPEN, Objective, Parent
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import sees
from services.goals.usecases.ports import Ports

GONE = "This parent was deleted, or is no longer visible to you. Choose another one."


def align_objective(objective: Objective, parent: Parent | None, viewer: Viewer, ports: Ports) -> Objective:
    """The objective as it is under this parent; nothing is stored.

    The parent may go before it is, so it is due to be looked at again.

    Raises:
        InvalidFields: the parent is unknown to the viewer, abandoned, of another cycle, of a narrower level,
            or beneath the objective itself; names ``parent``.
    """
    if parent is None:
        return replace(objective, parent=None, under_id=None)
    above = _objective_of(parent, objective.organisation_id, viewer, ports)
    chain = ports.objectives.chain(objective.organisation_id, above.id)
    check_alignment(objective, above, {link.id: link.under_id for link in chain})
    return replace(objective, parent=parent, under_id=above.id, recheck_due=True)


def _objective_of(parent: Parent, organisation_id: str, viewer: Viewer, ports: Ports) -> Objective:
    objective_id = parent.id
    if parent.kind == "key_result":
        key_result = ports.key_results.get(organisation_id, parent.id)
        if key_result is None or not sees(viewer, key_result):
            raise invalid("parent", GONE)
        objective_id = key_result.objective_id
    above = ports.objectives.get(organisation_id, objective_id)
    if above is None or not sees(viewer, above):
        raise invalid("parent", GONE)
    if above.state != OPEN:
        raise invalid("parent", "This objective was abandoned. Choose another parent.")
    return above
