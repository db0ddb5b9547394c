"""An objective's page: how it stands, what it is measured by, who carries it, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from libs.contracts.permissions import Action, Relation
from services.gateway.domain.okr import Asker, Crumb, Cycle, Directory, KeyResult, Objective, Organisation
from services.gateway.usecases.may import may, to_objective
from services.gateway.usecases.okr_ports import KeyResultQuery, Services

AT_ONCE = 100
WORSE_THAN_ON_TRACK = ("at_risk", "overdue", "behind")


@dataclass(frozen=True, kw_only=True)
class Child:
    """An objective below this one; ``carries`` is the key result that it carries, if its parent is one."""

    objective: Objective
    carries: KeyResult | None


@dataclass(frozen=True, kw_only=True)
class ObjectivePage:
    """The page. ``ancestors`` run from the top down; ``strayed`` are key results worse than the average."""

    objective: Objective
    today: date
    cycle: Cycle | None
    ancestors: tuple[Crumb, ...]
    key_results: tuple[KeyResult, ...]
    children: tuple[Child, ...]
    weakest: KeyResult | None
    strayed: tuple[KeyResult, ...]
    directory: Directory
    organisation: Organisation
    follows: bool
    may_change: bool
    may_delete: bool
    may_add: bool
    may_follow: bool
    may_create: bool


def show_objective(services: Services, asker: Asker, objective_id: str) -> ObjectivePage:
    """The page, from one question; a second where a weakest key result lies deeper.

    Raises:
        NotFound: it is not there, or not theirs to see.
    """
    goals = services.goals
    detail = goals.objective_detail(objective_id)
    objective = detail.objective
    of_key_results = [found.owner_id for found in detail.key_results]
    of_children = [found.owner_id for found in detail.children]
    directory = goals.directory([objective.owner_id, *of_key_results, *of_children])
    key_results = tuple(kr for kr in detail.key_results if kr.state == "open")
    weakest = _weakest(services, (objective, *detail.children), key_results)
    related = to_objective(asker, objective, directory)
    return ObjectivePage(
        objective=objective,
        today=asker.today,
        cycle=next((cycle for cycle in goals.cycles() if cycle.id == objective.cycle_id), None),
        ancestors=detail.ancestors,
        key_results=key_results,
        children=tuple(_child(child, key_results, weakest) for child in detail.children),
        weakest=weakest.get(objective.weakest.key_result_id) if objective.weakest else None,
        strayed=_strayed(objective, key_results),
        directory=directory,
        organisation=goals.organisation(),
        follows=asker.person_id in objective.follower_ids,
        may_change=may(asker, Action.OBJECTIVE_CHANGE, related),
        may_delete=may(asker, Action.OBJECTIVE_DELETE, related),
        may_add=may(asker, Action.KEY_RESULT_CREATE, related),
        may_follow=may(asker, Action.OBJECTIVE_FOLLOW),
        may_create=may(asker, Action.OBJECTIVE_CREATE, Relation(own=True)),
    )


def _child(child: Objective, key_results: tuple[KeyResult, ...], weakest: Mapping[str, KeyResult]) -> Child:
    parent = child.parent
    carries = next(
        (kr for kr in key_results if parent and parent.kind == "key_result" and kr.id == parent.id), None
    )
    named = weakest.get(child.weakest.key_result_id) if child.weakest else None
    if child.weakest and named:
        child = replace(child, weakest=replace(child.weakest, status=named.status))
    return Child(objective=child, carries=carries)


def _weakest(
    services: Services, objectives: Sequence[Objective], at_hand: tuple[KeyResult, ...]
) -> Mapping[str, KeyResult]:
    """The weakest of each, by its id, where the viewer may see it and it has not just been deleted."""
    known = {found.id: found for found in at_hand}
    named = {each.weakest.key_result_id for each in objectives if each.weakest}
    deeper = tuple(sorted(named - known.keys()))[:AT_ONCE]
    if deeper:
        known |= {found.id: found for found in services.goals.key_results(KeyResultQuery(ids=deeper)).items}
    return known


def _strayed(objective: Objective, key_results: tuple[KeyResult, ...]) -> tuple[KeyResult, ...]:
    if objective.status not in {"on_track", "achieved"}:
        return ()
    return tuple(kr for kr in key_results if kr.status in WORSE_THAN_ON_TRACK)
