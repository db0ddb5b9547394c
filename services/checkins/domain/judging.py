"""From a series and the clock to a standing, by the binding formulas."""

from __future__ import annotations

from datetime import datetime

from libs.measures.progress import raw_progress, shown_progress
from libs.measures.status import Facts, judge, running
from services.checkins.domain.owing import next_check_in
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing


def stand(situation: Situation, state: State, now: datetime) -> Standing:
    """The judgement of this series at this instant."""
    key_result, cycle = situation.key_result, situation.cycle
    today = situation.local_day(now)
    raw = raw_progress(key_result.kind, key_result.start, key_result.target, state.current)
    progress = shown_progress(raw, running=running(cycle.state, cycle.starts_on, today))
    next_check_in_on = next_check_in(situation, state, today)
    judgement = judge(
        Facts(
            on=today,
            starts_on=cycle.starts_on,
            due_on=situation.due_on,
            progress=progress,
            measured=state.count > 0,
            cycle_state=cycle.state,
            abandoned=situation.abandoned,
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
