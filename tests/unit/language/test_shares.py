"""One rounding for whatever is shown in percent or points."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.language.shares import points_between, points_of, share_of, whole_percent, whole_points


@pytest.mark.parametrize(
    ("share", "percent"),
    [
        (0.125, 13),
        (0.135, 14),
        (0.285, 29),
        (0.26, 26),
        (0, 0),
        (0.0001, 1),
        (0.9999, 99),
        (0.995, 99),
        (1, 100),
        (1.004, 100),
        (1.185, 119),
        (-0.125, -13),
    ],
)
def test_half_a_percent_is_rounded_up(share: float, percent: int) -> None:
    assert whole_percent(share) == percent


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_an_unreached_share_is_neither_nothing_nor_all(share: float) -> None:
    assert 0 < whole_percent(share) < 100


@given(st.floats(min_value=0, max_value=2), st.floats(min_value=0, max_value=2))
def test_more_never_shows_less(one: float, other: float) -> None:
    assert whole_percent(min(one, other)) <= whole_percent(max(one, other))


def test_a_difference_is_told_in_whole_points() -> None:
    assert [whole_points(gap) for gap in (0.27, -0.01, 0.125, 0.004)] == [27, -1, 13, 0]


def test_a_gap_is_what_a_reader_would_subtract() -> None:
    assert points_between(progress=0.264, expected=0.535) == 54 - 26


@given(st.decimals(min_value=0, max_value=100, places=6))
def test_typed_points_come_back(points: Decimal) -> None:
    assert points_of(share_of(points)) == points
