"""The ladder of statuses: total, in order, exact on its lines, and never without its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.measures.status import Facts, Judgement, Reason, Status, Thresholds, judge, running

START = date(2031, 1, 1)
DUE = START + timedelta(days=100)
MIDWAY = START + timedelta(days=50)
FACTS = Facts(
    on=MIDWAY, starts_on=START, due_on=DUE, progress=0.5, measured=True, confidence=7, next_check_in_on=MIDWAY
)


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (Status.CLOSED, {"cycle_state": "closed", "abandoned": True, "progress": 1.0}),
        (Status.ABANDONED, {"abandoned": True, "on": day(-10)}),
        (Status.NOT_STARTED, {"on": day(-1)}),
        (Status.NOT_STARTED, {"cycle_state": "planning", "measured": False}),
        (Status.AWAITING_FIRST_CHECK_IN, {"measured": False, "progress": 0.0, "next_check_in_on": day(0)}),
        (Status.STALE, {"next_check_in_on": day(47), "progress": 1.0}),
        (Status.ACHIEVED, {"progress": 1.0, "on": day(120), "next_check_in_on": day(120), "confidence": 0}),
        (Status.ACHIEVED, {"progress": 1.0, "on": day(1)}),
        (Status.OVERDUE, {"on": day(101), "next_check_in_on": None}),
        (Status.TOO_EARLY, {"on": day(14), "progress": 0.0, "confidence": 1}),
        (Status.ON_TRACK, {"on": day(15), "progress": 0.05}),
        (Status.ON_TRACK, {"progress": 0.40}),
        (Status.ON_TRACK, {"progress": 0.9}),
        (Status.ON_TRACK, {"progress": 0.5, "confidence": 4}),
        (Status.ON_TRACK, {"progress": 0.5, "confidence": None}),
        (Status.BEHIND, {"progress": 0.39}),
        (Status.BEHIND, {"progress": 0.25}),
        (Status.AT_RISK, {"progress": 0.2499}),
        (Status.AT_RISK, {"progress": 0.5, "confidence": 3}),
        (Status.AT_RISK, {"progress": 0.35, "confidence": 0}),
        (Status.ON_TRACK, {"on": day(100), "progress": 0.9, "next_check_in_on": None}),
    ],
)
def test_the_first_rung_that_applies_is_the_status(status: Status, changes: dict[str, object]) -> None:
    assert judge(replace(FACTS, **changes)).status is status  # type: ignore[arg-type]


@pytest.mark.parametrize("expected_day", range(15, 101))
def test_a_gap_of_exactly_ten_points_is_on_track(expected_day: int) -> None:
    """0.1 has no exact float: the line must hold for every day of the span all the same."""
    progress = expected_day / 100 - 0.10
    assert (
        judge(replace(FACTS, on=day(expected_day), progress=progress, next_check_in_on=None)).status
        is Status.ON_TRACK
    )


@pytest.mark.parametrize("expected_day", range(26, 101))
def test_a_gap_of_exactly_twenty_five_points_is_behind(expected_day: int) -> None:
    progress = expected_day / 100 - 0.25
    assert (
        judge(replace(FACTS, on=day(expected_day), progress=progress, next_check_in_on=None)).status
        is Status.BEHIND
    )


@pytest.mark.parametrize(
    ("missed", "status"), [(0, Status.ON_TRACK), (2, Status.ON_TRACK), (3, Status.STALE)]
)
def test_a_rhythm_missed_by_three_days_is_stale(missed: int, status: Status) -> None:
    assert judge(replace(FACTS, next_check_in_on=MIDWAY - timedelta(days=missed))).status is status


def test_an_organisation_draws_its_own_lines() -> None:
    strict = Thresholds(
        on_track_gap=0.02, behind_gap=0.05, too_early_share=0.6, low_confidence=8, stale_after_days=1
    )
    assert judge(FACTS, strict).status is Status.TOO_EARLY
    later = replace(FACTS, on=day(60), progress=0.55, next_check_in_on=None, confidence=9)
    assert judge(later, strict).status is Status.BEHIND
    assert judge(replace(later, confidence=8), strict).status is Status.AT_RISK
    assert judge(replace(FACTS, next_check_in_on=day(49)), strict).status is Status.STALE


def test_the_numbers_of_a_gap_stand_with_their_limit() -> None:
    judgement = judge(replace(FACTS, progress=0.2))
    assert judgement == Judgement(
        Status.AT_RISK,
        0.5,
        (
            Reason("progress", 0.2, None),
            Reason("expected", 0.5, None),
            Reason("gap", 0.3, 0.25, decisive=True),
            Reason("confidence", 7, 3),
        ),
    )


def test_low_confidence_is_the_deciding_number_when_the_gap_is_small() -> None:
    deciding = [reason for reason in judge(replace(FACTS, confidence=2)).reasons if reason.decisive]
    assert deciding == [Reason("confidence", 2, 3, decisive=True)]


def test_gap_and_confidence_decide_together_when_both_are_past_their_lines() -> None:
    deciding = [
        reason.rule for reason in judge(replace(FACTS, progress=0.1, confidence=2)).reasons if reason.decisive
    ]
    assert deciding == ["gap", "confidence"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"on": day(-3)}, Reason("days_to_start", 3, 0, decisive=True)),
        ({"measured": False}, Reason("readings", 0, 1, decisive=True)),
        ({"next_check_in_on": day(45)}, Reason("days_missed", 5, 3, decisive=True)),
        ({"on": day(104), "next_check_in_on": None}, Reason("days_overdue", 4, 0, decisive=True)),
        ({"on": day(10)}, Reason("elapsed", 0.1, 0.15, decisive=True)),
        ({"progress": 1.0}, Reason("progress", 1.0, 1.0, decisive=True)),
    ],
)
def test_every_other_rung_names_its_own_number(changes: dict[str, object], reason: Reason) -> None:
    assert reason in judge(replace(FACTS, **changes)).reasons  # type: ignore[arg-type]


facts = st.builds(
    Facts,
    on=st.dates(day(-50), day(250)),
    starts_on=st.dates(START, day(20)),
    due_on=st.dates(day(20), day(200)),
    progress=st.none() | st.floats(0, 1),
    measured=st.booleans(),
    cycle_state=st.sampled_from(["planning", "active", "closing", "closed"]),
    abandoned=st.booleans(),
    confidence=st.none() | st.integers(0, 10),
    next_check_in_on=st.none() | st.dates(day(-50), day(250)),
)


@given(facts)
def test_every_combination_has_one_status_with_a_deciding_reason(case: Facts) -> None:
    judgement = judge(case)
    assert judgement.status in Status
    assert 0 <= judgement.expected <= 1
    assert any(reason.decisive for reason in judgement.reasons)


LADDER = list(Status)


def _applies(status: Status, case: Facts) -> bool:
    """Whether this rung alone would be taken; written apart from the code under test."""
    share = judge(case).expected
    missed = (case.on - case.next_check_in_on).days if case.next_check_in_on else -1
    return {
        Status.CLOSED: case.cycle_state == "closed",
        Status.ABANDONED: case.abandoned,
        Status.NOT_STARTED: not running(case.cycle_state, case.starts_on, case.on),
        Status.AWAITING_FIRST_CHECK_IN: not case.measured or case.progress is None,
        Status.STALE: missed >= 3,
        Status.ACHIEVED: case.progress is not None and case.progress >= 1,
        Status.OVERDUE: case.on > case.due_on,
        Status.TOO_EARLY: share < 0.15,
    }.get(status, False)


@given(facts)
def test_no_rung_above_the_status_applies(case: Facts) -> None:
    status = judge(case).status
    above = LADDER[: LADDER.index(status)]
    assert not any(_applies(rung, case) for rung in above if rung in LADDER[:8])


RANK = {Status.ON_TRACK: 0, Status.BEHIND: 1, Status.AT_RISK: 2}


@given(st.floats(0, 0.999), st.floats(0, 0.999), st.integers(0, 10), st.integers(15, 100))
def test_more_progress_never_gives_a_worse_status(one: float, other: float, confidence: int, on: int) -> None:
    less, more = sorted((one, other))
    case = replace(FACTS, on=day(on), confidence=confidence, next_check_in_on=None)
    assert (
        RANK[judge(replace(case, progress=more)).status] <= RANK[judge(replace(case, progress=less)).status]
    )


@given(st.floats(0, 0.999), st.integers(15, 100), st.integers(15, 100))
def test_time_alone_never_makes_a_status_better(progress: float, one: int, other: int) -> None:
    case = replace(FACTS, progress=progress, next_check_in_on=None)
    sooner, later = (judge(replace(case, on=day(number))).status for number in sorted((one, other)))
    assert RANK[sooner] <= RANK[later]
