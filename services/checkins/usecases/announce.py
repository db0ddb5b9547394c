"""What happened, as the events that say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from libs.contracts import checkins as say
from services.checkins.domain.alarm import Said
from services.checkins.domain.check_in import CheckIn
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing

_ALARMS: dict[Said, type[say.KeyResultAchieved | say.KeyResultAtRisk | say.KeyResultRecovered]] = {
    Said.ACHIEVED: say.KeyResultAchieved,
    Said.AT_RISK: say.KeyResultAtRisk,
    Said.RECOVERED: say.KeyResultRecovered,
}


def progress_recorded(situation: Situation, check_in: CheckIn, standing: Standing) -> say.ProgressRecorded:
    """A check-in, a revision or an undo is stored."""
    return say.ProgressRecorded(
        check_in_id=check_in.id,
        key_result_id=check_in.key_result_id,
        objective_id=check_in.objective_id,
        author_id=check_in.author_id,
        standing=_facts(standing),
        visibility=situation.key_result.visibility,
    )


def standing_changed(situation: Situation, standing: Standing) -> say.StandingChanged:
    """The key result was judged anew, and the judgement differs from the last."""
    return say.StandingChanged(
        key_result_id=situation.key_result.id,
        objective_id=situation.key_result.objective_id,
        previous_status=situation.standing.status if situation.standing else None,
        standing=_facts(standing),
        visibility=situation.key_result.visibility,
    )


def alarm_said(
    said: Said,
    situation: Situation,
    state: State,
    standing: Standing,
    epoch: int,
    actor_id: str | None,
) -> say.KeyResultAchieved | say.KeyResultAtRisk | say.KeyResultRecovered:
    """What people must be told of the key result, with its words and numbers, and who did it."""
    key_result = situation.key_result
    return _ALARMS[said](
        key_result_id=key_result.id,
        objective_id=key_result.objective_id,
        title=key_result.title,
        unit=key_result.unit,
        start=key_result.start,
        target=key_result.target,
        kind=key_result.kind,
        owner_id=key_result.owner_id,
        team_id=key_result.team_id,
        ends_on=situation.due_on,
        epoch=epoch,
        previous_status=situation.standing.status if situation.standing else None,
        standing=_facts(standing),
        note=state.note,
        author_id=state.author_id,
        noted_at=state.noted_at,
        caused_at=state.noted_at if state.seq > situation.state.seq else None,
        actor_id=actor_id,
    )


def reminder(
    kind: type[say.CheckInDue | say.CheckInOverdue], person_id: str, day: date, owing: Sequence[Situation]
) -> say.CheckInDue | say.CheckInOverdue:
    """A person owes these check-ins. The team is named where all are of one team."""
    team_ids = {situation.key_result.team_id for situation in owing}
    return kind(
        person_id=person_id,
        day=day,
        team_id=team_ids.pop() if len(team_ids) == 1 else None,
        owed=tuple(_owed(situation, day) for situation in owing),
    )


def _owed(situation: Situation, day: date) -> say.OwedCheckIn:
    key_result, standing = situation.key_result, situation.standing
    return say.OwedCheckIn(
        key_result_id=key_result.id,
        title=key_result.title,
        unit=key_result.unit,
        start=key_result.start,
        target=key_result.target,
        due_on=situation.reminder.due_on if situation.reminder else day,
        status=standing.status if standing else "awaiting_first_check_in",
        progress=standing.progress if standing else None,
        current=situation.state.current,
    )


def _facts(standing: Standing) -> say.StandingFacts:
    return say.StandingFacts(
        seq=standing.seq,
        at=standing.at,
        current=standing.current,
        raw_progress=standing.raw_progress,
        progress=standing.progress,
        expected=standing.expected,
        status=standing.status,
        confidence=standing.confidence,
        as_of=standing.as_of,
        reasons=tuple(
            say.Reason(rule=r.rule, value=r.value, limit=r.limit, decisive=r.decisive)
            for r in standing.reasons
        ),
        next_check_in_on=standing.next_check_in_on,
    )
