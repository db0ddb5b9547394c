"""Someone looks for what an objective could belong to."""

from __future__ import annotations

from dataclasses import dataclass

from libs.chassis.problems import Forbidden, NotFound
from libs.language.addresses import folded
from libs.language.isolation import isolated
from services.gateway.domain.okr import HIDDEN_PARENT, Directory, KeyResult, Objective
from services.gateway.usecases.ask import ask
from services.gateway.usecases.okr_ports import KeyResultQuery, ObjectiveQuery, Services, TreeQuery

SHOWN_AT_MOST = 8


@dataclass(frozen=True, kw_only=True)
class ParentOption:
    """Something to belong to. ``value`` is what the form sends."""

    value: str
    title: str
    note: str
    owner: str
    is_key_result: bool


def find_parents(
    services: Services, cycle_id: str, words: str, *, but: str | None = None, chosen: str = ""
) -> tuple[ParentOption, ...]:
    """The chosen parent first, then objectives and key results of the cycle whose titles hold the words.

    ``but`` is the objective that looks for a parent: neither it nor what hangs below it is offered. Of very
    much below it, what lies far down is refused by the owning service, with a sentence at the field. A
    ``chosen`` parent that the viewer cannot see is still the first, without its title.
    """
    goals = services.goals
    below = ask(lambda: _below(services, cycle_id, but)) if but and cycle_id else None
    measured = ask(lambda: goals.key_results(KeyResultQuery(cycle_id=cycle_id, words=words)))
    objectives = goals.objectives(ObjectiveQuery(cycle_id=cycle_id, words=words)).items
    wanted = folded(words)
    refused = below.result() if below else frozenset({but})
    found: list[Objective | KeyResult] = [
        item for item in objectives if item.id not in refused and _holds(item.title, wanted)
    ]
    found += [
        item
        for item in measured.result().items
        if item.objective_id not in refused and _holds(item.title, wanted)
    ]
    present = _chosen(services, chosen)
    taken = {present.id} if present else set()
    shown = [
        *([present] if present else []),
        *[item for item in found if item.id not in taken][:SHOWN_AT_MOST],
    ]
    directory = goals.directory([item.owner_id for item in shown])
    options = tuple(
        _of_objective(item, directory) if isinstance(item, Objective) else _of_key_result(item, directory)
        for item in shown
    )
    return options if present or not chosen else (_unseen(chosen), *options)


def _below(services: Services, cycle_id: str, objective_id: str) -> frozenset[str]:
    """The objective and the objectives below it."""
    tree = services.goals.tree(TreeQuery(cycle_id=cycle_id, root_id=objective_id))
    return frozenset({objective_id} | {row.objective.id for row in tree.rows if row.objective})


def _holds(title: str, words: str) -> bool:
    return words in folded(title)


def _chosen(services: Services, chosen: str) -> Objective | KeyResult | None:
    kind, _, parent_id = chosen.partition(":")
    if not parent_id:
        return None
    try:
        return (
            services.goals.key_result(parent_id)
            if kind == "key_result"
            else services.goals.objective(parent_id)
        )
    except (NotFound, Forbidden):
        return None


def _unseen(chosen: str) -> ParentOption:
    """Offer the chosen parent without telling what it is: none would silently put the child at the top."""
    stays = "It stays below it until you choose another parent"
    gone = "It was deleted, or is no longer visible to you. Choose another parent"
    note = stays if chosen == HIDDEN_PARENT else gone
    return ParentOption(
        value=chosen, title="An objective you cannot see", note=note, owner="", is_key_result=False
    )


def _of_objective(found: Objective, directory: Directory) -> ParentOption:
    team = directory.team(found.team_id)
    owner = directory.person(found.owner_id)
    level = {"company": "Company objective", "team": "Objective", "person": "Personal objective"}.get(
        found.level, "Objective"
    )
    of_team = f" of {isolated(team.name)}" if team else ""
    return ParentOption(
        value=f"objective:{found.id}",
        title=found.title,
        note=f"{level}{of_team}: yours would count towards its progress",
        owner=owner.name if owner else "",
        is_key_result=False,
    )


def _of_key_result(found: KeyResult, directory: Directory) -> ParentOption:
    owner = directory.person(found.owner_id)
    return ParentOption(
        value=f"key_result:{found.id}",
        title=found.title,
        note="A key result: yours would contribute to it, but not change its progress",
        owner=owner.name if owner else "",
        is_key_result=True,
    )
