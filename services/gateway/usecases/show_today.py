"""Today: what one owes, what asks for a look, and three numbers that say how the cycle goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from libs.measures.progress import roll_up
from services.gateway.domain.okr import Asker, Cycle, Directory, KeyResult, Objective, Owed, Team, Week
from services.gateway.usecases.ask import ask
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.okr_ports import KeyResultQuery, ObjectiveQuery, Services

ASKS_FOR_A_LOOK = ("overdue", "at_risk", "behind", "stale")
LOOKS_AT_MOST = 6
WINS_AT_MOST = 3


@dataclass(frozen=True, kw_only=True)
class Today:
    """The page. ``team_week`` is the pile of one's team, ``next_on`` the next day they owe anything."""

    today: date
    owed: tuple[Owed, ...]
    looks: tuple[KeyResult, ...]
    looks_in_all: int
    wins: tuple[KeyResult, ...]
    cycle: Cycle | None
    cycle_gone: float | None
    company_progress: float | None
    company_weakest: float | None
    team: Team | None
    team_week: Week | None
    next_on: date | None
    directory: Directory
    has_objectives: bool


def show_today(services: Services, asker: Asker) -> Today:
    """The page for the one who looks, from five questions asked at once."""
    goals, checkins = services.goals, services.checkins
    cycle = choose_cycle(goals.cycles(), asker.today)
    directory = goals.directory()
    team = _team_of(asker, directory)
    cycle_id = cycle.id if cycle else None
    due = ask(checkins.due)
    attention = ask(lambda: goals.key_results(KeyResultQuery(cycle_id=cycle_id, statuses=ASKS_FOR_A_LOOK)))
    achieved = ask(lambda: goals.key_results(KeyResultQuery(cycle_id=cycle_id, statuses=("achieved",))))
    company = ask(lambda: goals.objectives(ObjectiveQuery(cycle_id=cycle_id, level="company")))
    mine = ask(lambda: goals.key_results(KeyResultQuery(cycle_id=cycle_id, owner_id=asker.person_id)))
    team_week = checkins.week(team.id) if team else None
    looks = _near(asker, directory, attention.result().items)
    progress, weakest = _company(company.result().items)
    return Today(
        today=asker.today,
        owed=due.result(),
        looks=looks[:LOOKS_AT_MOST],
        looks_in_all=len(looks),
        wins=_latest(_near(asker, directory, achieved.result().items)),
        cycle=cycle,
        cycle_gone=cycle.gone(asker.today) if cycle else None,
        company_progress=progress,
        company_weakest=weakest,
        team=team,
        team_week=team_week,
        next_on=_next_day(mine.result().items, asker.today),
        directory=directory,
        has_objectives=bool(company.result().items or mine.result().items),
    )


def _team_of(asker: Asker, directory: Directory) -> Team | None:
    teams = directory.teams_of(asker.person_id)
    return next((team for team in teams if team.lead_id == asker.person_id), next(iter(teams), None))


def _near(asker: Asker, directory: Directory, found: tuple[KeyResult, ...]) -> tuple[KeyResult, ...]:
    """One's own and one's teams' first by urgency; who has neither (a founder) sees the organisation's."""
    teams = {team.id for team in directory.teams_of(asker.person_id)}
    near = [
        key_result
        for key_result in found
        if asker.person_id in {key_result.owner_id, key_result.delegate_id} or key_result.team_id in teams
    ]
    urgency = {status: place for place, status in enumerate(ASKS_FOR_A_LOOK)}
    by_urgency = sorted(
        near or found, key=lambda kr: (urgency.get(kr.status, 9), kr.progress or 0.0, kr.title)
    )
    return tuple(by_urgency)


def _latest(achieved: tuple[KeyResult, ...]) -> tuple[KeyResult, ...]:
    read = [key_result for key_result in achieved if key_result.as_of is not None]
    return tuple(sorted(read, key=lambda kr: str(kr.as_of), reverse=True)[:WINS_AT_MOST])


def _company(objectives: tuple[Objective, ...]) -> tuple[float | None, float | None]:
    """The weighted mean of the company's objectives, and the least of them."""
    measured = [(o.weight, o.progress) for o in objectives if o.progress is not None and o.weight > 0]
    if not measured:
        return None, None
    return roll_up(measured), min(progress for _, progress in measured)


def _next_day(mine: tuple[KeyResult, ...], today: date) -> date | None:
    return min(
        (kr.next_check_in_on for kr in mine if kr.next_check_in_on and kr.next_check_in_on > today),
        default=None,
    )
