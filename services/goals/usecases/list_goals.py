"""Lists of objectives and key results that one may see, with the cycles that say how they are shown."""

from __future__ import annotations

from dataclasses import replace

from libs.measures.status import Status
from services.goals.domain.cycle import Cycle
from services.goals.domain.errors import Unknown
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.shown import unread_status
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import see, sight_of
from services.goals.usecases.hide_weakest import hide_weakest
from services.goals.usecases.ports import KeyResultFilter, ObjectiveFilter, Ports, Slice, Window
from services.goals.usecases.read_day import read_day


def list_objectives(
    wanted: ObjectiveFilter, window: Window, viewer: Viewer, ports: Ports
) -> tuple[Slice[Objective], dict[str, Cycle]]:
    """A part of the list, and the cycles of its items."""
    found = ports.objectives.page(sight_of(viewer), wanted, window)
    found = replace(found, items=hide_weakest(found.items, viewer, ports))
    return found, ports.cycles.many(viewer.organisation_id, {item.cycle_id for item in found.items})


def list_children(
    objective_id: str, window: Window, viewer: Viewer, ports: Ports
) -> tuple[Slice[Objective], dict[str, Cycle]]:
    """A part of the objectives shown directly beneath it, and their cycles.

    Raises:
        Unknown: there is no such objective for them.
    """
    objective = ports.objectives.get(viewer.organisation_id, objective_id)
    if objective is None:
        raise Unknown("objective")
    see(viewer, objective)
    return list_objectives(ObjectiveFilter(under_id=objective_id), window, viewer, ports)


def list_key_results(
    wanted: KeyResultFilter, window: Window, viewer: Viewer, ports: Ports
) -> tuple[Slice[KeyResult], dict[str, Cycle]]:
    """A part of the list, and the cycles of its items.

    Asked for a status without a cycle, those without any reading count as awaiting their first check-in.
    """
    if wanted.statuses is not None:
        implied = Status.AWAITING_FIRST_CHECK_IN.value
        cycle = (
            ports.cycles.get(viewer.organisation_id, wanted.cycle_id) if wanted.cycle_id is not None else None
        )
        if cycle is not None:
            implied = unread_status(cycle, read_day(ports, viewer.organisation_id))
        wanted = replace(wanted, unread=implied in wanted.statuses)
    found = ports.key_results.page(sight_of(viewer), wanted, window)
    return found, ports.cycles.many(viewer.organisation_id, {item.cycle_id for item in found.items})
