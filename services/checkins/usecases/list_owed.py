"""Everything that a person owes, for one screen: what is due, what follows this week, what they did today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.checkins.domain.judging import stand
from services.checkins.domain.series import EMPTY, State
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.as_of_now import as_of_now
from services.checkins.usecases.ask_owner import ask_owners
from services.checkins.usecases.authorise import may_check_in
from services.checkins.usecases.find_owing import Owing, find_owing, people_of
from services.checkins.usecases.ports import Ports

_URGENCY = ("stale", "at_risk", "overdue", "behind", "awaiting_first_check_in")


@dataclass(frozen=True)
class Owed:
    """One check-in that the viewer owes. ``due_on`` may be past, today, or later in the week of ``today``."""

    situation: Situation
    standing: Standing
    due_on: date
    today: date


@dataclass(frozen=True)
class Done:
    """A key result that the viewer answers for, checked in today; ``before`` is what the day began with."""

    situation: Situation
    standing: Standing
    before: State


@dataclass(frozen=True)
class OwedList:
    """What is due today or was missed, what is due later this week, and what was done today.

    The most urgent comes first, of what was done the first.
    """

    due: tuple[Owed, ...]
    later: tuple[Owed, ...]
    done: tuple[Done, ...]
    next_on: date | None = None


@dataclass(frozen=True)
class _Mine:
    situation: Situation
    owing: Owing


def list_owed(viewer: Viewer, ports: Ports) -> OwedList:
    """Return what the viewer owes: as owner, or as delegate in the owner's stead."""
    now = ports.now()
    copies = ports.situations.owed_by(viewer.organisation_id, viewer.person_id)
    theirs = list(ask_owners(copies, viewer, ports))
    people = people_of(theirs, ports)
    mine = [
        _Mine(situation, owing)
        for situation in as_of_now(theirs, viewer.organisation_id, ports)
        if (owing := find_owing(situation, situation.state, people, now)).person_id == viewer.person_id
        and may_check_in(viewer, situation)
    ]
    following = [one.owing.next_on for one in mine if one.owing.next_on is not None and not one.owing.due]
    return OwedList(
        due=_owed([one for one in mine if one.owing.due], now),
        later=_owed([one for one in mine if one.owing.later_this_week], now),
        done=_done([one for one in mine if not one.owing.due], viewer, now, ports),
        next_on=min(following, default=None),
    )


def _owed(mine: Sequence[_Mine], now: datetime) -> tuple[Owed, ...]:
    found = [
        Owed(
            one.situation, stand(one.situation, one.situation.state, now), one.owing.next_on, one.owing.today
        )
        for one in mine
        if one.owing.next_on is not None
    ]
    return tuple(sorted(found, key=_urgency))


def _done(mine: Sequence[_Mine], viewer: Viewer, now: datetime, ports: Ports) -> tuple[Done, ...]:
    """Return those whose reading was recorded since the person's midnight."""
    read = [
        (recorded, one.situation)
        for one in mine
        if (recorded := one.situation.state.noted_at) is not None and recorded >= one.owing.day_began
    ]
    if not read:
        return ()
    ids = [situation.key_result.id for _, situation in read]
    began = min(one.owing.day_began for one in mine)
    before = ports.check_ins.states(viewer.organisation_id, ids, before=began)
    in_order = sorted(read, key=lambda pair: (pair[0], pair[1].key_result.id))
    return tuple(
        Done(each, stand(each, each.state, now), before.get(each.key_result.id, EMPTY))
        for _, each in in_order
    )


def _urgency(owed: Owed) -> tuple[date, int, str, str]:
    status = owed.standing.status
    rank = _URGENCY.index(status) if status in _URGENCY else len(_URGENCY)
    key_result = owed.situation.key_result
    return (owed.due_on, rank, key_result.title, key_result.id)
