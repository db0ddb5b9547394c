"""From a series and the clock to a standing, by the binding formulas."""

from __future__ import annotations

from datetime import date, datetime

from libs.measures.progress import raw_progress, shown_progress
from libs.measures.status import Facts, judge, running
from services.checkins.domain.rhythm import first_due_day, next_due_day
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing


def stand(situation: Situation, state: State, now: datetime) -> Standing:
    """The judgement of this series at this instant."""
    key_result, cycle = situation.key_result, situation.cycle
    today = situation.local_day(now)
    raw = raw_progress(key_result.kind, key_result.start, key_result.target, state.current)
    progress = shown_progress(raw, running=running(cycle.state, cycle.starts_on, today))
    next_check_in_on = next_check_in(situation, state)
    judgement = judge(
        Facts(
            on=today,
            starts_on=cycle.starts_on,
            due_on=situation.due_on,
            progress=progress,
            measured=state.count > 0,
            cycle_state=cycle.state,
            abandoned=key_result.state == "abandoned",
            confidence=state.confidence,
            next_check_in_on=next_check_in_on,
        ),
        situation.organisation.thresholds,
    )
    return Standing(
        seq=state.seq,
        at=now,
        current=state.current,
        raw_progress=raw,
        progress=progress,
        expected=judgement.expected,
        status=judgement.status.value,
        confidence=state.confidence,
        as_of=state.as_of,
        reasons=judgement.reasons,
        next_check_in_on=next_check_in_on,
    )


def next_check_in(situation: Situation, state: State) -> date | None:
    """The first rhythm day that the series does not cover yet; null once no check-in can be owed."""
    if not situation.takes_check_ins:
        return None
    if state.as_of is None:
        return first_due_day(situation.rhythm, situation.key_result.created_on, situation.cycle.starts_on)
    return next_due_day(situation.rhythm, situation.local_day(state.as_of))
