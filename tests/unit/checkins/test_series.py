"""Folding a series one by one says the same as computing it anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.checkins.domain.series import EMPTY, Reading, fold, recompute
from tests.unit.checkins.examples import OWNER, at


def reading(seq: int, value: float, day: int, **changes: object) -> Reading:
    plain = Reading(
        first_id=f"r{seq}",
        seq=seq,
        value=value,
        confidence=seq % 11,
        as_of=at(day),
        recorded_at=at(60) + timedelta(minutes=seq),
        author_id=OWNER,
        note=f"note {seq}",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


plain_series = st.lists(st.tuples(st.floats(-100, 100), st.integers(0, 60)), max_size=12).map(
    lambda pairs: [reading(number, value, day) for number, (value, day) in enumerate(pairs, 1)]
)


@given(plain_series)
def test_the_fold_equals_the_recompute(series: list[Reading]) -> None:
    state = EMPTY
    for number, one in enumerate(series, 1):
        state = fold(state, one)
        assert state == recompute(series[:number])


@given(plain_series, st.data())
def test_revisions_and_undos_in_any_order_of_reading_give_one_state(
    series: list[Reading], data: st.DataObject
) -> None:
    versions = list(series)
    for first in data.draw(st.lists(st.sampled_from(series), max_size=5)) if series else []:
        seq = len(versions) + 1
        versions.append(
            replace(first, seq=seq, value=data.draw(st.floats(-100, 100)), withdrawn=data.draw(st.booleans()))
        )
    shuffled = data.draw(st.permutations(versions))
    assert recompute(shuffled) == recompute(versions)
    latest = {version.first_id: version for version in versions}
    counted = [version for version in latest.values() if not version.withdrawn]
    state = recompute(versions)
    assert state.count == len(counted)
    assert state.seq == len(versions)
    assert (state.as_of is None) == (not counted)
    if counted:
        assert state.as_of == max(version.as_of for version in counted)
        assert state.current in [version.value for version in counted if version.as_of == state.as_of]


def test_the_latest_reading_is_current_however_late_it_was_written_down() -> None:
    state = recompute([reading(1, 10, 20), reading(2, 99, 5)])
    assert (state.current, state.count, state.seq) == (10, 2, 2)


def test_of_two_readings_of_one_instant_the_one_recorded_later_counts() -> None:
    assert recompute([reading(1, 10, 20), reading(2, 11, 20)]).current == 11


def test_a_revision_replaces_the_value_at_its_own_time() -> None:
    series = [reading(1, 10, 20), reading(2, 30, 30), reading(3, 12, 20, first_id="r1")]
    assert recompute(series).current == 30
    assert recompute([*series, reading(4, 33, 30, first_id="r2")]).current == 33


def test_an_undo_brings_back_what_was_before() -> None:
    series = [reading(1, 10, 20), reading(2, 30, 30), reading(3, 30, 30, first_id="r2", withdrawn=True)]
    state = recompute(series)
    assert (state.current, state.count, state.note) == (10, 1, "note 1")


def test_the_undo_of_the_only_check_in_leaves_no_reading() -> None:
    state = recompute([reading(1, 10, 20), reading(2, 10, 20, first_id="r1", withdrawn=True)])
    assert state == replace(EMPTY, seq=2)
