"""Somebody says how an objective will be measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from libs.contracts.permissions import Action
from services.goals.domain.errors import Unknown
from services.goals.domain.key_result import KeyResult, check_measure, measure_of
from services.goals.domain.objective import Objective
from services.goals.domain.viewer import Viewer
from services.goals.usecases.add_once import add_once
from services.goals.usecases.announce import key_result_changed
from services.goals.usecases.authorise import relation_to_objective, require, see
from services.goals.usecases.ports import NO_KEY, Once, Ports
from services.goals.usecases.references import cycle_of, require_person


@dataclass(frozen=True, kw_only=True)
class CreateKeyResult:
    """A key result; the owner is the objective's unless named."""

    title: str
    kind: str = "metric"
    unit: str = ""
    start: float = 0.0
    target: float = 1.0
    owner_id: str | None = None
    delegate_id: str | None = None
    weight: float = 1.0
    commitment: str = "committed"
    due_on: date | None = None
    description: str = ""
    once: Once = NO_KEY


def create_key_result(objective_id: str, command: CreateKeyResult, viewer: Viewer, ports: Ports) -> KeyResult:
    """The key result exists, is announced, and its objective is due to be recomputed.

    What it repeats of its objective was read before it was written, so it is due to be looked at again.

    Raises:
        Unknown: there is no such objective for them, or what the same request had made is gone or hidden.
        NotAllowed: the objective is not theirs.
        CycleIsClosed: its cycle is closed.
        InvalidFields: start equals target, an id names nothing, or the due date lies outside the cycle.
    """
    objective = ports.objectives.get(viewer.organisation_id, objective_id)
    if objective is None:
        raise Unknown("objective")
    see(viewer, objective)
    require(
        viewer, Action.KEY_RESULT_CREATE, relation_to_objective(viewer, objective.owner_id, objective.team_id)
    )
    cycle = cycle_of(ports, objective.organisation_id, objective.cycle_id)
    cycle.require_open()
    cycle.require_within(command.due_on)
    check_measure(command.kind, command.start, command.target)
    key_result = replace(_key_result(command, objective, ports), moved_by=viewer.person_id)
    require_person(ports, viewer.organisation_id, key_result.owner_id, "owner_id")
    if command.delegate_id is not None:
        require_person(ports, viewer.organisation_id, command.delegate_id, "delegate_id")
    return add_once(ports.key_results, key_result, [key_result_changed(key_result, viewer.person_id)], viewer)


def _key_result(command: CreateKeyResult, objective: Objective, ports: Ports) -> KeyResult:
    unit, start, target = measure_of(command.kind, command.unit, command.start, command.target)
    now = ports.now()
    return KeyResult(
        id=ports.new_id(),
        organisation_id=objective.organisation_id,
        created_at=now,
        updated_at=now,
        objective_id=objective.id,
        title=command.title,
        kind=command.kind,
        unit=unit,
        start=start,
        target=target,
        owner_id=command.owner_id or objective.owner_id,
        delegate_id=command.delegate_id,
        weight=command.weight,
        commitment=command.commitment,
        due_on=command.due_on,
        description=command.description,
        cycle_id=objective.cycle_id,
        team_id=objective.team_id,
        visibility=objective.visibility,
        objective_title=objective.title,
        objective_owner_id=objective.owner_id,
        objective_state=objective.state,
        rollup_due=(objective.id,),
        recheck_due=True,
        made_by=command.once.made_by,
        made_of=command.once.made_of,
    )
