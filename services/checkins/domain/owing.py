"""Which day a key result's next check-in is due: the one definition that all lists, pages and mails share."""

from __future__ import annotations

from datetime import date

from libs.measures.progress import BOOLEAN
from services.checkins.domain.rhythm import first_due_day, next_due_day
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation

_RUNNING = ("active", "closing")


def next_check_in(situation: Situation, state: State, today: date) -> date | None:
    """Return the first rhythm day that the series does not cover, null where no check-in is owed any more.

    ``today`` is the organisation's day. Nothing is owed to what is not open (draft, finished, abandoned,
    deleted), in a cycle that is not open or has ended, on a boolean that is achieved, and on days after the
    cycle.
    """
    key_result, cycle = situation.key_result, situation.cycle
    pursued = key_result.state == "open" and key_result.objective_state == "open"
    if (
        not pursued
        or cycle.state not in _RUNNING
        or today > cycle.ends_on
        or achieved_for_good(situation, state)
    ):
        return None
    day = _uncovered_day(situation, state)
    return day if day <= cycle.ends_on else None


def achieved_for_good(situation: Situation, state: State) -> bool:
    """Tell whether it is a boolean that is done: no later reading can say more."""
    return situation.key_result.kind == BOOLEAN and state.current is not None and state.current >= 1


def covers(situation: Situation, state: State, day: date) -> bool:
    """Tell whether the series has a reading that counts for this rhythm day."""
    return state.as_of is not None and _uncovered_day(situation, state) > day


def _uncovered_day(situation: Situation, state: State) -> date:
    if state.as_of is None:
        return first_due_day(situation.rhythm, situation.key_result.created_on, situation.cycle.starts_on)
    return next_due_day(situation.rhythm, situation.local_day(state.as_of))
