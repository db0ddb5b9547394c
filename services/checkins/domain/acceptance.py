"""What a check-in must be to be taken: a fitting value, at a moment that the running cycle covers."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from libs.measures.progress import BOOLEAN
from services.checkins.domain.errors import CycleIsClosed, FieldError, InvalidFields, KeyResultAbandoned
from services.checkins.domain.situation import Situation

CLOCK_SKEW = timedelta(minutes=2)


def require_open(situation: Situation) -> None:
    """Nothing happens when the key result still takes check-ins.

    Raises:
        CycleIsClosed: its cycle is over.
        KeyResultAbandoned: nobody pursues it.
    """
    if situation.cycle.state == "closed":
        raise CycleIsClosed
    if situation.key_result.state == "abandoned":
        raise KeyResultAbandoned


def accept_value(kind: str, value: float) -> None:
    """Nothing happens when the value fits the kind.

    Raises:
        InvalidFields: it does not; names ``value``.
    """
    if not math.isfinite(value):
        raise InvalidFields(FieldError("value", "Give a number."))
    if kind == BOOLEAN and value not in (0, 1):
        raise InvalidFields(FieldError("value", "This key result is done or not: give 1 or 0."))


def accept_as_of(as_of: datetime | None, now: datetime, situation: Situation) -> datetime:
    """The moment that the check-in counts for, in whole milliseconds and never later than now.

    A sender's clock may be two minutes fast.

    Raises:
        InvalidFields: it lies in the future, or before the cycle began; names ``as_of``.
    """
    moment = now if as_of is None else as_of.replace(microsecond=as_of.microsecond // 1000 * 1000)
    if moment > now + CLOCK_SKEW:
        raise InvalidFields(
            FieldError("as_of", "This moment is still to come. Give a past one, or leave it out.")
        )
    if situation.local_day(moment) < situation.cycle.starts_on:
        begin = situation.cycle.starts_on.isoformat()
        raise InvalidFields(FieldError("as_of", f"The cycle begins on {begin}. Give a moment since then."))
    return min(moment, now)
