"""Who may say where a key result stands, when, and what is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.contracts import checkins as say
from services.checkins.domain.errors import (
    CycleIsClosed,
    InvalidFields,
    KeyResultAbandoned,
    KeyReused,
    NotAllowed,
    Stale,
    Unknown,
    Unreachable,
)
from services.checkins.usecases.ports import Surroundings
from services.checkins.usecases.record_check_in import RecordCheckIn, Recorded, record_check_in
from tests.unit.checkins.examples import (
    ADMIN,
    BOSS,
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    LEAD,
    MEMBER,
    ORG,
    OUTSIDER,
    OWNER,
    TEAM,
    WATCHER,
    at,
    viewer,
    words,
)
from tests.unit.checkins.memory import World


def record(
    world: World,
    value: float = 60.0,
    person_id: str = OWNER,
    *,
    key: str | None = None,
    as_of: datetime | None = None,
    if_seq: int | None = None,
    key_result_id: str = KEY_RESULT.id,
    **said: Any,
) -> Recorded:
    command = RecordCheckIn(
        key_result_id=key_result_id,
        words=words(value, **said),
        as_of=as_of,
        idempotency_key=key or f"key-{len(world.check_ins.entries)}",
        if_seq=if_seq,
    )
    return record_check_in(command, viewer(person_id), world.ports)


def test_the_answer_says_where_the_key_result_stands_now(world: World) -> None:
    made = record(world, 60.0, confidence=8, note="Better").check_in
    assert (made.seq, made.value, made.confidence, made.note, made.author_id) == (1, 60.0, 8, "Better", OWNER)
    assert (made.seen.raw_progress, made.seen.progress, made.seen.expected) == (0.4, 0.4, 0.5)
    assert made.seen.status == "on_track"
    assert made.as_of == made.recorded_at == at(50)


def test_the_event_carries_the_standing_that_its_writer_saw(world: World) -> None:
    made = record(world, 75.0).check_in
    (event,) = world.heard(say.ProgressRecorded)
    assert event.visibility == "organisation"
    assert event.check_in_id == made.id
    assert (event.standing.seq, event.standing.progress, event.standing.status) == (1, 0.25, "behind")


def test_numbers_have_no_gaps(world: World) -> None:
    assert [record(world, float(value)).check_in.seq for value in (90, 80, 70)] == [1, 2, 3]


@pytest.mark.parametrize("person_id", [OWNER, DELEGATE, LEAD, ADMIN])
def test_owner_delegate_lead_and_admins_may_check_in(world: World, person_id: str) -> None:
    assert record(world, person_id=person_id).check_in.author_id == person_id


@pytest.mark.parametrize("person_id", [MEMBER, OUTSIDER, BOSS, WATCHER])
def test_nobody_else_may(world: World, person_id: str) -> None:
    with pytest.raises(NotAllowed):
        record(world, person_id=person_id)
    assert not world.check_ins.entries


def test_the_lead_of_a_removed_team_may_no_longer(world: World) -> None:
    world.learn(replace(TEAM, state="deleted"), seq=2)
    with pytest.raises(NotAllowed):
        record(world, person_id=LEAD)


@pytest.mark.parametrize(
    ("visibility", "seeing"),
    [
        ("organisation", {OWNER, DELEGATE, LEAD, MEMBER, OUTSIDER, ADMIN, BOSS, WATCHER}),
        ("team", {OWNER, DELEGATE, LEAD, MEMBER, ADMIN, BOSS}),
        ("private", {OWNER, DELEGATE, ADMIN, BOSS}),
    ],
)
def test_what_is_not_visible_does_not_exist(world: World, visibility: str, seeing: set[str]) -> None:
    world.learn(replace(KEY_RESULT, visibility=visibility), seq=2)
    for person_id in (OWNER, DELEGATE, LEAD, MEMBER, OUTSIDER, ADMIN, BOSS, WATCHER):
        if person_id in seeing:
            continue
        with pytest.raises(Unknown):
            record(world, person_id=person_id)


def test_another_organisations_key_result_does_not_exist(world: World) -> None:
    command = RecordCheckIn(key_result_id=KEY_RESULT.id, words=words(1.0), as_of=None, idempotency_key="k")
    with pytest.raises(Unknown):
        record_check_in(command, viewer(ADMIN, "another"), world.ports)


def test_the_same_key_gives_the_same_answer_and_writes_nothing(world: World) -> None:
    first = record(world, 60.0, key="once")
    world.pass_time(hours=1)
    again = record(world, 60.0, key="once")
    assert (again.check_in, again.replayed) == (first.check_in, True)
    assert len(world.check_ins.entries) == 1
    assert len(world.heard(say.ProgressRecorded)) == 1


def test_the_same_key_for_something_else_is_refused(world: World) -> None:
    record(world, 60.0, key="once")
    with pytest.raises(KeyReused):
        record(world, 61.0, key="once")


def test_the_same_key_of_another_person_is_another_key(world: World) -> None:
    record(world, 60.0, key="once")
    assert not record(world, 60.0, DELEGATE, key="once").replayed


def test_what_was_accepted_stays_accepted_when_the_cycle_closes_before_the_retry(world: World) -> None:
    first = record(world, 60.0, key="once")
    world.learn(replace(CYCLE, state="closed"), seq=2)
    assert record(world, 60.0, key="once").check_in == first.check_in


def test_a_retry_with_if_match_is_a_replay_and_not_stale(world: World) -> None:
    record(world, 60.0, key="once", if_seq=0)
    assert record(world, 60.0, key="once", if_seq=0).replayed


def test_who_read_an_older_series_may_ask_to_be_refused(world: World) -> None:
    record(world, 60.0)
    with pytest.raises(Stale):
        record(world, 61.0, if_seq=0)
    assert record(world, 61.0, if_seq=1).check_in.seq == 2


def test_a_closed_cycle_takes_no_check_ins(world: World) -> None:
    world.learn(replace(CYCLE, state="closed"), seq=2)
    with pytest.raises(CycleIsClosed):
        record(world)


def test_an_abandoned_key_result_takes_none_and_a_deleted_one_is_gone(world: World) -> None:
    world.learn(replace(KEY_RESULT, state="abandoned"), seq=2)
    with pytest.raises(KeyResultAbandoned):
        record(world)
    world.learn(replace(KEY_RESULT, state="deleted"), seq=3)
    with pytest.raises(Unknown):
        record(world)


@pytest.mark.parametrize(
    ("as_of", "accepted"),
    [
        (at(50) + timedelta(minutes=2), at(50)),
        (at(50), at(50)),
        (at(0, 0), at(0, 0)),
        (at(10) + timedelta(microseconds=1234), at(10) + timedelta(microseconds=1000)),
    ],
)
def test_a_moment_of_the_running_cycle_is_taken(world: World, as_of: datetime, accepted: datetime) -> None:
    assert record(world, as_of=as_of).check_in.as_of == accepted


@pytest.mark.parametrize(
    "as_of", [at(50) + timedelta(minutes=2, seconds=1), at(0, 0) - timedelta(milliseconds=1)]
)
def test_the_future_and_what_was_before_the_cycle_are_refused(world: World, as_of: datetime) -> None:
    with pytest.raises(InvalidFields) as refused:
        record(world, as_of=as_of)
    assert [error.field for error in refused.value.errors] == ["as_of"]


def test_a_late_check_in_counts_at_its_own_time_and_does_not_move_the_current_value(world: World) -> None:
    record(world, 40.0)
    late = record(world, 95.0, as_of=at(20)).check_in
    assert (late.seen.progress, late.state.current, late.state.count) == (0.6, 40.0, 2)


@pytest.mark.parametrize("value", [0.5, 2.0, -1.0])
def test_done_or_not_takes_nothing_between(world: World, value: float) -> None:
    world.learn(replace(KEY_RESULT, kind="boolean", start=0.0, target=1.0), seq=2)
    with pytest.raises(InvalidFields) as refused:
        record(world, value)
    assert refused.value.errors[0].field == "value"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_must_be_a_finite_number(world: World, value: float) -> None:
    with pytest.raises(InvalidFields):
        record(world, value)


def test_a_key_result_that_is_not_known_yet_is_asked_for_once() -> None:
    fresh = World(at(50))
    fresh.goals.known[KEY_RESULT.id] = Surroundings(key_result=KEY_RESULT, cycle=CYCLE, team=TEAM)
    record(fresh)
    record(fresh, person_id=LEAD)
    assert fresh.goals.asked == [KEY_RESULT.id]
    fresh.learn(replace(KEY_RESULT, title="As announced"), seq=1)
    found = fresh.situations.get(ORG, KEY_RESULT.id)
    assert found is not None
    assert found.key_result.title == "As announced"


def test_an_unknown_key_result_is_unknown(world: World) -> None:
    command = RecordCheckIn(key_result_id="nowhere", words=words(1.0), as_of=None, idempotency_key="k")
    with pytest.raises(Unknown):
        record_check_in(command, viewer(OWNER), world.ports)


def test_nobody_guesses_while_its_owner_does_not_answer(world: World) -> None:
    world.goals.down = True
    command = RecordCheckIn(key_result_id="nowhere", words=words(1.0), as_of=None, idempotency_key="k")
    with pytest.raises(Unreachable):
        record_check_in(command, viewer(OWNER), world.ports)
