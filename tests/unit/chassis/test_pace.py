"""What comes alone is done at once; what comes in a stream shares rounds."""

from __future__ import annotations

import threading

import pytest

from libs.chassis.pace import Pace


class Clock:
    """Goes on when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(seconds=0.5, burst=3, clock=clock)


def test_a_few_rounds_may_follow_each_other_at_once_and_then_wait(pace: Pace) -> None:
    assert [pace.ahead() for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_who_waits_has_one_round_in_each_span(pace: Pace, clock: Clock) -> None:
    for _ in range(3):
        pace.ahead()
    for _ in range(20):
        assert pace.ahead() == 0.5
        clock.seconds += 0.5


def test_rounds_that_did_not_wait_leave_no_debt(pace: Pace) -> None:
    """Else a flood of full batches would have the one that comes after it wait for minutes."""
    for _ in range(1000):
        pace.ahead()
    assert pace.ahead() == 0.5


def test_rounds_that_come_no_faster_than_they_may_never_wait(pace: Pace, clock: Clock) -> None:
    for _ in range(50):
        assert pace.ahead() == 0.0
        clock.seconds += 0.5


def test_a_rest_earns_the_burst_again_and_no_more(pace: Pace, clock: Clock) -> None:
    for _ in range(4):
        pace.ahead()
    clock.seconds += 3600
    assert [pace.ahead() for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_nobody_waits_once_the_end_is_told(clock: Clock) -> None:
    pace, stop = Pace(seconds=3600, burst=1, clock=clock), threading.Event()
    stop.set()
    pace.wait(stop)
    pace.wait(stop)  # would be an hour
    assert pace.ahead() > 0
