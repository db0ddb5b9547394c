"""When a change of standing is worth telling people, and when it was told already.

``level`` is the worst that was said and not taken back: 0 nothing, 1 behind, 2 at risk. It only falls when
the key result is comfortably on track again, so a value that twitches around a line says nothing twice
(hysteresis). Every thing said raises ``epoch``: consumers that act once per epoch act once.

Stale, overdue, too early and the like say nothing of the gap, so they leave the level where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from libs.measures.status import Status, Thresholds, gap_to_expected
from services.checkins.domain.standing import Standing

COMFORT = 0.02
NEWS_AT_MOST_EVERY = timedelta(hours=24)
NEWS_PROGRESS = 0.01

_LEVELS = {Status.ON_TRACK.value: 0, Status.BEHIND.value: 1, Status.AT_RISK.value: 2}
_AT_RISK = 2


class Said(Enum):
    """What is worth telling people about a key result."""

    ACHIEVED = "achieved"
    AT_RISK = "at_risk"
    RECOVERED = "recovered"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What people were told so far. ``celebrated`` holds until the cycle ends.

    One celebration, whatever happens. ``told_progress`` and ``told_confidence`` are what the last telling of
    being behind said; null where that was by an earlier version.
    """

    level: int = 0
    epoch: int = 0
    at_risk_said_at: datetime | None = None
    celebrated: bool = False
    told_progress: float | None = None
    told_confidence: int | None = None


def hear(
    alarm: Alarm, before: Standing | None, after: Standing, thresholds: Thresholds, *, quiet: bool
) -> tuple[Alarm, Said | None]:
    """What people were told after this change of standing, and what is to be said now: one thing at most.

    ``quiet`` changes go by without a word (a late check-in, an undo), but are remembered.
    """
    said = _worth_saying(alarm, before, after)
    heard = replace(alarm, level=_level_after(alarm, after, thresholds))
    if said is None or quiet:
        return heard, None
    heard = replace(heard, epoch=alarm.epoch + 1, celebrated=alarm.celebrated or said is Said.ACHIEVED)
    if said is Said.AT_RISK:
        heard = replace(
            heard,
            at_risk_said_at=after.at,
            told_progress=after.progress,
            told_confidence=after.confidence,
        )
    return heard, said


def _worth_saying(alarm: Alarm, before: Standing | None, after: Standing) -> Said | None:
    if after.status == Status.ACHIEVED:
        entered = before is None or before.status != Status.ACHIEVED
        if entered and not alarm.celebrated:
            return Said.ACHIEVED
        return Said.RECOVERED if alarm.level == _AT_RISK else None
    level = _LEVELS.get(after.status)
    if level is None:
        return None
    if level == 0:
        return Said.RECOVERED if alarm.level == _AT_RISK else None
    if level > alarm.level or _news(alarm, before, after):
        return Said.AT_RISK
    return None


def _news(alarm: Alarm, before: Standing | None, after: Standing) -> bool:
    """Tell whether a check-in moved something since it was last told, while it stays behind or at risk.

    It has to be a point of progress or the confidence; once in 24 hours.
    """
    if before is None or after.seq <= before.seq:
        return False
    progress, confidence = before.progress, before.confidence
    if alarm.told_progress is not None:  # small steps add up, and a step back to what was told is no news
        progress, confidence = alarm.told_progress, alarm.told_confidence
    moved = round(abs((after.progress or 0) - (progress or 0)), 9) >= NEWS_PROGRESS
    if not moved and after.confidence == confidence:
        return False
    return alarm.at_risk_said_at is None or after.at - alarm.at_risk_said_at >= NEWS_AT_MOST_EVERY


def _level_after(alarm: Alarm, after: Standing, thresholds: Thresholds) -> int:
    if after.status == Status.ACHIEVED:
        return 0
    level = _LEVELS.get(after.status)
    if level is None:
        return alarm.level
    if level == 0:
        gap = gap_to_expected(after.progress or 0.0, after.expected)
        return 0 if gap <= thresholds.on_track_gap - COMFORT else min(alarm.level, 1)
    return max(level, alarm.level)
