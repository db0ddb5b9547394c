"""Whatever a planned reminder depends on may change before or after its time: it is planned anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.checkins.domain.alarm import Alarm
from services.checkins.domain.copies import Rhythm
from services.checkins.domain.reminder import Reminder
from services.checkins.storage.documents import (
    alarm_documents,
    reminded_document,
    reminder_document,
    reminder_from,
)
from services.checkins.usecases.judge_day import judge_day
from services.checkins.usecases.remind_people import remind_people
from services.checkins.usecases.settle_standings import settle_standings
from tests.unit.checkins.examples import (
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    MEMBER,
    ORGANISATION,
    OWNER,
    PEOPLE,
    TEAM,
    at,
)
from tests.unit.checkins.memory import World
from tests.unit.checkins.test_record_check_in import record
from tests.unit.checkins.test_remind_people import run_until

OWN = replace(KEY_RESULT, delegate_id=None)
JUN, WANJIRU = PEOPLE[0], PEOPLE[1]
BEFORE, AFTER = at(56, 8), at(56, 10)  # its day is Monday, day 56, and its time nine o'clock
Said = tuple[datetime, str, str]
ON_TIME: Said = (at(56, 9), "CheckInDue", OWNER)
A_DAY_LATER: Said = (at(57, 9), "CheckInOverdue", OWNER)


def rhythm(every: str = "weekly", weekday: int = 0, time: str = "09:00") -> Any:
    return replace(TEAM, rhythm=Rhythm(every, weekday, time))


def due(*when: Any, by: str = OWNER) -> Said:
    return (at(*when), "CheckInDue", by)


def overdue(*when: Any, by: str = OWNER) -> Said:
    return (at(*when), "CheckInOverdue", by)


SOON = 10, 15  # what is changed at ten to a time that is past is said two minutes later, on the next tick
# What changes, what is said when it changes at eight, and what when it changes at ten.
MATRIX: dict[str, tuple[Sequence[Any], Sequence[Said], Sequence[Said]]] = {
    "nothing": ([], [ON_TIME, A_DAY_LATER], [ON_TIME, A_DAY_LATER]),
    "a later time": (
        [rhythm(time="11:00")],
        [due(56, 11), overdue(57, 11)],
        [ON_TIME, overdue(57, 11)],
    ),
    "an earlier time": (
        [rhythm(time="07:00")],
        [due(56, 8, 15), overdue(57, 7)],
        [ON_TIME, overdue(57, 7)],
    ),
    "a later weekday": (
        [rhythm(weekday=2)],
        [due(58, 9), overdue(59, 9)],
        [ON_TIME, overdue(59, 9)],
    ),
    "every fortnight": (
        [rhythm("biweekly")],
        [ON_TIME, A_DAY_LATER],  # its Monday is the same day
        [ON_TIME, A_DAY_LATER],
    ),
    "the first Friday of a month": (
        [rhythm("monthly", weekday=4)],
        [due(60, 9), overdue(61, 9)],
        [ON_TIME, overdue(61, 9)],
    ),
    "a zone to the west": (
        [replace(JUN, time_zone="America/New_York")],
        [due(56, 14), overdue(57, 14)],
        [ON_TIME, overdue(57, 14)],
    ),
    "a zone to the east": (
        [replace(JUN, time_zone="Asia/Tokyo")],
        [due(56, 8, 15), overdue(57, 0)],
        [ON_TIME, overdue(57, 0)],
    ),
    "another owner": (
        [replace(OWN, owner_id=MEMBER)],
        [due(56, 9, by=MEMBER), overdue(57, 9, by=MEMBER)],
        [ON_TIME, due(56, *SOON, by=MEMBER), overdue(57, 9, by=MEMBER)],
    ),
    "a delegate": (
        [KEY_RESULT],
        [due(56, 9, by=DELEGATE), overdue(57, 9, by=DELEGATE)],
        [ON_TIME, due(56, *SOON, by=DELEGATE), overdue(57, 9, by=DELEGATE)],
    ),
    "a delegate who is disabled": (
        [KEY_RESULT, replace(WANJIRU, state="disabled")],
        [ON_TIME, A_DAY_LATER],
        [ON_TIME, A_DAY_LATER],
    ),
    "a delegate who may only look": (
        [KEY_RESULT, replace(WANJIRU, role="viewer")],
        [ON_TIME, A_DAY_LATER],
        [ON_TIME, A_DAY_LATER],
    ),
    "a disabled owner with a delegate": (
        [KEY_RESULT, replace(JUN, state="disabled")],
        [due(56, 9, by=DELEGATE), overdue(57, 9, by=DELEGATE)],
        [ON_TIME, due(56, *SOON, by=DELEGATE), overdue(57, 9, by=DELEGATE)],
    ),
    "a disabled owner": ([replace(JUN, state="disabled")], [], [ON_TIME]),
    "an owner who may only look": ([replace(JUN, role="viewer")], [], [ON_TIME]),
    "a cycle that ended": ([replace(CYCLE, ends_on=at(55).date())], [], [ON_TIME]),
    "a cycle that ends today": (
        [replace(CYCLE, ends_on=at(56).date())],
        [ON_TIME],
        [ON_TIME],
    ),
    "a closing cycle": ([replace(CYCLE, state="closing")], [ON_TIME, A_DAY_LATER], [ON_TIME, A_DAY_LATER]),
    "a closed cycle": ([replace(CYCLE, state="closed")], [], [ON_TIME]),
    "a cycle planned again": ([replace(CYCLE, state="planning")], [], [ON_TIME]),
    "an abandoned key result": ([replace(OWN, state="abandoned")], [], [ON_TIME]),
    "a deleted key result": ([replace(OWN, state="deleted")], [], [ON_TIME]),
    "a finished key result": ([replace(OWN, state="finished")], [], [ON_TIME]),
    "an abandoned objective": ([replace(OWN, objective_state="abandoned")], [], [ON_TIME]),
    "a done boolean": ([replace(OWN, kind="boolean", start=0.0, target=1.0)], [], [ON_TIME]),
    "a due date of its own": (
        [replace(OWN, due_on=at(50).date())],
        [ON_TIME, A_DAY_LATER],
        [ON_TIME, A_DAY_LATER],
    ),
    "the organisation's zone": (
        [replace(ORGANISATION, time_zone="Pacific/Auckland")],
        [ON_TIME, A_DAY_LATER],
        [ON_TIME, A_DAY_LATER],
    ),
}


def prepared() -> World:
    """One key result of Jun's, checked in on day 50, and so due on Monday, day 56."""
    world = World(at(50))
    world.learn(ORGANISATION, *PEOPLE, CYCLE, TEAM, OWN)
    record(world, 50.0)
    settle(world)
    return world


def settle(world: World) -> None:
    while judge_day(world.ports) + settle_standings(world.ports):
        pass


def said_around(moment: datetime, change: Callable[[World], None]) -> list[Said]:
    """What is said when the change happens at this moment, until the check-in after would be due."""
    world = prepared()
    seen = run_until(world, moment)
    change(world)
    settle(world)
    seen += run_until(world, at(69, 23))
    return [said[:3] for said in seen]


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("early", [True, False], ids=["before", "after"])
def test_a_planned_reminder_follows_what_it_depends_on(name: str, *, early: bool) -> None:
    items, before, after = MATRIX[name]
    expected = before if early else after
    heard = said_around(BEFORE if early else AFTER, lambda world: world.learn(*items, seq=2))
    assert heard == list(expected)


def test_a_delegate_disabled_later_gives_the_owner_the_reminder() -> None:
    def change(world: World) -> None:
        world.learn(KEY_RESULT, seq=2)
        settle(world)
        world.learn(replace(WANJIRU, state="disabled"), seq=2)

    assert said_around(BEFORE, change) == [ON_TIME, A_DAY_LATER]


def test_somebody_enabled_again_is_reminded_again() -> None:
    world = prepared()
    world.learn(replace(JUN, state="disabled"), seq=2)
    assert run_until(world, at(56, 12)) == []
    world.learn(JUN, seq=3)
    settle(world)
    assert [said[:3] for said in run_until(world, at(60))] == [due(56, 12, 15), A_DAY_LATER]


@pytest.mark.parametrize(
    ("away", "back"),
    [
        (replace(CYCLE, state="closed"), CYCLE),
        (replace(CYCLE, ends_on=at(55).date()), CYCLE),
        (replace(OWN, state="abandoned"), OWN),
        (replace(OWN, objective_state="abandoned"), OWN),
    ],
    ids=["closed", "ended", "abandoned", "objective abandoned"],
)
def test_what_is_taken_up_again_is_not_said_again(away: Any, back: Any) -> None:
    def change(world: World) -> None:
        for seq, item in enumerate((away, back), start=2):
            world.learn(item, seq=seq)
            settle(world)

    assert said_around(AFTER, change) == [ON_TIME, A_DAY_LATER]


def test_going_back_and_forth_says_nothing_twice() -> None:
    def change(world: World) -> None:
        for seq, item in enumerate((replace(OWN, owner_id=MEMBER), OWN, rhythm(weekday=3), TEAM), start=2):
            world.learn(item, seq=seq)
            settle(world)
            remind_people(world.ports)

    assert said_around(AFTER, change) == [ON_TIME, A_DAY_LATER]


@pytest.mark.parametrize(
    ("zone", "day", "time", "instant"),
    [
        ("Europe/Berlin", date(2031, 10, 26), "02:30", "2031-10-26T00:30"),  # twice there: the first
        ("America/New_York", date(2031, 11, 2), "01:30", "2031-11-02T05:30"),
        ("Australia/Sydney", date(2031, 10, 5), "02:30", "2031-10-04T16:30"),  # not there: an hour later
    ],
)
def test_clocks_that_are_changed_neither_lose_nor_double(
    zone: str, day: date, time: str, instant: str
) -> None:
    world = World(datetime.fromisoformat("2031-09-30T12:00+00:00"))
    team = replace(TEAM, rhythm=Rhythm("weekly", day.weekday(), time))
    begun = replace(OWN, created_on=day - timedelta(days=2))
    cycle = replace(CYCLE, starts_on=day - timedelta(days=5))
    world.learn(ORGANISATION, replace(JUN, time_zone=zone), cycle, team, begun)
    settle(world)
    seen = [said[:2] for said in run_until(world, world.now + timedelta(days=40))]
    moment = datetime.fromisoformat(f"{instant}+00:00")
    assert seen[0] == (moment, "CheckInDue")
    assert [kind for _, kind in seen] == ["CheckInDue", "CheckInOverdue"]


CHANGES = st.sampled_from(
    [item for items, _, _ in MATRIX.values() for item in items] + [OWN, JUN, WANJIRU, TEAM]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6 * 96), CHANGES), max_size=6))
def test_no_history_of_changes_says_anything_twice(changes: list[tuple[int, Any]]) -> None:
    """And who still owes it two days after the last change was reminded at least once."""
    world = prepared()
    seen: list[Any] = []
    for seq, (quarter, item) in enumerate(sorted(changes, key=lambda pair: pair[0]), start=2):
        seen += run_until(world, at(55) + timedelta(minutes=15 * quarter))
        world.learn(item, seq=seq)
    seen += run_until(world, at(66))
    said = Counter((kind, person_id) for _, kind, person_id, _ in seen)
    assert all(times == 1 for times in said.values()), said
    (situation,) = world.ports.situations.many([OWN.id]).values()
    planned = situation.reminder
    if planned is not None and planned.due_on < at(64).date() and planned.at is None:
        reachable = world.copies.person_of([planned.person_id])[planned.person_id]
        if (reachable.state, reachable.role) == ("active", "member"):
            assert any(person_id == planned.person_id for _, person_id in said)


def test_a_reminder_that_an_earlier_version_planned_goes_on() -> None:
    """It knew neither since when a check-in is owed nor who was told."""
    kept = {"due_on": "2031-12-01", "person_id": OWNER, "kind": "overdue", "at": at(57, 9)}
    found = reminder_from({"reminder": kept, "state_of_series": {"as_of": at(50)}})
    assert found is not None
    assert (found.since, found.told) == (at(50), frozenset({(OWNER, "due")}))


def test_what_an_earlier_version_reads_has_not_grown() -> None:
    """It fails on fields that it does not know; what is new stands beside them."""
    reminder = Reminder(due_on=at(56).date(), person_id=OWNER, kind="due", at=at(56, 9), since=at(50))
    assert set(reminder_document(reminder) or {}) == {"due_on", "person_id", "kind", "at"}
    kept = alarm_documents(Alarm(told_progress=0.3))["alarm"]
    assert set(kept) == {"level", "epoch", "at_risk_said_at", "celebrated"}


def test_what_an_earlier_version_wrote_last_counts() -> None:
    first = Reminder(due_on=at(56).date(), person_id=OWNER, kind="due", at=at(56, 9), since=at(50))
    ours = {"reminder": reminder_document(first), "reminded": reminded_document(first)}
    assert reminder_from(ours) == first
    theirs = {**ours, "reminder": {**ours["reminder"], "kind": "overdue"}}  # type: ignore[dict-item]
    theirs["state_of_series"] = {"as_of": at(50)}
    found = reminder_from(theirs)
    assert found is not None
    assert found.told == {(OWNER, "due")}
