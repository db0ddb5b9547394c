"""What a person owes, and what a team has laid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.checkins.domain.errors import Unknown
from services.checkins.usecases.count_week import count_week
from services.checkins.usecases.judge_day import judge_day
from services.checkins.usecases.list_owed import list_owed
from services.checkins.usecases.ports import Surroundings
from services.checkins.usecases.settle_standings import settle_standings
from services.checkins.usecases.tell_standing import tell_standing
from tests.unit.checkins.examples import (
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    LEAD,
    MEMBER,
    OUTSIDER,
    OWNER,
    PEOPLE,
    RUNBOOKS,
    TEAM,
    WATCHER,
    at,
    viewer,
)
from tests.unit.checkins.memory import World
from tests.unit.checkins.test_record_check_in import record


def settle(world: World) -> None:
    while judge_day(world.ports) + settle_standings(world.ports):
        pass


def owed_by(world: World, person_id: str) -> list[tuple[str, int]]:
    """What is due to them, and for how many days."""
    settle(world)
    found = list_owed(viewer(person_id), world.ports).due
    return [(owed.situation.key_result.id, (owed.today - owed.due_on).days) for owed in found]


def test_the_delegate_owes_else_the_owner_and_nobody_else(world: World) -> None:
    assert [key_result_id for key_result_id, _ in owed_by(world, OWNER)] == [RUNBOOKS.id]
    assert [key_result_id for key_result_id, _ in owed_by(world, DELEGATE)] == [KEY_RESULT.id]
    for person_id in (LEAD, MEMBER, OUTSIDER):
        assert owed_by(world, person_id) == []


@pytest.mark.parametrize(("day", "days"), [(54, None), (55, None), (56, 0), (60, 4)])
def test_it_is_due_from_its_day_on(world: World, day: int, days: int | None) -> None:
    record(world, 50.0)
    world.now = at(day)
    assert owed_by(world, DELEGATE) == ([] if days is None else [(KEY_RESULT.id, days)])


def test_what_is_laid_is_owed_no_more_from_that_moment_on(world: World) -> None:
    settle(world)
    record(world, 50.0)
    assert list_owed(viewer(DELEGATE), world.ports).due == ()
    assert count_week(TEAM.id, viewer(OUTSIDER), world.ports).laid == 1
    assert owed_by(world, DELEGATE) == []


def test_the_longest_missed_comes_first(world: World) -> None:
    world.learn(replace(KEY_RESULT, delegate_id=None), seq=2)
    record(world, 50.0, as_of=at(45))
    assert [key_result_id for key_result_id, _ in owed_by(world, OWNER)] == [RUNBOOKS.id, KEY_RESULT.id]


def test_of_the_same_day_the_worst_comes_first(world: World) -> None:
    world.learn(replace(KEY_RESULT, delegate_id=None), replace(RUNBOOKS, created_on=at(50).date()), seq=2)
    record(world, 95.0)
    world.now = at(56)
    found = list_owed(viewer(OWNER), world.ports).due
    settle(world)
    found = list_owed(viewer(OWNER), world.ports).due
    assert [owed.standing.status for owed in found] == ["at_risk", "awaiting_first_check_in"]


def test_the_day_is_that_of_the_person(world: World) -> None:
    world.learn(replace(PEOPLE[1], time_zone="Pacific/Auckland"), seq=2)
    record(world, 50.0)
    world.now = at(55, 12)  # Monday already, in Auckland
    assert owed_by(world, DELEGATE) == [(KEY_RESULT.id, 0)]


def test_nothing_is_owed_in_a_closed_cycle(world: World) -> None:
    world.learn(replace(CYCLE, state="closed"), seq=2)
    assert owed_by(world, OWNER) == []


def test_a_viewer_is_asked_for_nothing_that_they_may_not_do(world: World) -> None:
    world.learn(replace(KEY_RESULT, owner_id=WATCHER, delegate_id=None), seq=2)
    assert owed_by(world, WATCHER) == []


def test_a_teams_cairn_counts_stones_by_person(world: World) -> None:
    record(world, 50.0)
    settle(world)
    week = count_week(TEAM.id, viewer(OUTSIDER), world.ports)
    assert week.due_on == at(49).date()
    assert (week.laid, len(week.stones)) == (1, 2)
    assert [(stone.person_id, stone.key_result_id, stone.laid) for stone in week.stones] == [
        (OWNER, RUNBOOKS.id, False),
        (DELEGATE, KEY_RESULT.id, True),
    ]


def test_on_monday_the_pile_begins_anew(world: World) -> None:
    record(world, 50.0)
    settle(world)
    world.now = at(56)
    assert count_week(TEAM.id, viewer(OUTSIDER), world.ports).laid == 0


def test_what_was_made_after_the_weeks_day_is_no_stone_yet(world: World) -> None:
    world.learn(replace(RUNBOOKS, created_on=at(50).date()), seq=2)
    settle(world)
    assert [stone.key_result_id for stone in count_week(TEAM.id, viewer(OUTSIDER), world.ports).stones] == [
        KEY_RESULT.id
    ]


def test_stones_that_one_may_not_see_are_not_counted(world: World) -> None:
    world.learn(replace(KEY_RESULT, visibility="private"), replace(RUNBOOKS, visibility="team"), seq=2)
    settle(world)
    seen = {
        person_id: len(count_week(TEAM.id, viewer(person_id), world.ports).stones)
        for person_id in (OWNER, MEMBER, OUTSIDER)
    }
    assert seen == {OWNER: 2, MEMBER: 1, OUTSIDER: 0}


def test_another_organisations_team_is_unknown(world: World) -> None:
    with pytest.raises(Unknown):
        count_week(TEAM.id, viewer(OWNER, "another"), world.ports)


def test_a_standing_is_told_as_of_now_before_it_is_settled(world: World) -> None:
    record(world, 50.0)
    told = tell_standing(KEY_RESULT.id, viewer(OUTSIDER), world.ports)
    assert (told.standing.seq, told.standing.progress, told.may_check_in) == (1, 0.5, False)
    world.pass_time(days=20)
    later = tell_standing(KEY_RESULT.id, viewer(OWNER), world.ports)
    assert (later.standing.status, later.may_check_in) == ("stale", True)
    assert later.standing.at - told.standing.at == timedelta(days=20)


@pytest.mark.parametrize("change", ["deleted", "private", "handed on", "nobody says"])
def test_lists_believe_no_outdated_copy(world: World, change: str) -> None:
    settle(world)
    world.copies.outdate(KEY_RESULT.organisation_id, {KEY_RESULT.id: 9}, {})
    told = {
        "private": replace(KEY_RESULT, visibility="private", delegate_id=None),
        "handed on": replace(KEY_RESULT, delegate_id=None, team_id=None),
    }
    if change in told:
        surroundings = Surroundings(key_result=told[change], cycle=CYCLE, team=TEAM)
        world.goals.known[KEY_RESULT.id] = surroundings
    world.goals.down = change == "nobody says"
    assert not list_owed(viewer(DELEGATE), world.ports).due
    stones = count_week(TEAM.id, viewer(MEMBER), world.ports).stones
    assert KEY_RESULT.id not in {stone.key_result_id for stone in stones}
