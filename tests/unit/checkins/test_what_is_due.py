"""What is due has one definition: lists, key-result pages, team counts, events and mails agree on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts import checkins as say
from services.checkins.domain.copies import KeyResult, Rhythm
from services.checkins.usecases.count_week import count_week
from services.checkins.usecases.judge_day import judge_day
from services.checkins.usecases.list_owed import OwedList, list_owed
from services.checkins.usecases.remind_people import remind_people
from services.checkins.usecases.settle_standings import settle_standings
from services.checkins.usecases.tell_standing import tell_standing
from services.checkins.usecases.undo_check_in import undo_check_in
from tests.unit.checkins.examples import (
    ADMIN,
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    OWNER,
    PEOPLE,
    RUNBOOKS,
    TEAM,
    at,
    viewer,
)
from tests.unit.checkins.memory import World
from tests.unit.checkins.test_record_check_in import record

MONDAY = 56


def settle(world: World) -> None:
    while judge_day(world.ports) + settle_standings(world.ports):
        pass


def listed(world: World, person_id: str = OWNER) -> OwedList:
    settle(world)
    return list_owed(viewer(person_id), world.ports)


def ids(found: Any) -> list[str]:
    return [one.situation.key_result.id for one in found]


DONE = replace(RUNBOOKS, kind="boolean", start=0.0, target=1.0, unit="")


@pytest.mark.parametrize(
    "changed",
    [
        replace(RUNBOOKS, state="abandoned"),
        replace(RUNBOOKS, state="finished"),
        replace(RUNBOOKS, state="draft"),
        replace(RUNBOOKS, state="deleted"),
        replace(RUNBOOKS, objective_state="abandoned"),
        replace(CYCLE, ends_on=at(MONDAY - 1).date()),
        replace(CYCLE, state="closed"),
        replace(CYCLE, state="planning"),
        replace(CYCLE, starts_on=at(MONDAY + 1).date()),
    ],
    ids=lambda changed: f"{type(changed).__name__} {changed.state} {getattr(changed, 'ends_on', '')}",
)
def test_what_nobody_pursues_owes_nothing(world: World, changed: Any) -> None:
    world.now = at(MONDAY)
    world.learn(replace(KEY_RESULT, state="deleted"), seq=2)
    assert ids(listed(world).due) == [RUNBOOKS.id]
    world.learn(changed, seq=3)
    found = listed(world)
    assert (found.due, found.later) == ((), ())
    assert not any(
        stone.due_on <= at(MONDAY).date() for stone in count_week(TEAM.id, viewer(ADMIN), world.ports).stones
    )


def test_an_achieved_boolean_owes_nothing_and_never_goes_stale(world: World) -> None:
    world.learn(DONE, seq=2)
    record(world, 1.0, key_result_id=DONE.id)
    world.now = at(MONDAY + 20)
    assert DONE.id not in ids(listed(world).due)
    told = tell_standing(DONE.id, viewer(OWNER), world.ports)
    assert (told.standing.status, told.standing.next_check_in_on) == ("achieved", None)


def test_a_boolean_taken_back_is_owed_again(world: World) -> None:
    world.learn(DONE, seq=2)
    made = record(world, 1.0, key_result_id=DONE.id)
    assert DONE.id not in ids(listed(world).due)
    undo_check_in(made.check_in.id, viewer(OWNER), world.ports)
    assert DONE.id in ids(listed(world).due)


def test_what_follows_this_week_stands_apart_from_what_is_due(world: World) -> None:
    world.learn(replace(TEAM, rhythm=Rhythm("weekly", 3, "09:00")), seq=2)
    world.learn(replace(RUNBOOKS, created_on=at(55).date()), seq=2)
    world.now = at(MONDAY)
    found = listed(world)
    assert (ids(found.due), ids(found.later)) == ([], [RUNBOOKS.id])
    assert found.next_on == at(MONDAY + 3).date()
    world.now = at(MONDAY + 3)
    assert (ids(listed(world).due), ids(listed(world).later)) == ([RUNBOOKS.id], [])


def test_what_was_done_today_is_listed_with_what_it_was(world: World) -> None:
    world.now = at(49)
    record(world, 4.0, OWNER, key_result_id=RUNBOOKS.id)
    world.now = at(MONDAY)
    record(world, 9.0, OWNER, key_result_id=RUNBOOKS.id)
    (done,) = listed(world).done
    assert (done.before.current, done.situation.state.current) == (4.0, 9.0)
    world.now = at(MONDAY + 1)
    assert listed(world).done == ()


def test_what_was_undone_is_not_done(world: World) -> None:
    made = record(world, 9.0, OWNER, key_result_id=RUNBOOKS.id)
    assert ids(listed(world).done) == [RUNBOOKS.id]
    undo_check_in(made.check_in.id, viewer(OWNER), world.ports)
    assert (ids(listed(world).done), ids(listed(world).due)) == ([], [RUNBOOKS.id])


def test_a_boolean_done_this_week_stays_in_the_teams_count(world: World) -> None:
    world.learn(DONE, seq=2)
    world.now = at(MONDAY)
    record(world, 1.0, key_result_id=DONE.id)
    settle(world)
    week = count_week(TEAM.id, viewer(ADMIN), world.ports)
    assert [stone.laid for stone in week.stones if stone.key_result_id == DONE.id] == [True]
    world.now = at(MONDAY + 7)
    week = count_week(TEAM.id, viewer(ADMIN), world.ports)
    assert [stone for stone in week.stones if stone.key_result_id == DONE.id] == []


KEY_RESULTS = st.builds(
    lambda number, kind, state, objective_state, delegate, made: replace(
        KEY_RESULT,
        id=f"kr-{number}",
        kind=kind,
        start=0.0,
        target=1.0,
        state=state,
        objective_state=objective_state,
        delegate_id=DELEGATE if delegate else None,
        created_on=at(made).date(),
    ),
    st.integers(0, 2),
    st.sampled_from(["metric", "boolean"]),
    st.sampled_from(["open", "open", "open", "abandoned", "finished", "draft"]),
    st.sampled_from(["open", "open", "open", "abandoned"]),
    st.booleans(),
    st.integers(0, 55),
)
STATES = st.fixed_dictionaries(
    {
        "key_results": st.lists(KEY_RESULTS, min_size=1, max_size=3, unique_by=lambda found: found.id),
        "cycle": st.builds(
            lambda state, ends: replace(CYCLE, state=state, ends_on=at(ends).date()),
            st.sampled_from(["active", "active", "closing", "planning", "closed"]),
            st.sampled_from([50, 56, 57, 100]),
        ),
        "rhythm": st.builds(
            Rhythm, st.sampled_from(["weekly", "biweekly", "monthly"]), st.integers(0, 6), st.just("09:00")
        ),
        "delegate": st.sampled_from([("active", "member"), ("disabled", "member"), ("active", "viewer")]),
        "zones": st.tuples(*[st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"])] * 2),
        "readings": st.lists(
            st.tuples(st.integers(30, 56), st.sampled_from([0.0, 1.0]), st.integers(0, 2)), max_size=4
        ),
        "hour": st.integers(0, 23),
    }
)


def made_of(drawn: dict[str, Any]) -> World:
    world = World(at(MONDAY, drawn["hour"]))
    owner, delegate = (
        replace(person, time_zone=zone) for person, zone in zip(PEOPLE[:2], drawn["zones"], strict=True)
    )
    state, role = drawn["delegate"]
    shown: list[KeyResult] = drawn["key_results"]
    world.learn(*PEOPLE[2:], owner, delegate, replace(CYCLE), replace(TEAM, rhythm=drawn["rhythm"]))
    world.learn(*(replace(one, state="open", objective_state="open") for one in shown))
    now = world.now
    for day, value, number in sorted(drawn["readings"]):
        if number < len(shown):
            world.now = min(now, at(day, 8))
            record(world, value, ADMIN, key_result_id=shown[number].id)
    world.now = now
    world.learn(drawn["cycle"], replace(delegate, state=state, role=role), *shown, seq=2)
    settle(world)
    world.said.clear()
    return world


@settings(max_examples=150, deadline=None)
@given(STATES)
def test_all_who_ask_what_is_due_hear_the_same(drawn: dict[str, Any]) -> None:
    """The list of `/check-ins/due`, a key result's own answer, the team's count, the event and the mails."""
    world = made_of(drawn)
    lists = {person_id: list_owed(viewer(person_id), world.ports) for person_id in (OWNER, DELEGATE)}
    due = {name: person_id for person_id, found in lists.items() for name in ids(found.due)}
    for definition in drawn["key_results"]:
        told = tell_standing(definition.id, viewer(ADMIN), world.ports)
        assert told.owing.due == (definition.id in due)
        assert told.owing.next_on == told.standing.next_check_in_on
        if told.owing.due:
            assert due[definition.id] == told.owing.person_id
    week = count_week(TEAM.id, viewer(ADMIN), world.ports)
    still = {stone.key_result_id: stone.person_id for stone in week.stones if not stone.laid}
    assert due.items() <= still.items()
    told_by_events = {
        name: found.standing.next_check_in_on
        for name, found in world.ports.situations.many([one.id for one in drawn["key_results"]]).items()
        if found.standing is not None
    }
    for name in due:
        assert told_by_events[name] is not None
    reminded = _reminded(world)
    assert set(reminded) <= set(due)
    assert all(reminded[name] == due[name] for name in reminded)


def _reminded(world: World) -> dict[str, str]:
    """Whom the reminders of this hour and before name, and what."""
    world.now += timedelta(minutes=3)  # what was planned for the past waits two minutes
    remind_people(world.ports)
    said = [*world.heard(say.CheckInDue), *world.heard(say.CheckInOverdue)]
    return {owed.key_result_id: reminder.person_id for reminder in said for owed in reminder.owed}


def test_due_is_the_day_of_the_one_who_owes_it(world: World) -> None:
    world.learn(replace(PEOPLE[0], time_zone="Pacific/Auckland"), seq=2)
    world.learn(replace(RUNBOOKS, created_on=at(55).date()), seq=2)
    world.now = at(MONDAY - 1, 12)  # Monday already, in Auckland
    assert ids(listed(world).due) == [RUNBOOKS.id]
    assert tell_standing(RUNBOOKS.id, viewer(ADMIN), world.ports).owing.due
    assert date(2031, 12, 1) == at(MONDAY).date()
