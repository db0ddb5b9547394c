"""The check-in page: everything that the viewer owes, one open at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from libs.chassis.problems import Forbidden
from services.gateway.domain.okr import Asker, Cycle, Directory, KeyResult, Owed, Team
from services.gateway.usecases.ask import ask
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.may import may_check_in
from services.gateway.usecases.okr_ports import KeyResultQuery, Services

LAID_AT_MOST = 3


@dataclass(frozen=True, kw_only=True)
class CheckInPage:
    """The page. ``laid`` are the last ones checked in today; ``open_id`` is the one whose form is open."""

    today: date
    owed: tuple[Owed, ...]
    laid: tuple[KeyResult, ...]
    laid_in_all: int
    open_id: str | None
    team: Team | None
    next_on: date | None
    cycle: Cycle | None
    directory: Directory


def show_check_in(services: Services, asker: Asker, wanted: str | None = None) -> CheckInPage:
    """What is owed, with the wanted key result open (also when nothing is owed on it), else the first.

    Raises:
        Forbidden: the wanted one is not theirs to check in.
    """
    goals = services.goals
    cycle = choose_cycle(goals.cycles(), asker.today)
    directory = goals.directory()
    mine = ask(
        lambda: goals.key_results(
            KeyResultQuery(cycle_id=cycle.id if cycle else None, owner_id=asker.person_id)
        )
    )
    due = services.checkins.due()
    owed_ids = {owed.key_result.id for owed in due}
    if wanted and wanted not in owed_ids:
        due = (_unowed(services, asker, wanted), *due)
    elif wanted:
        due = tuple(sorted(due, key=lambda owed: owed.key_result.id != wanted))
    own = mine.result().items
    teams = directory.teams_of(asker.person_id)
    laid = _laid(own, asker.day_began, {owed.key_result.id for owed in due})
    return CheckInPage(
        today=asker.today,
        owed=due,
        laid=laid[-LAID_AT_MOST:],
        laid_in_all=len(laid),
        open_id=due[0].key_result.id if due else None,
        team=teams[0] if teams else None,
        next_on=min(
            (k.next_check_in_on for k in own if k.next_check_in_on and k.next_check_in_on > asker.today),
            default=None,
        ),
        cycle=cycle,
        directory=goals.directory([known.owner_id for known in (*laid, *(one.key_result for one in due))]),
    )


def _unowed(services: Services, asker: Asker, wanted: str) -> Owed:
    known = services.goals.key_result(wanted)
    if not may_check_in(asker, known, services.goals.directory()):
        raise Forbidden("Its owner, stand-in or team lead checks in.")
    return Owed(key_result=services.checkins.judged(known))


def _laid(own: tuple[KeyResult, ...], since: datetime, owed_ids: set[str]) -> tuple[KeyResult, ...]:
    """Those checked in today and no longer owed, the latest last."""
    laid = [kr for kr in own if kr.as_of and kr.as_of >= since and kr.id not in owed_ids]
    return tuple(sorted(laid, key=lambda kr: str(kr.as_of)))
