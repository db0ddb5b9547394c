"""The burn-up chart's geometry."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web import charts

STARTS, ENDS = date(2031, 10, 1), date(2031, 12, 31)
TODAY = date(2031, 11, 18)


def series(
    start: float = 95.0,
    target: float = 30.0,
    values: Sequence[float] = (95, 84, 78),
    today: date = TODAY,
    gap_words: str = "",
) -> charts.Series:
    readings = [
        charts.Reading(STARTS + timedelta(days=6 + 7 * week), value) for week, value in enumerate(values)
    ]
    return charts.Series("Restore", start, target, STARTS, ENDS, readings, today, gap_words=gap_words)


def test_a_metric_that_should_fall_falls() -> None:
    """Lower values lie lower on the page, so y grows while the value sinks."""
    drawn = charts.burn_up(series())
    heights = [mark.y for mark in drawn.marks]
    assert heights == sorted(heights)
    assert drawn.target_y > heights[-1]


def test_a_metric_that_should_rise_rises() -> None:
    drawn = charts.burn_up(series(0, 20, (1, 9, 17)))
    heights = [mark.y for mark in drawn.marks]
    assert heights == sorted(heights, reverse=True)


def test_expected_runs_from_start_to_target_across_the_whole_cycle() -> None:
    drawn = charts.burn_up(series())
    (left, top), (right, bottom) = drawn.expected
    assert (left, right) == (charts.WIDE.left, charts.WIDE.right)
    assert (top, bottom) == (drawn.marks[0].y, drawn.target_y)


def test_the_gap_is_drawn_at_today_between_the_last_value_and_the_expected_one() -> None:
    drawn = charts.burn_up(series(gap_words="27 points behind plan"))
    assert drawn.gap is not None
    assert drawn.gap[0] == drawn.marks[-1].y
    assert drawn.gap[1] > drawn.gap[0]
    assert drawn.gap_label is not None
    assert drawn.gap_label.text == "27 points behind plan"


def test_the_gaps_words_on_a_phone_stand_clear_of_dots_and_notes() -> None:
    readings = [
        charts.Reading(STARTS + timedelta(days=6 + 7 * week), value, note=week + 1)
        for week, value in enumerate((0, 1, 1, 2, 2, 3, 3))
    ]
    words = "11 points behind plan"
    drawn = charts.burn_up(
        charts.Series("Reviews", 0, 6, STARTS, ENDS, readings, STARTS + timedelta(days=55), gap_words=words),
        charts.NARROW,
    )
    label = drawn.gap_label
    assert label is not None
    assert label.anchor == "end"
    beside = [mark for mark in drawn.marks if mark.x > label.x - len(words) * charts.LETTER]
    assert beside
    assert all(abs(label.y - 4 - y) > 14 for mark in beside for y in (mark.y, mark.note_y))


def test_the_gaps_words_on_a_phone_stand_clear_of_the_last_value() -> None:
    readings = [
        charts.Reading(STARTS + timedelta(days=7 * week), value, note=week or None)
        for week, value in enumerate((99.2, 99.26, 99.3, 99.36, 99.43, 99.49, 99.54, 99.61))
    ]
    drawn = charts.burn_up(
        charts.Series(
            *("Available", 99.2, 99.9, STARTS, ENDS, readings, STARTS + timedelta(days=54)),
            gap_words="1 point behind plan",
        ),
        charts.NARROW,
    )
    label, value = drawn.gap_label, drawn.last_label
    assert label is not None
    assert value is not None
    assert abs(label.y - value.y) > 14
    beside = [mark for mark in drawn.marks if mark.x > label.x - len(label.text) * charts.LETTER]
    assert all(abs(label.y - 4 - y) > 14 for mark in beside for y in (mark.y, mark.note_y))


def test_today_is_not_marked_outside_the_cycle() -> None:
    assert charts.burn_up(series(today=ENDS + timedelta(days=1))).now_x is None


def test_a_chart_without_a_reading_still_shows_where_it_should_go() -> None:
    drawn = charts.burn_up(series(values=()))
    assert drawn.marks == ()
    assert drawn.actual == ""
    assert drawn.last_label is None


@pytest.mark.parametrize("frame", [charts.WIDE, charts.NARROW])
def test_every_month_of_the_cycle_is_named_once(frame: charts.Frame) -> None:
    drawn = charts.burn_up(series(), frame)
    assert [label.text for label in drawn.months] == (
        ["October", "November", "December"] if frame.wide else ["Oct", "Nov", "Dec"]
    )


@given(
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.lists(st.floats(-1e6, 1e6), max_size=12),
    st.sampled_from([charts.WIDE, charts.NARROW]),
)
def test_nothing_is_drawn_outside_the_frame(
    start: float, target: float, values: Sequence[float], frame: charts.Frame
) -> None:
    drawn = charts.burn_up(series(start, target, values), frame)
    for mark in drawn.marks:
        assert frame.left <= mark.x <= frame.right
        assert frame.top - 0.1 <= mark.y <= frame.bottom + 0.1
    assert frame.top - 0.1 <= drawn.target_y <= frame.bottom + 0.1


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_grid_lines_cover_the_values_in_few_round_steps(one: float, other: float) -> None:
    ticks = charts.nice_ticks(min(one, other), max(one, other))
    assert ticks[0] <= min(one, other) + 1e-3
    assert ticks[-1] >= max(one, other) - 1e-3
    assert len(ticks) <= 2 * charts.GRID_LINES
