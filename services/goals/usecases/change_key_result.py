"""Somebody changes how an objective is measured, who measures it, or abandons it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.permissions import Action
from services.goals.domain.errors import Unknown
from services.goals.domain.key_result import KeyResult, check_measure, measure_of
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import key_result_changed
from services.goals.usecases.authorise import relation_to_key_result, require, see
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports
from services.goals.usecases.references import cycle_of, require_person

# Who may see it, and whether it takes check-ins.
_DECIDING = ("owner_id", "delegate_id", "state")


def change_key_result(
    key_result_id: str, changes: Mapping[str, Any], rev: int | None, viewer: Viewer, ports: Ports
) -> KeyResult:
    """The key result has these values and its objective is due to be recomputed.

    Fields: title, unit, start, target, owner_id, delegate_id, weight, commitment, due_on, description, state.
    What kind it is never changes: the check-ins would lose their meaning.

    Raises:
        Unknown: there is no such key result for them.
        NotAllowed: neither it nor its objective is theirs.
        Stale: it changed since ``rev``.
        CycleIsClosed: its cycle is closed.
        InvalidFields: start equals target, an id names nothing, or the due date lies outside the cycle.
    """

    def attempt() -> tuple[KeyResult, KeyResult]:
        before = ports.key_results.get(viewer.organisation_id, key_result_id)
        if before is None:
            raise Unknown("key result")
        see(viewer, before)
        require(viewer, Action.KEY_RESULT_CHANGE, relation_to_key_result(viewer, before))
        before.require_rev(rev)
        changed = replace(_changed(before, changes, ports), moved_by=viewer.person_id)
        return before, ports.key_results.save(changed, [key_result_changed(changed, viewer.person_id)])

    before, stored = contest(attempt)
    if any(getattr(stored, name) != getattr(before, name) for name in _DECIDING):
        ports.check_ins.outdate(viewer, key_results={stored.id: stored.seq})
    return stored


def _changed(before: KeyResult, changes: Mapping[str, Any], ports: Ports) -> KeyResult:
    cycle = cycle_of(ports, before.organisation_id, before.cycle_id)
    cycle.require_open()
    changed = replace(before, **changes, updated_at=ports.now())
    check_measure(changed.kind, changed.start, changed.target)
    if changed.due_on != before.due_on:
        cycle.require_within(changed.due_on)
    if changed.owner_id != before.owner_id:
        require_person(ports, before.organisation_id, changed.owner_id, "owner_id")
    if changed.delegate_id is not None and changed.delegate_id != before.delegate_id:
        require_person(ports, before.organisation_id, changed.delegate_id, "delegate_id")
    unit, start, target = measure_of(changed.kind, changed.unit, changed.start, changed.target)
    return replace(changed, unit=unit, start=start, target=target, rollup_due=(before.objective_id,))
