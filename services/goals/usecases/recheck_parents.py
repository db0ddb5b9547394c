"""What was made beneath an objective in the very instant in which that one changed or went is put right.

A key result is made from an objective that was read before. Whoever changes or removes that objective
meanwhile does not know of the key result yet, and its maker does not know of the change. So the key result
is born with a debt: once it is stored, and all who come later see it, the objective is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import DELETED, Objective
from services.goals.usecases.announce import key_result_changed
from services.goals.usecases.ports import LostRace, Ports


def recheck_parents(ports: Ports, limit: int = 200) -> int:
    """Some key results say what their objective says, and are gone where it is gone; how many were due.

    What had to be put right stays due until a later round finds it right: only then was the objective read
    after the key result was last written, and a slow worker cannot bring back what was so for a moment.
    """
    key_results = ports.key_results.recheck_due(limit)
    _recheck_key_results(key_results, ports)
    return len(key_results)


def _recheck_key_results(due: Sequence[KeyResult], ports: Ports) -> None:
    if not due:
        return
    objectives = ports.objectives.by_ids(
        {item.organisation_id for item in due}, {item.objective_id for item in due}
    )
    right = []
    for item in due:
        told = _as_it_should_be(item, objectives.get(item.objective_id))
        if told == item:
            right.append(item)
        else:
            _save(replace(told, updated_at=ports.now()), item, ports)
    ports.key_results.rechecked(right)


def _as_it_should_be(item: KeyResult, objective: Objective | None) -> KeyResult:
    if item.state == DELETED:
        return item
    if objective is None or objective.state == DELETED:
        return replace(item, state=DELETED, rollup_due=(item.objective_id,))
    return item.repeating(objective)


def _save(told: KeyResult, before: KeyResult, ports: Ports) -> None:
    """Removing it is an edit; what it only repeats must not make the form stale that somebody has open."""
    try:
        ports.key_results.save(told, [key_result_changed(told)], edited=told.state != before.state)
    except LostRace:
        return  # it is still due
