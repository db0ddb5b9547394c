"""What was hung beneath something in the very instant in which that one changed or went is put right.

Whoever hangs a thing beneath another has read that one before. Who changes or removes it meanwhile does not
know of the new thing yet, and the new thing's author does not know of the change. So both are written with a
debt. Once a thing is stored, and all who come later see it, what it hangs on is read again; and once a thing
is gone, what hangs on it is looked for again. Whichever of the two was written later finds the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import DELETED, Objective
from services.goals.usecases.announce import key_result_changed, objective_changed
from services.goals.usecases.ports import LostRace, Ports
from services.goals.usecases.recheck_teams import team_is_there


def recheck_parents(ports: Ports, limit: int = 200) -> int:
    """Key results say what their objective says, or are gone with it; objectives hang on what is there.

    One whose parent is gone has none, and so is shown at the top. How many things were due is returned.

    What had to be put right stays due until a later round finds it right: only then was the other thing read
    after this one was last written, and a slow worker cannot bring back what was so for a moment.
    """
    key_results = ports.key_results.recheck_due(limit)
    _recheck_key_results(key_results, ports)
    objectives = ports.objectives.recheck_due(limit)
    ports.objectives.rechecked([item for item in objectives if _is_right(item, ports)])
    return len(key_results) + len(objectives)


def _recheck_key_results(due: Sequence[KeyResult], ports: Ports) -> None:
    """What they hang on is read at once for all of them: somebody may have imported hundreds."""
    objectives = ports.objectives.by_ids(
        {item.organisation_id for item in due}, {item.objective_id for item in due if item.state != DELETED}
    )
    right = []
    for item in due:
        if item.state == DELETED:
            is_right = _let_go(ports.objectives.hanging_on(item.organisation_id, item.id), ports)
        else:
            is_right = _repeats(item, objectives.get(item.objective_id), ports)
        if is_right:
            right.append(item)
    ports.key_results.rechecked(right)


def _is_right(item: Objective, ports: Ports) -> bool:
    if item.state == DELETED:
        beneath = ports.key_results.of_objectives(item.organisation_id, [item.id])
        for key_result in beneath:
            _save_key_result(key_result.removed(), ports, edited=True)
        return _let_go(ports.objectives.hanging_on(item.organisation_id, item.id), ports) and not beneath
    if item.team_id is not None and not team_is_there(item.organisation_id, item.team_id, ports):
        return False
    if item.parent is None:
        return True
    above = ports.key_results if item.parent.kind == "key_result" else ports.objectives
    if above.get(item.organisation_id, item.parent.id) is not None:
        return True
    return _let_go([item], ports)


def _repeats(item: KeyResult, objective: Objective | None, ports: Ports) -> bool:
    if objective is None or objective.state == DELETED:
        _save_key_result(item.removed(), ports, edited=True)
        return False
    told = item.repeating(objective)
    if told == item:
        return True
    # What it only repeats must not make the form stale that somebody has open.
    _save_key_result(told, ports, edited=False)
    return False


def _let_go(hanging: Sequence[Objective], ports: Ports) -> bool:
    """Each of them hangs on nothing, if nobody wrote it meanwhile; whether there were none."""
    for item in hanging:
        top = replace(item, parent=None, under_id=None, updated_at=ports.now())
        try:
            ports.objectives.save(top, [objective_changed(top)])
        except LostRace:
            continue
    return not hanging


def _save_key_result(told: KeyResult, ports: Ports, *, edited: bool) -> None:
    told = replace(told, updated_at=ports.now())
    try:
        ports.key_results.save(told, [key_result_changed(told)], edited=edited)
    except LostRace:
        return
