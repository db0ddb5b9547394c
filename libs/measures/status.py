"""Which status a key result or an objective has, and the numbers that say why.

The ladder: the first rung that applies is the status.

    closed, abandoned, not_started, awaiting_first_check_in, stale,
    then computed: achieved, overdue, too_early, on_track, behind, at_risk

Low confidence makes at_risk also where the gap alone would say on_track or behind.

Source: PRODUCT, "Numbers".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from libs.measures.progress import expected_progress

_EXACT = 9  # digits: a gap of exactly ten points must not become 0.10000000000000009


class Status(StrEnum):
    """What is said of a key result or an objective, in the order in which the rungs are tried."""

    CLOSED = "closed"
    ABANDONED = "abandoned"
    NOT_STARTED = "not_started"
    AWAITING_FIRST_CHECK_IN = "awaiting_first_check_in"
    STALE = "stale"
    ACHIEVED = "achieved"
    OVERDUE = "overdue"
    TOO_EARLY = "too_early"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    AT_RISK = "at_risk"


@dataclass(frozen=True)
class Thresholds:
    """Where an organisation draws its lines. Gaps and shares from 0 to 1, confidence from 0 to 10."""

    on_track_gap: float = 0.10
    behind_gap: float = 0.25
    too_early_share: float = 0.15
    low_confidence: int = 3
    stale_after_days: int = 3


@dataclass(frozen=True)
class Reason:
    """One number that a status rests on: today's ``value`` and the ``limit`` it is held to.

    ``rule`` is progress, expected, gap or confidence (in that order, where there is a reading), before them
    elapsed, days_overdue, days_missed, days_to_start or readings where that rung was taken.
    ``decisive`` marks what made the status; limit is null for numbers that only explain.
    """

    rule: str
    value: float | None
    limit: float | None
    decisive: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is judged, on the local day ``on``.

    ``progress`` is the shown one (0 to 1, null: not measured). ``measured`` tells whether there is any
    reading: of the key result itself, or of any child of an objective. The span is ``starts_on`` to
    ``due_on``. ``next_check_in_on`` is the day that the last check-in did not yet cover; null where no rhythm
    is kept (objectives). ``cycle_state`` is planning, active, closing or closed.
    """

    on: date
    starts_on: date
    due_on: date
    progress: float | None
    measured: bool
    cycle_state: str = "active"
    abandoned: bool = False
    confidence: int | None = None
    next_check_in_on: date | None = None


@dataclass(frozen=True)
class Judgement:
    """The status, the expected progress on that day, and the numbers that say why."""

    status: Status
    expected: float
    reasons: tuple[Reason, ...] = ()


_STANDARD = Thresholds()


def running(cycle_state: str, starts_on: date, on: date) -> bool:
    """Whether the cycle has begun: from then on a key result without a reading counts 0."""
    return cycle_state != "planning" and on >= starts_on


def judge(facts: Facts, thresholds: Thresholds = _STANDARD) -> Judgement:
    """The status of these facts with its reasons; total: every combination has exactly one."""
    expected = expected_progress(facts.starts_on, facts.due_on, facts.on)
    outside = _outside_the_numbers(facts, thresholds)
    if outside is not None:
        status, reason = outside
        explaining = _numbers(facts, expected) if status is Status.STALE else ()
        return Judgement(status, expected, (reason, *explaining))
    return _computed(facts, expected, thresholds)


def _outside_the_numbers(facts: Facts, thresholds: Thresholds) -> tuple[Status, Reason] | None:
    if facts.cycle_state == "closed":
        return Status.CLOSED, Reason("cycle_closed", None, None, decisive=True)
    if facts.abandoned:
        return Status.ABANDONED, Reason("abandoned", None, None, decisive=True)
    if not running(facts.cycle_state, facts.starts_on, facts.on):
        days_to_start = max(0, (facts.starts_on - facts.on).days)
        return Status.NOT_STARTED, Reason("days_to_start", days_to_start, 0, decisive=True)
    if not facts.measured or facts.progress is None:
        return Status.AWAITING_FIRST_CHECK_IN, Reason("readings", 0, 1, decisive=True)
    if facts.next_check_in_on is not None:
        days_missed = (facts.on - facts.next_check_in_on).days
        if days_missed >= thresholds.stale_after_days:
            return Status.STALE, Reason(
                "days_missed", days_missed, thresholds.stale_after_days, decisive=True
            )
    return None


def _computed(facts: Facts, expected: float, thresholds: Thresholds) -> Judgement:
    progress = facts.progress or 0.0
    if progress >= 1:
        return Judgement(Status.ACHIEVED, expected, _numbers(facts, expected, progress_limit=1.0))
    if facts.on > facts.due_on:
        overdue = Reason("days_overdue", (facts.on - facts.due_on).days, 0, decisive=True)
        return Judgement(Status.OVERDUE, expected, (overdue, *_numbers(facts, expected)))
    if round(expected, _EXACT) < thresholds.too_early_share:
        early = Reason("elapsed", expected, thresholds.too_early_share, decisive=True)
        return Judgement(Status.TOO_EARLY, expected, (early, *_numbers(facts, expected)))

    gap = gap_to_expected(progress, expected)
    unsure = facts.confidence is not None and facts.confidence <= thresholds.low_confidence
    low = thresholds.low_confidence if facts.confidence is not None else None
    if gap > thresholds.behind_gap or unsure:
        far = gap > thresholds.behind_gap
        limit = thresholds.behind_gap if far else thresholds.on_track_gap
        reasons = _numbers(
            facts, expected, gap_limit=limit, gap_decides=far, confidence_limit=low, unsure=unsure
        )
        return Judgement(Status.AT_RISK, expected, reasons)
    status = Status.ON_TRACK if gap <= thresholds.on_track_gap else Status.BEHIND
    reasons = _numbers(
        facts, expected, gap_limit=thresholds.on_track_gap, gap_decides=True, confidence_limit=low
    )
    return Judgement(status, expected, reasons)


def gap_to_expected(progress: float, expected: float) -> float:
    """How much of the way is missing to where it should be; negative when ahead. Free of float noise."""
    return round(expected - progress, _EXACT)


def _numbers(
    facts: Facts,
    expected: float,
    *,
    progress_limit: float | None = None,
    gap_limit: float | None = None,
    gap_decides: bool = False,
    confidence_limit: float | None = None,
    unsure: bool = False,
) -> tuple[Reason, ...]:
    progress = facts.progress or 0.0
    numbers = [
        Reason("progress", progress, progress_limit, decisive=progress_limit is not None),
        Reason("expected", expected, None),
        Reason("gap", gap_to_expected(progress, expected), gap_limit, decisive=gap_decides),
    ]
    if facts.confidence is not None:
        numbers.append(Reason("confidence", facts.confidence, confidence_limit, decisive=unsure))
    return tuple(numbers)
