"""Somebody sets an objective."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.permissions import Action, Relation
from services.goals.domain.objective import BOTH, PERSON, Objective, Parent, check_level
from services.goals.domain.viewer import Viewer
from services.goals.usecases.add_once import add_once
from services.goals.usecases.align_objective import align_objective
from services.goals.usecases.announce import objective_changed
from services.goals.usecases.authorise import relation_to_objective, require
from services.goals.usecases.ports import NO_KEY, Once, Ports
from services.goals.usecases.references import require_cycle, require_person, require_team
from services.goals.usecases.weigh_objective import weigh_objective


@dataclass(frozen=True, kw_only=True)
class CreateObjective:
    """An objective; the owner is the one who asks unless named."""

    title: str
    level: str
    cycle_id: str
    why: str = ""
    owner_id: str | None = None
    team_id: str | None = None
    parent: Parent | None = None
    contribution: str = ""
    weight: float = 1.0
    visibility: str = "organisation"
    roll_up: str = BOTH
    once: Once = NO_KEY


def create_objective(command: CreateObjective, viewer: Viewer, ports: Ports) -> Objective:
    """The objective exists, is announced and is due to be judged.

    Raises:
        NotAllowed: this level or team is not theirs.
        InvalidFields: an id names nothing, level and team do not fit, the parent cannot be one, or the weight
            is not theirs to choose.
        CycleIsClosed: the cycle is closed.
        Unknown: what the same request had made is gone or hidden from them.
    """
    owner_id = command.owner_id or viewer.person_id
    require(
        viewer, Action.OBJECTIVE_CREATE, relation_to_new(viewer, command.level, owner_id, command.team_id)
    )
    check_level(command.level, command.team_id)
    cycle = require_cycle(ports, viewer.organisation_id, command.cycle_id)
    cycle.require_open()
    require_person(ports, viewer.organisation_id, owner_id, "owner_id")
    if command.team_id is not None:
        require_team(ports, viewer.organisation_id, command.team_id)
    objective = align_objective(_objective(command, owner_id, viewer, ports), command.parent, viewer, ports)
    weigh_objective(objective, viewer, ports)
    return add_once(ports.objectives, objective, [objective_changed(objective)], viewer)


def relation_to_new(viewer: Viewer, level: str, owner_id: str, team_id: str | None) -> Relation:
    """How one stands to an objective that is about to be.

    A personal one is one's own when one will own it and belongs to its team: a team hears of what its
    people achieve, and not of what others hang out under its name.
    """
    led = relation_to_objective(viewer, owner_id, team_id)
    belongs = team_id is None or team_id in viewer.teams
    return Relation(own=led.own and level == PERSON and belongs, team=led.team)


def _objective(command: CreateObjective, owner_id: str, viewer: Viewer, ports: Ports) -> Objective:
    now, new_id = ports.now(), ports.new_id()
    return Objective(
        id=new_id,
        organisation_id=viewer.organisation_id,
        created_at=now,
        updated_at=now,
        title=command.title,
        why=command.why,
        level=command.level,
        cycle_id=command.cycle_id,
        owner_id=owner_id,
        team_id=command.team_id,
        contribution=command.contribution,
        weight=command.weight,
        visibility=command.visibility,
        roll_up=command.roll_up,
        rollup_due=(new_id,),
        moved_by=viewer.person_id,
        recheck_due=command.team_id is not None,
        made_by=command.once.made_by,
        made_of=command.once.made_of,
    )
