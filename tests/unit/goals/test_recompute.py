"""The roll-up of one objective, as PRODUCT's rules say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from libs.measures.status import Thresholds
from services.goals.domain.objective import Measured, Objective, Weakest
from services.goals.domain.recompute import Child, Children, Turn, recompute
from tests.contract.goals.fakes import NOON
from tests.contract.goals.makings import cycle, objective

HALF_TIME = date(2031, 11, 15)  # 45 of 91 days
LINES = Thresholds()


def child(name: str, progress: float | None, weight: float = 1.0, **fields: object) -> Child:
    """A key result."""
    given = (
        {"confidence": 7.0, "read_at": NOON}
        if progress is not None
        else {"confidence": None, "read_at": None}
    )
    return Child(id=name, weight=weight, progress=progress, **{**given, **fields})  # type: ignore[arg-type]


def below(name: str, progress: float | None, weakest: Weakest | None = None) -> Child:
    """An objective that is a child."""
    return child(name, progress, weakest=weakest)


def measured(
    item: Objective, *key_results: Child, objectives: tuple[Child, ...] = (), on: date = HALF_TIME
) -> Measured:
    """What is measured of it."""
    return recompute(item, Children(key_results, objectives), cycle(), LINES, on)[0]


def test_progress_is_the_weighted_mean_of_key_results_and_children() -> None:
    got = measured(objective("o"), child("a", 1.0, 3.0), objectives=(below("b", 0.2),))
    assert got.progress == pytest.approx(0.8)


def test_an_overshoot_cannot_hide_a_failure() -> None:
    assert measured(objective("o"), child("a", 1.7), child("b", 0.0)).progress == 0.5


def test_the_weakest_stands_beside_the_average_and_comes_from_the_depth() -> None:
    deep = below("x", 0.9, Weakest("far", 0.05))
    assert measured(objective("o"), child("a", 0.3), objectives=(deep,)).weakest == Weakest("far", 0.05)


def test_of_equally_weak_the_first_id_is_named() -> None:
    assert measured(objective("o"), child("b", 0.3), child("a", 0.3)).weakest == Weakest("a", 0.3)


def test_without_a_child_nothing_is_measured() -> None:
    got = measured(objective("o"))
    assert (got.progress, got.weakest, got.confidence, got.status) == (
        None,
        None,
        None,
        "awaiting_first_check_in",
    )


def test_a_key_result_without_reading_counts_nothing_once_the_cycle_runs() -> None:
    got = measured(objective("o"), child("a", 1.0), child("b", None))
    assert (got.progress, got.weakest) == (0.5, Weakest("b", 0.0))


def test_before_the_cycle_a_key_result_without_reading_is_not_measured() -> None:
    got = measured(objective("o"), child("a", None), on=date(2031, 9, 30))
    assert (got.progress, got.weakest, got.status) == (None, None, "not_started")


def test_a_child_objective_with_nothing_in_it_is_left_out() -> None:
    assert measured(objective("o"), child("a", 0.6), objectives=(below("b", None),)).progress == 0.6


@pytest.mark.parametrize(("setting", "progress"), [("both", 0.5), ("key_results", 1.0), ("children", 0.0)])
def test_the_roll_up_setting_says_what_counts(setting: str, progress: float) -> None:
    got = measured(objective("o", roll_up=setting), child("a", 1.0), objectives=(below("b", 0.0),))
    assert got.progress == progress


def test_confidence_is_the_weighted_mean_of_those_who_gave_one() -> None:
    got = measured(
        objective("o"),
        child("a", 0.5, 2.0, confidence=8.0),
        child("b", 0.5, confidence=3.0),
        child("c", None),
    )
    assert got.confidence == 6.3


@pytest.mark.parametrize(
    ("progress", "on", "status"),
    [
        (1.0, HALF_TIME, "achieved"),
        (0.4, HALF_TIME, "on_track"),
        (0.3, HALF_TIME, "behind"),
        (0.2, HALF_TIME, "at_risk"),
        (0.0, date(2031, 10, 10), "too_early"),
        (0.9, date(2032, 1, 1), "overdue"),
    ],
)
def test_status_follows_the_same_ladder_as_key_results(progress: float, on: date, status: str) -> None:
    assert measured(objective("o"), child("a", progress), on=on).status == status


def test_an_abandoned_objective_says_so() -> None:
    assert measured(objective("o", state="abandoned"), child("a", 0.5)).status == "abandoned"


def test_a_closed_cycle_closes_its_objectives() -> None:
    got, _ = recompute(objective("o"), Children([child("a", 0.5)]), cycle(state="closed"), LINES, HALF_TIME)
    assert (got.status, got.progress) == ("closed", 0.5)


def turn(old: Measured, progress: float) -> tuple[Measured, Turn | None]:
    """The turn from what was to this progress."""
    return recompute(
        objective("o", measured=old), Children([child("a", progress)]), cycle(), LINES, HALF_TIME
    )


def test_reaching_the_target_is_told_once_in_a_cycle() -> None:
    first, told = turn(Measured(status="on_track", epoch=4), 1.0)
    assert (told, first.epoch, first.achieved_epoch) == (Turn.ACHIEVED, 5, 5)
    fallen, told = turn(first, 0.45)
    assert (told, fallen.epoch) == (None, 6)
    again, told = turn(fallen, 1.0)
    assert (told, again.epoch, again.achieved_epoch) == (None, 7, 5)


def test_getting_worse_is_told_at_each_step_down_and_getting_out_of_risk_once() -> None:
    behind, told = turn(Measured(status="on_track"), 0.3)
    assert told is Turn.AT_RISK
    risk, told = turn(behind, 0.1)
    assert told is Turn.AT_RISK
    better, told = turn(risk, 0.3)
    assert told is Turn.RECOVERED
    _, told = turn(better, 0.45)
    assert told is None


def test_the_epoch_stays_while_the_status_stays() -> None:
    got, told = turn(Measured(status="on_track", epoch=4), 0.45)
    assert (got.epoch, told) == (4, None)


def test_the_newest_reading_below_is_remembered() -> None:
    old = child("a", 0.5, read_at=NOON - timedelta(days=3))
    assert measured(objective("o"), old, child("b", 0.5), child("c", None)).read_at == NOON
