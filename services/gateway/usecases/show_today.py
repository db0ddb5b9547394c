"""Today: what one owes, what asks for a look, and three numbers that say how the cycle goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from libs.contracts.permissions import Action, Relation
from libs.measures.progress import roll_up
from services.gateway.domain.okr import Asker, Cycle, Directory, KeyResult, Objective, OwedList, Team, Week
from services.gateway.usecases.ask import ask
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.list_every import list_every
from services.gateway.usecases.may import may
from services.gateway.usecases.okr_ports import KeyResultQuery, ObjectiveQuery, Services
from services.gateway.usecases.pick_wins import ACHIEVED, pick_wins

ASKS_FOR_A_LOOK = ("overdue", "at_risk", "behind", "stale")
AWAITING = "awaiting_first_check_in"
LOOKS_AT_MOST = 6


@dataclass(frozen=True, kw_only=True)
class Today:
    """The page. ``team_week`` counts the check-ins of the viewer's team."""

    today: date
    owed: OwedList
    looks: tuple[KeyResult, ...]
    looks_in_all: int
    wins: tuple[KeyResult, ...]
    cycle: Cycle | None
    cycle_gone: float | None
    company_progress: float | None
    company_weakest: float | None
    team: Team | None
    team_week: Week | None
    directory: Directory
    has_objectives: bool
    first: KeyResult | None
    may_create: bool


def show_today(services: Services, asker: Asker) -> Today:
    """The page for the one who looks, from a few questions asked at once."""
    goals, checkins = services.goals, services.checkins
    cycle = choose_cycle(goals.cycles(), asker.today)
    directory = goals.directory()
    team = _team_of(asker, directory)
    cycle_id = cycle.id if cycle else None
    asked = ask(checkins.owed_list)
    wanted = KeyResultQuery(cycle_id=cycle_id, statuses=(*ASKS_FOR_A_LOOK, ACHIEVED))
    teams = [
        ask(partial(list_every, services, replace(wanted, team_id=one.id)))
        for one in directory.teams_of(asker.person_id)
    ]
    company = ask(lambda: goals.objectives(ObjectiveQuery(cycle_id=cycle_id, level="company")))
    mine = ask(partial(list_every, services, KeyResultQuery(cycle_id=cycle_id, owner_id=asker.person_id)))
    team_week = checkins.week(team.id) if team else None
    near = [*mine.result(), *(found for one in teams for found in one.result())]
    looks = _by_urgency(_near_or_all(services, near, replace(wanted, statuses=ASKS_FOR_A_LOOK)))
    wins = _near_or_all(services, near, replace(wanted, statuses=(ACHIEVED,)))
    owed = asked.result()
    latest = pick_wins([*(one.key_result for one in owed.done), *wins])
    named = [one.key_result for one in (*owed.due, *owed.later)]
    progress, weakest = _company(company.result().items)
    return Today(
        today=asker.today,
        owed=owed,
        looks=looks[:LOOKS_AT_MOST],
        looks_in_all=len(looks),
        wins=latest,
        cycle=cycle,
        cycle_gone=cycle.gone(asker.today) if cycle else None,
        company_progress=progress,
        company_weakest=weakest,
        team=team,
        team_week=team_week,
        directory=goals.directory([known.owner_id for known in (*looks[:LOOKS_AT_MOST], *latest, *named)]),
        has_objectives=bool(company.result().items or mine.result()),
        first=_first(mine.result(), owed),
        may_create=may(asker, Action.OBJECTIVE_CREATE, Relation(own=True)),
    )


def _team_of(asker: Asker, directory: Directory) -> Team | None:
    teams = directory.teams_of(asker.person_id)
    return next((team for team in teams if team.lead_id == asker.person_id), next(iter(teams), None))


def _near_or_all(
    services: Services, near: Iterable[KeyResult], wanted: KeyResultQuery
) -> Collection[KeyResult]:
    """Of one's own and one's teams' those wanted; who has none (a founder) sees the organisation's."""
    found = {key_result.id: key_result for key_result in near if key_result.status in wanted.statuses}
    return found.values() or list_every(services, wanted)


def _by_urgency(found: Iterable[KeyResult]) -> tuple[KeyResult, ...]:
    urgency = {status: place for place, status in enumerate(ASKS_FOR_A_LOOK)}
    return tuple(sorted(found, key=lambda kr: (urgency[kr.status], kr.progress or 0.0, kr.title)))


def _company(objectives: tuple[Objective, ...]) -> tuple[float | None, float | None]:
    """The weighted mean of the company's objectives, and the least of them."""
    measured = [(o.weight, o.progress) for o in objectives if o.progress is not None and o.weight > 0]
    if not measured:
        return None, None
    return roll_up(measured), min(progress for _, progress in measured)


def _first(mine: tuple[KeyResult, ...], owed: OwedList) -> KeyResult | None:
    """Return what somebody who has never checked in begins with, though nothing is due yet."""
    if owed.due or any(one.as_of is not None for one in mine):
        return None
    return next((one for one in mine if one.status == AWAITING), None)
