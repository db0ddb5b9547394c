"""Shares as whole percent and points: the one rounding of pages, mails and charts. Needs no Babel.

A share is a number from 0 to 1. Rounding is half up in decimal digits, as on paper: 0.285 is 28.5 percent and
reads 29, although the float nearest to 0.285 lies a little below.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

WHOLE = 100
_ONE = Decimal(1)


def exact(value: float | Decimal) -> Decimal:
    """Return the number with the digits of its shortest spelling: 0.1 is 0.1, not 0.1000000000000000055."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return number or Decimal(0)  # there is no minus zero


def half_up(value: float | Decimal, decimals: int = 0) -> Decimal:
    """Round to so many decimals; a half goes away from zero."""
    return exact(value).quantize(_ONE.scaleb(-decimals), ROUND_HALF_UP)


def whole_percent(share: float) -> int:
    """Return whole percent. What is not reached is never 100, and what has begun is never 0."""
    percent = exact(share).scaleb(2)
    whole = int(half_up(percent))
    if percent and not whole:
        return 1 if percent > 0 else -1
    return WHOLE - 1 if whole >= WHOLE > percent else whole


def whole_points(difference: float) -> int:
    """Return a difference of shares in whole points, with its sign; less than half a point is level (0)."""
    return int(half_up(exact(difference).scaleb(2)))


def points_between(progress: float, expected: float) -> int:
    """Return how many points the shown progress lies below the shown plan; negative when ahead.

    The difference of what is shown, so that a reader who subtracts finds the same.
    """
    return whole_percent(expected) - whole_percent(progress)


def points_of(share: float) -> Decimal:
    """Return a share in points without rounding: 0.125 is 12.5."""
    return exact(share).scaleb(2).normalize() + 0


def share_of(points: Decimal) -> float:
    """Return the share that so many points are: the inverse of `points_of`."""
    return float(points.scaleb(-2))
