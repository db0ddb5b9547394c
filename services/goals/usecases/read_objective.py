"""One objective with what surrounds it on its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from libs.contracts.permissions import Action
from services.goals.domain.cycle import Cycle
from services.goals.domain.errors import Unknown
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import may, relation_to_objective, see, sees, sight_of
from services.goals.usecases.hide_weakest import hide_weakest
from services.goals.usecases.ports import Ports
from services.goals.usecases.read_day import read_day
from services.goals.usecases.references import cycle_of


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the top to the thing; ``below_hidden``: what stands above it is hidden."""

    kind: str
    id: str
    title: str
    below_hidden: bool = False


@dataclass(frozen=True)
class Ancestors:
    """The way from the top, and whether the thing's own parent is hidden from the viewer."""

    crumbs: Sequence[Crumb] = ()
    parent_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class ObjectiveView:
    """An objective, the way to it, what hangs beneath, names, and what the viewer may do."""

    objective: Objective
    cycle: Cycle
    on: date
    ancestors: Ancestors
    key_results: Sequence[KeyResult]
    children: Sequence[Objective]
    people: Mapping[str, str]
    teams: Mapping[str, tuple[str, str]]
    can: Mapping[str, bool]


def read_objective(objective_id: str, viewer: Viewer, ports: Ports) -> ObjectiveView:
    """The view of it.

    Raises:
        Unknown: there is no such objective for them.
    """
    objective = ports.objectives.get(viewer.organisation_id, objective_id)
    if objective is None:
        raise Unknown("objective")
    see(viewer, objective)
    cycle = cycle_of(ports, viewer.organisation_id, objective.cycle_id)
    beneath = ports.key_results.of_objectives(viewer.organisation_id, [objective_id])
    key_results = [item for item in beneath if sees(viewer, item)]
    children = ports.objectives.children(sight_of(viewer), objective_id)
    objective, *children = hide_weakest([objective, *children], viewer, ports, key_results)
    people = {objective.owner_id, *objective.follower_ids}
    people |= {item.owner_id for item in key_results} | {item.owner_id for item in children}
    people |= {item.delegate_id for item in key_results if item.delegate_id is not None}
    teams = {
        team_id
        for team_id in (objective.team_id, *(child.team_id for child in children))
        if team_id is not None
    }
    return ObjectiveView(
        objective=objective,
        cycle=cycle,
        on=read_day(ports, viewer.organisation_id),
        ancestors=crumbs_above(objective, viewer, ports),
        key_results=key_results,
        children=children,
        people=ports.people.names(viewer.organisation_id, people),
        teams=team_names(ports, viewer.organisation_id, teams),
        can=objective_abilities(objective, cycle, viewer),
    )


def objective_abilities(objective: Objective, cycle: Cycle, viewer: Viewer) -> Mapping[str, bool]:
    """What the viewer may do with it now, so that pages offer only what works."""
    relation = relation_to_objective(viewer, objective.owner_id, objective.team_id)
    running = not cycle.closed
    return {
        "change": running and may(viewer, Action.OBJECTIVE_CHANGE, relation),
        "delete": running and may(viewer, Action.OBJECTIVE_DELETE, relation),
        "create_key_result": running and may(viewer, Action.KEY_RESULT_CREATE, relation),
        "follow": may(viewer, Action.OBJECTIVE_FOLLOW, relation),
    }


def crumbs_above(objective: Objective, viewer: Viewer, ports: Ports) -> Ancestors:
    """Return what stands above it, the top first. What the viewer may not see is left out, and marked."""
    if objective.under_id is None:
        return Ancestors()
    chain = ports.objectives.chain(objective.organisation_id, objective.id)
    carriers = {
        item.parent.id for item in chain if item.parent is not None and item.parent.kind == "key_result"
    }
    key_results = ports.key_results.many(objective.organisation_id, carriers)
    crumbs: list[Crumb] = []
    parent_hidden = False
    for link in chain:
        if link.id != objective.id:
            if sees(viewer, link):
                crumbs.append(Crumb("objective", link.id, link.title))
            elif crumbs:
                crumbs[-1] = replace(crumbs[-1], below_hidden=True)
            else:
                parent_hidden = True
        carrier = key_results.get(link.parent.id) if link.parent is not None else None
        if carrier is not None and sees(viewer, carrier):
            crumbs.append(Crumb("key_result", carrier.id, carrier.title))
    return Ancestors(crumbs[::-1], parent_hidden=parent_hidden)


def team_names(ports: Ports, organisation_id: str, team_ids: set[str]) -> dict[str, tuple[str, str]]:
    """Name and slug of these teams, by id."""
    return {team.id: (team.name, team.slug) for team in ports.teams.many(organisation_id, team_ids).values()}
