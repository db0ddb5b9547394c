"""How far a key result or an objective is, and how far it should be. Shares are numbers from 0 to 1.

Source: PRODUCT, "Numbers".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

RAW_LIMIT = 1e9
"""Raw progress is cut here, so that a tiny span never makes an infinite number."""

_WHOLE_LIMIT = 2.0**52

METRIC = "metric"
BOOLEAN = "boolean"
KINDS = (METRIC, BOOLEAN)


def raw_progress(kind: str, start: float, target: float, current: float | None) -> float | None:
    """The share of the way from start to target, unclamped; null where there is no reading.

    Rising and falling alike: a falling metric has its target below its start, and going past the
    target gives more than 1, going the wrong way less than 0. A boolean is 0 or 1.

    Raises:
        ValueError: the kind is unknown, or a metric starts where it ends (refused on write).
    """
    if kind not in KINDS:
        msg = f"unknown kind of key result: {kind!r}"
        raise ValueError(msg)
    if kind == METRIC and start == target:
        msg = "start equals target: there is no way to measure"
        raise ValueError(msg)
    if current is None:
        return None
    if kind == BOOLEAN:
        return 1.0 if current >= 1 else 0.0
    if _is_small_and_whole(start) and _is_small_and_whole(target) and _is_small_and_whole(current):
        # Exact without more ado; adding 0 makes nothing of a negative one.
        return max(-RAW_LIMIT, min(RAW_LIMIT, (current - start) / (target - start) + 0.0))
    # Exact arithmetic: the difference of two large floats would overflow, and a target reached must be
    # exactly 1.
    share = (Fraction(current) - Fraction(start)) / (Fraction(target) - Fraction(start))
    return float(max(-Fraction(RAW_LIMIT), min(Fraction(RAW_LIMIT), share)))


def _is_small_and_whole(value: float) -> bool:
    """Whether floats say the difference of two such numbers exactly."""
    return -_WHOLE_LIMIT <= value <= _WHOLE_LIMIT and value == int(value)


def clamp(raw: float) -> float:
    """The nearest share from 0 to 1: what is shown and rolled up."""
    return min(1.0, max(0.0, raw))


def shown_progress(raw: float | None, *, running: bool) -> float | None:
    """The progress that is shown and rolled up.

    Without a reading it is 0 once the cycle runs; before that it is not measured (null), never 0.
    """
    if raw is None:
        return 0.0 if running else None
    return clamp(raw)


def expected_progress(starts_on: date, ends_on: date, on: date) -> float:
    """The share of the span that has passed at the beginning of day ``on``.

    0 until the start day, linear, 1 from the end day on. In a span of one day: 0 on that day, 1 after it.
    """
    if on <= starts_on:
        return 0.0
    if on >= ends_on:
        return 1.0
    return (on - starts_on).days / (ends_on - starts_on).days


def roll_up(children: Iterable[tuple[float, float | None]]) -> float | None:
    """The weighted mean of the children's progress; null without a measured child of positive weight.

    Each child is clamped before it is averaged, so an overshoot cannot hide a failure. A child that is not
    measured (null) is left out.
    """
    counted = [
        (weight, clamp(progress)) for weight, progress in children if weight > 0 and progress is not None
    ]
    if not counted:
        return None
    heaviest = max(weight for weight, _ in counted)
    shares = [(weight / heaviest, progress) for weight, progress in counted]
    mean = math.fsum(share * progress for share, progress in shares) / math.fsum(share for share, _ in shares)
    # Rounding must never carry the mean past its own children: all done is exactly 1.
    lowest, highest = min(progress for _, progress in counted), max(progress for _, progress in counted)
    return min(highest, max(lowest, mean))
