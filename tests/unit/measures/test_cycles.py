"""Which of several cycles is meant by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.measures.cycles import current_cycle

TODAY = date(2026, 11, 29)


@dataclass(frozen=True)
class Cycle:
    """A cycle, as far as choosing one needs it."""

    id: str
    name: str
    starts_on: date
    ends_on: date
    state: str = "active"


YEAR = Cycle("1", "2026", date(2026, 1, 1), date(2026, 12, 31))
QUARTER = Cycle("2", "Q4 2026", date(2026, 10, 1), date(2026, 12, 31))
LATE = Cycle("3", "Trial", date(2026, 10, 10), date(2027, 1, 9))
BEFORE = Cycle("4", "Q3 2026", date(2026, 7, 1), date(2026, 9, 30), "closing")
NEXT = Cycle("5", "Q1 2027", date(2027, 1, 1), date(2027, 3, 31), "planning")
CLOSED = Cycle("6", "Q2 2026", date(2026, 4, 1), date(2026, 6, 30), "closed")


def chosen(*cycles: Cycle) -> str | None:
    """The name of the one that is meant."""
    found = current_cycle(cycles, TODAY)
    return None if found is None else found.name


def test_the_shortest_running_cycle_is_now() -> None:
    """A year and its quarter end on the same day: by their ends alone the older id was taken."""
    assert chosen(YEAR, QUARTER, BEFORE, NEXT, CLOSED) == "Q4 2026"
    assert chosen(YEAR, BEFORE, NEXT) == "2026"


def test_a_cycle_that_outlived_its_days_is_still_said_to_run() -> None:
    assert chosen(BEFORE, NEXT, CLOSED) == "Q3 2026"


def test_between_cycles_the_next_then_the_last_is_meant() -> None:
    assert chosen(NEXT, CLOSED) == "Q1 2027"
    assert chosen(CLOSED) == "Q2 2026"
    assert chosen() is None


def test_of_two_as_short_the_later_start_then_the_name_decides() -> None:
    assert (LATE.ends_on - LATE.starts_on) == (QUARTER.ends_on - QUARTER.starts_on)
    assert chosen(QUARTER, LATE) == "Trial"
    assert chosen(Cycle("8", "Beta", LATE.starts_on, LATE.ends_on), LATE) == "Beta"


SPANS = st.builds(
    lambda number, start, days, state: Cycle(
        str(number), f"C{number % 3}", TODAY + timedelta(start), TODAY + timedelta(start + days), state
    ),
    st.integers(0, 99),
    st.integers(-9, 3),
    st.integers(0, 9),
    st.sampled_from(["active", "closing", "planning", "closed"]),
)


@given(st.lists(SPANS, max_size=6, unique_by=lambda cycle: cycle.id), st.randoms())
def test_the_choice_does_not_depend_on_the_order(cycles: list[Cycle], random: object) -> None:
    first = current_cycle(cycles, TODAY)
    shuffled = sorted(cycles, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis' own
    assert current_cycle(shuffled, TODAY) == first
    running = [c for c in cycles if c.state in {"active", "closing"} and c.starts_on <= TODAY <= c.ends_on]
    if running:
        assert first is not None
        assert first.ends_on - first.starts_on == min(c.ends_on - c.starts_on for c in running)
