"""The check-in page: everything that the viewer owes, one open at a time; and the end, when all is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from libs.chassis.problems import Forbidden
from services.gateway.domain.okr import (
    Asker,
    Cycle,
    Directory,
    Done,
    KeyResult,
    Organisation,
    Owed,
    OwedList,
    Team,
    Week,
)
from services.gateway.usecases.ask import ask
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.list_every import list_every
from services.gateway.usecases.may import may_check_in
from services.gateway.usecases.okr_ports import KeyResultQuery, Services
from services.gateway.usecases.pick_wins import ACHIEVED, pick_wins

DONE_AT_MOST = 3


@dataclass(frozen=True, kw_only=True)
class End:
    """What stands at the end, when everything is done: the team's count, and recent wins."""

    team_week: Week | None
    wins: tuple[KeyResult, ...]


@dataclass(frozen=True, kw_only=True)
class CheckInPage:
    """The page. ``steps`` begin with the one whose form is open; ``end`` is there when all is done.

    ``done`` are the last ones done today; all of them at the end.
    """

    today: date
    owed: OwedList
    steps: tuple[Owed, ...]
    done: tuple[Done, ...]
    end: End | None
    team: Team | None
    cycle: Cycle | None
    directory: Directory
    organisation: Organisation


def show_check_in(services: Services, asker: Asker, wanted: str | None = None) -> CheckInPage:
    """Show what is due, with the wanted key result open (also when it is not due), else the first.

    What was done is told by the service that stores check-ins, never by a copy that may lag.

    Raises:
        Forbidden: the wanted one is not theirs to check in.
    """
    goals = services.goals
    cycle = choose_cycle(goals.cycles(), asker.today)
    directory = goals.directory()
    owed = services.checkins.owed_list()
    steps = _opened(services, asker, owed, wanted)
    teams = directory.teams_of(asker.person_id)
    team = teams[0] if teams else None
    end = _end(services, cycle, team, owed) if owed.done and not steps else None
    done = owed.done if end else owed.done[-DONE_AT_MOST:]
    named = [
        *(one.key_result for one in done),
        *(one.key_result for one in (*steps, *owed.later)),
        *(end.wins if end else ()),
    ]
    return CheckInPage(
        today=asker.today,
        owed=owed,
        steps=steps,
        done=done,
        end=end,
        team=team,
        cycle=cycle,
        directory=goals.directory([known.owner_id for known in named]),
        organisation=goals.organisation(),
    )


def _opened(services: Services, asker: Asker, owed: OwedList, wanted: str | None) -> tuple[Owed, ...]:
    """The due ones, behind the wanted one."""
    if not wanted:
        return owed.due
    known = next((one for one in (*owed.due, *owed.later) if one.key_result.id == wanted), None)
    first = known or _unowed(services, asker, wanted)
    return (first, *(one for one in owed.due if one.key_result.id != wanted))


def _unowed(services: Services, asker: Asker, wanted: str) -> Owed:
    known = services.goals.key_result(wanted)
    if not may_check_in(asker, known, services.goals.directory()):
        raise Forbidden("Its owner, delegate or team lead checks in.")
    return Owed(key_result=services.checkins.judged(known))


def _end(services: Services, cycle: Cycle | None, team: Team | None, owed: OwedList) -> End:
    """The team's count, and wins: one's own of today and the team's, else the organisation's."""
    everywhere = KeyResultQuery(cycle_id=cycle.id if cycle else None, statuses=(ACHIEVED,))
    near = ask(lambda: list_every(services, replace(everywhere, team_id=team.id if team else None)))
    week = services.checkins.week(team.id) if team else None
    achieved = [*(one.key_result for one in owed.done), *near.result()]
    return End(team_week=week, wins=pick_wins(achieved) or pick_wins(list_every(services, everywhere)))
