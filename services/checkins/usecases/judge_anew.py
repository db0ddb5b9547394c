"""One key result, judged: what its standing becomes, and what of it must be said."""

from __future__ import annotations

from datetime import datetime

from libs.contracts.codec import Payload
from services.checkins.domain.alarm import hear
from services.checkins.domain.judging import stand
from services.checkins.domain.reminder import plan
from services.checkins.domain.rhythm import midnight_after
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.usecases.announce import alarm_said, standing_changed
from services.checkins.usecases.find_owing import Owing
from services.checkins.usecases.ports import Settlement


def judge_anew(
    situation: Situation,
    state: State,
    now: datetime,
    owing: Owing,
    *,
    quiet: bool,
    told: str | None = None,
    actor_id: str | None = None,
) -> Settlement:
    """What this series means now, in comparison with what was last settled.

    ``owing`` is about the check-in that follows, for reminders. ``quiet`` changes alarm nobody. A standing
    whose fingerprint is ``told`` has been told by the check-in itself, and is not told twice. ``actor_id`` is
    who caused it: nobody needs to tell them.
    """
    standing = stand(situation, state, now)
    before = situation.standing
    alarm, said = hear(situation.alarm, before, standing, situation.organisation.thresholds, quiet=quiet)
    says: list[Payload] = []
    if situation.key_result.state == "deleted":
        said = None  # nobody looks at it any more, and nobody is told
    elif standing.fingerprint != told and (before is None or not standing.says_the_same(before)):
        says.append(standing_changed(situation, standing))
    if said is not None:
        says.append(alarm_said(said, situation, state, standing, alarm.epoch, actor_id))
    return Settlement(
        situation=situation,
        state=state,
        standing=standing,
        alarm=alarm,
        reminder=plan(situation.reminder, owing.reminder, now),
        evaluate_at=midnight_after(now, situation.zone) if situation.takes_check_ins else None,
        says=tuple(says),
    )
