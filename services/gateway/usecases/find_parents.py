"""Someone looks for what an objective could belong to."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.domain.okr import Directory, KeyResult, Objective, Parent
from services.gateway.usecases.ask import ask
from services.gateway.usecases.okr_ports import KeyResultQuery, ObjectiveQuery, Services

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
    services: Services, cycle_id: str, words: str, *, but: str | None = None, chosen: Parent | None = None
) -> tuple[ParentOption, ...]:
    """The chosen parent first, then objectives and key results of the cycle whose titles hold the words.

    ``but`` is the objective that looks for a parent: neither it nor its key results are offered. What
    lies deeper below it is refused by the owning service, with a sentence at the field.
    """
    goals = services.goals
    measured = ask(lambda: goals.key_results(KeyResultQuery(cycle_id=cycle_id, words=words)))
    objectives = goals.objectives(ObjectiveQuery(cycle_id=cycle_id, words=words)).items
    directory = goals.directory()
    wanted = words.casefold()
    options = [
        _of_objective(found, directory)
        for found in objectives
        if found.id != but and _holds(found.title, wanted)
    ]
    options += [
        _of_key_result(found, directory)
        for found in measured.result().items
        if found.objective_id != but and _holds(found.title, wanted)
    ]
    now = f"{chosen.kind}:{chosen.id}" if chosen else ""
    present = [option for option in options if option.value == now]
    if chosen and not present:
        present = [_chosen(services, chosen, directory)]
    return (*present, *[option for option in options if option.value != now][:SHOWN_AT_MOST])


def _holds(title: str, words: str) -> bool:
    return words in title.casefold()


def _chosen(services: Services, chosen: Parent, directory: Directory) -> ParentOption:
    if chosen.kind == "key_result":
        return _of_key_result(services.goals.key_result(chosen.id), directory)
    return _of_objective(services.goals.objective(chosen.id), directory)


def _of_objective(found: Objective, directory: Directory) -> ParentOption:
    team = directory.team(found.team_id)
    owner = directory.person(found.owner_id)
    level = {"company": "Company objective", "team": "Objective", "person": "Personal objective"}.get(
        found.level, "Objective"
    )
    of_team = f" of {team.name}" if team else ""
    return ParentOption(
        value=f"objective:{found.id}",
        title=found.title,
        note=f"{level}{of_team}: yours would count in its roll-up",
        owner=owner.name if owner else "",
        is_key_result=False,
    )


def _of_key_result(found: KeyResult, directory: Directory) -> ParentOption:
    owner = directory.person(found.owner_id)
    return ParentOption(
        value=f"key_result:{found.id}",
        title=found.title,
        note="A key result: yours carries it and does not move it",
        owner=owner.name if owner else "",
        is_key_result=True,
    )
