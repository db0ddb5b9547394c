"""The formulas of progress, expected progress and roll-up, as the rule book has them."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from libs.measures.progress import (
    RAW_LIMIT,
    clamp,
    expected_progress,
    raw_progress,
    roll_up,
    shown_progress,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
shares = st.floats(min_value=0, max_value=1)
weights = st.floats(min_value=0, max_value=1e6).filter(lambda weight: weight == 0 or weight > 1e-6)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@pytest.mark.parametrize(
    ("start", "target", "current", "raw"),
    [
        (0, 100, 0, 0.0),
        (0, 100, 25, 0.25),
        (0, 100, 100, 1.0),
        (0, 100, 130, 1.3),
        (0, 100, -20, -0.2),
        (40, 60, 45, 0.25),
        (100, 50, 100, 0.0),
        (100, 50, 80, 0.4),
        (100, 50, 50, 1.0),
        (100, 50, 40, 1.2),
        (100, 50, 110, -0.2),
        (-10, 10, 0, 0.5),
        (0.1, 0.3, 0.3, 1.0),
        (99.5, 99.9, 99.7, 0.5),
    ],
)
def test_a_metric_measures_the_share_of_its_way(
    start: float, target: float, current: float, raw: float
) -> None:
    assert raw_progress("metric", start, target, current) == pytest.approx(raw)


wholes = st.integers(-(2**54), 2**54) | st.integers(-3, 3)


@given(start=wholes, target=wholes, current=wholes)
def test_whole_numbers_give_the_float_nearest_to_the_exact_share(
    start: int, target: int, current: int
) -> None:
    start_at, aim, at = float(start), float(target), float(current)
    assume(start_at != aim)
    exact = (Fraction(at) - Fraction(start_at)) / (Fraction(aim) - Fraction(start_at))
    raw = raw_progress("metric", start_at, aim, at)
    assert raw == float(max(-Fraction(RAW_LIMIT), min(Fraction(RAW_LIMIT), exact)))
    assert math.copysign(1, raw) == (-1 if exact < 0 else 1)


@pytest.mark.parametrize(("current", "raw"), [(0, 0.0), (1, 1.0)])
def test_a_boolean_is_nothing_or_done(current: float, raw: float) -> None:
    assert raw_progress("boolean", 0, 1, current) == raw


@pytest.mark.parametrize("kind", ["metric", "boolean"])
def test_without_a_reading_there_is_no_raw_progress(kind: str) -> None:
    assert raw_progress(kind, 0, 1, None) is None


def test_a_metric_that_starts_at_its_target_is_refused() -> None:
    with pytest.raises(ValueError, match="start equals target"):
        raw_progress("metric", 5, 5, 5)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        raw_progress("wish", 0, 1, 0)


@given(numbers, numbers)
def test_the_start_is_nothing_and_the_target_is_exactly_everything(start: float, target: float) -> None:
    assume(start != target)
    assert raw_progress("metric", start, target, start) == 0.0
    assert raw_progress("metric", start, target, target) == 1.0


@given(numbers, numbers, numbers, numbers)
def test_progress_never_falls_on_the_way_towards_the_target(
    start: float, target: float, one: float, other: float
) -> None:
    assume(start != target)
    near, far = sorted((one, other), reverse=target < start)
    before, after = raw_progress("metric", start, target, near), raw_progress("metric", start, target, far)
    assert before is not None
    assert after is not None
    assert before <= after


@given(numbers, numbers, numbers)
def test_a_falling_metric_is_a_rising_one_in_the_mirror(start: float, target: float, current: float) -> None:
    assume(start != target)
    assert raw_progress("metric", start, target, current) == raw_progress("metric", -start, -target, -current)


@given(numbers, numbers, numbers)
def test_raw_progress_is_always_a_finite_number(start: float, target: float, current: float) -> None:
    assume(start != target)
    raw = raw_progress("metric", start, target, current)
    assert raw is not None
    assert math.isfinite(raw)
    assert abs(raw) <= RAW_LIMIT


@given(numbers)
def test_clamped_progress_is_a_share(raw: float) -> None:
    assert 0 <= clamp(raw) <= 1
    assert clamp(clamp(raw)) == clamp(raw)


def test_no_reading_counts_nothing_only_once_the_cycle_runs() -> None:
    assert shown_progress(None, running=False) is None
    assert shown_progress(None, running=True) == 0.0
    assert shown_progress(1.4, running=True) == 1.0
    assert shown_progress(-0.4, running=False) == 0.0


SPAN = (date(2031, 10, 1), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2031, 9, 1), 0.0),
        (date(2031, 10, 1), 0.0),
        (date(2031, 10, 2), 1 / 91),
        (date(2031, 11, 18), 48 / 91),
        (date(2031, 12, 30), 90 / 91),
        (date(2031, 12, 31), 1.0),
        (date(2032, 2, 1), 1.0),
    ],
)
def test_the_expected_line_runs_from_the_start_to_the_end(on: date, expected: float) -> None:
    assert expected_progress(*SPAN, on) == pytest.approx(expected)


def test_a_span_of_one_day_is_expected_whole_the_day_after() -> None:
    day = date(2031, 10, 1)
    assert expected_progress(day, day, day) == 0.0
    assert expected_progress(day, day, day + timedelta(days=1)) == 1.0


@given(days, st.integers(0, 800), days, days)
def test_expected_progress_is_a_share_that_never_falls(
    start: date, length: int, one: date, other: date
) -> None:
    end = start + timedelta(days=length)
    earlier, later = sorted((one, other))
    assert 0 <= expected_progress(start, end, earlier) <= expected_progress(start, end, later) <= 1


@given(st.lists(shares, min_size=1), weights.filter(bool))
def test_equal_weights_give_the_mean(progresses: list[float], weight: float) -> None:
    mean = float(sum(map(Fraction, progresses)) / len(progresses))
    assert roll_up((weight, progress) for progress in progresses) == pytest.approx(mean, abs=1e-12)


@given(st.lists(st.tuples(weights, shares), min_size=1), st.floats(min_value=0.001, max_value=1000))
def test_only_the_proportion_of_weights_matters(children: list[tuple[float, float]], factor: float) -> None:
    scaled = roll_up((weight * factor, progress) for weight, progress in children)
    plain = roll_up(children)
    assert (plain is None) == (scaled is None)
    if plain is not None:
        assert scaled == pytest.approx(plain, abs=1e-9)


@given(st.lists(st.tuples(weights, st.none() | numbers)))
def test_a_roll_up_lies_between_its_clamped_children(children: list[tuple[float, float | None]]) -> None:
    counted = [clamp(progress) for weight, progress in children if weight > 0 and progress is not None]
    result = roll_up(children)
    if not counted:
        assert result is None
    else:
        assert result is not None
        assert min(counted) <= result <= max(counted)


@given(st.lists(st.tuples(weights, shares)), st.randoms(use_true_random=False))
def test_the_order_of_children_does_not_matter(children: list[tuple[float, float]], random: object) -> None:
    shuffled = children[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert roll_up(shuffled) == pytest.approx(roll_up(children))


@given(st.floats(min_value=1, max_value=1e6), shares.filter(lambda share: share < 1))
def test_an_overshoot_cannot_hide_a_failure(overshoot: float, failing: float) -> None:
    assert roll_up([(1, overshoot), (1, failing)]) == roll_up([(1, 1.0), (1, failing)])


@given(st.lists(st.tuples(weights, shares), min_size=1), weights, st.data())
def test_a_child_that_improves_never_lowers_the_roll_up(
    children: list[tuple[float, float]], weight: float, data: st.DataObject
) -> None:
    low, high = sorted((data.draw(shares), data.draw(shares)))
    before, after = roll_up([*children, (weight, low)]), roll_up([*children, (weight, high)])
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert before <= after + 1e-12


@pytest.mark.parametrize(
    ("children", "result"),
    [
        ([], None),
        ([(0, 0.5)], None),
        ([(1, None)], None),
        ([(1, None), (1, 0.5)], 0.5),
        ([(3, 1.0), (1, 0.0)], 0.75),
        ([(1, 1.0)] * 3, 1.0),
        ([(0.1, 1.0), (0.2, 1.0), (0.7, 1.0)], 1.0),
        ([(1, 0.3), (0, 1.0)], 0.3),
    ],
)
def test_the_roll_up_table(children: list[tuple[float, float | None]], result: float | None) -> None:
    assert roll_up(children) == (None if result is None else pytest.approx(result))
