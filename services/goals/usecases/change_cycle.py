"""An admin changes a cycle or closes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.permissions import Action
from services.goals.domain.cycle import Cycle, check_span, check_transition
from services.goals.domain.errors import CycleIsClosed, Unknown, invalid
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import cycle_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports


def change_cycle(
    cycle_id: str, changes: Mapping[str, Any], rev: int | None, viewer: Viewer, ports: Ports
) -> Cycle:
    """The cycle has these values and its objectives are owed a new judgement.

    Fields: name, starts_on, ends_on, state.

    Raises:
        Unknown: there is no such cycle.
        NotAllowed: they are no admin.
        Stale: it changed since ``rev``.
        CycleIsClosed: it is closed and is not being reopened.
        InvalidFields: the span is wrong or cuts off due dates, or the state cannot follow.
    """

    def attempt() -> Cycle:
        cycle = ports.cycles.get(viewer.organisation_id, cycle_id)
        if cycle is None:
            raise Unknown("cycle")
        require(viewer, Action.CYCLE_CHANGE)
        cycle.require_rev(rev)
        changed = replace(cycle, **changes, updated_at=ports.now(), judge_due=True)
        if cycle.closed and changed.closed and changed.name == cycle.name:
            raise CycleIsClosed
        check_transition(cycle.state, changed.state)
        check_span(changed.starts_on, changed.ends_on)
        _check_due_dates(cycle, changed, ports)
        return ports.cycles.save(changed, [cycle_changed(changed)])

    return contest(attempt)


def _check_due_dates(cycle: Cycle, changed: Cycle, ports: Ports) -> None:
    if (changed.starts_on, changed.ends_on) == (cycle.starts_on, cycle.ends_on):
        return
    outside = ports.key_results.due_outside(
        cycle.organisation_id, cycle.id, changed.starts_on, changed.ends_on
    )
    if outside:
        raise invalid(
            "ends_on", f"{outside} key results are due outside these dates. Change their due dates first."
        )
