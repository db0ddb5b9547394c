"""Reminders: one on the day, one when it was missed, by the person's own clock, and never a third."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from libs.contracts import checkins as say
from services.checkins.usecases.judge_day import judge_day
from services.checkins.usecases.remind_people import remind_people
from services.checkins.usecases.settle_standings import settle_standings
from tests.unit.checkins.examples import (
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    OWNER,
    PEOPLE,
    RUNBOOKS,
    TEAM,
    at,
)
from tests.unit.checkins.memory import World
from tests.unit.checkins.test_record_check_in import record

MONDAY = date(2031, 12, 1)  # day 56


def run_until(
    world: World, end: datetime, step: timedelta = timedelta(minutes=15)
) -> list[tuple[datetime, str, str, int]]:
    """What people were reminded of, and when: instant, kind, person, number of key results."""
    seen = []
    while world.now < end:
        world.now += step
        while judge_day(world.ports) + settle_standings(world.ports):
            pass
        remind_people(world.ports)
        for kind in (say.CheckInDue, say.CheckInOverdue):
            seen += [(world.now, kind.__name__, said.person_id, len(said.owed)) for said in world.heard(kind)]
    return seen


def checked_in(world: World) -> None:
    """Both key results were checked in on day 50, so both are due on Monday, day 56."""
    world.learn(replace(RUNBOOKS, state="deleted"), seq=2)
    record(world, 50.0)
    while judge_day(world.ports) + settle_standings(world.ports):
        pass


def test_a_reminder_on_the_day_and_one_when_it_was_missed(world: World) -> None:
    checked_in(world)
    assert run_until(world, at(66)) == [
        (at(56, 9), "CheckInDue", DELEGATE, 1),
        (at(57, 9), "CheckInOverdue", DELEGATE, 1),
    ]


def test_who_checked_in_is_not_reminded(world: World) -> None:
    checked_in(world)
    world.now = at(55)
    record(world, 45.0)
    assert run_until(world, at(60)) == []


def test_who_checks_in_after_the_reminder_hears_no_more_until_next_time(world: World) -> None:
    checked_in(world)
    run_until(world, at(56, 10))
    record(world, 45.0)
    assert run_until(world, at(63, 10)) == [(at(63, 9), "CheckInDue", DELEGATE, 1)]


def test_nine_in_the_morning_is_that_of_the_person(world: World) -> None:
    world.learn(replace(PEOPLE[1], time_zone="America/New_York"), seq=2)
    checked_in(world)
    assert run_until(world, at(57)) == [(at(56, 14), "CheckInDue", DELEGATE, 1)]


def test_the_owner_is_reminded_where_nobody_stands_in(world: World) -> None:
    world.learn(replace(KEY_RESULT, delegate_id=None), seq=2)
    checked_in(world)
    assert run_until(world, at(56, 20)) == [(at(56, 9), "CheckInDue", OWNER, 1)]


def test_a_new_delegate_is_reminded_too(world: World) -> None:
    checked_in(world)
    run_until(world, at(56, 10))
    world.learn(replace(KEY_RESULT, delegate_id=None), seq=2)
    reminded = run_until(world, at(60))
    assert [(kind, person_id) for _, kind, person_id, _ in reminded] == [
        ("CheckInDue", OWNER),
        ("CheckInOverdue", OWNER),
    ]


def test_all_that_is_due_that_day_is_in_one_reminder(world: World) -> None:
    world.learn(replace(KEY_RESULT, delegate_id=None), seq=2)
    world.learn(replace(TEAM, id="later", rhythm=replace(TEAM.rhythm, time="16:00")))
    world.learn(replace(RUNBOOKS, team_id="later", created_on=at(50).date()), seq=2)
    record(world, 50.0)
    assert run_until(world, at(56, 20)) == [(at(56, 9), "CheckInDue", OWNER, 2)]


def test_a_reminder_names_what_is_owed_with_its_last_value(world: World) -> None:
    checked_in(world)
    world.now = at(56, 9)
    remind_people(world.ports)
    (said,) = world.heard(say.CheckInDue)
    (owed,) = said.owed
    assert (said.day, said.team_id) == (MONDAY, TEAM.id)
    assert (owed.key_result_id, owed.due_on, owed.status, owed.progress, owed.current) == (
        KEY_RESULT.id,
        MONDAY,
        "on_track",
        0.5,
        50.0,
    )


def test_a_clock_that_dies_after_saying_it_does_not_say_it_again(world: World) -> None:
    checked_in(world)
    planned = dict(world.situations.reminders)
    run_until(world, at(56, 9))
    world.situations.reminders.update(planned)
    assert run_until(world, at(56, 12)) == []


def test_a_day_that_went_by_in_an_outage_is_overdue_at_once_and_only_that(world: World) -> None:
    checked_in(world)
    world.now = at(58, 3)
    assert [kind for _, kind, _, _ in run_until(world, at(66))] == ["CheckInOverdue"]


def test_who_is_not_here_yet_is_reminded_when_they_are(world: World) -> None:
    world.learn(replace(PEOPLE[1], state="invited"), seq=2)
    checked_in(world)
    world.learn(replace(KEY_RESULT, owner_id=DELEGATE, delegate_id=None), seq=2)
    assert run_until(world, at(57, 8)) == []
    world.learn(replace(PEOPLE[1], state="active"), seq=3)
    assert [kind for _, kind, _, _ in run_until(world, at(60))] == ["CheckInOverdue"]


def test_who_enters_a_month_of_late_check_ins_is_not_nagged_between_two(world: World) -> None:
    world.learn(replace(RUNBOOKS, state="deleted"), seq=2)
    for day in (8, 15, 22, 29, 36, 43):
        record(world, 90.0 - day, as_of=at(day))
        world.pass_time(seconds=20)
        while judge_day(world.ports) + settle_standings(world.ports):
            pass
        remind_people(world.ports)
    record(world, 45.0, as_of=world.now)
    assert run_until(world, at(55)) == []


def test_a_closed_cycle_reminds_nobody(world: World) -> None:
    checked_in(world)
    world.learn(replace(CYCLE, state="closed"), seq=2)
    assert run_until(world, at(60)) == []
