"""What the pages rely on, asked of the real services and of the memory that stands in for them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from libs.chassis.problems import NotFound, PreconditionFailed, Problem
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import (
    KeyResultQuery,
    ObjectiveQuery,
    PeopleQuery,
    Services,
    TreeQuery,
)
from tests.fixtures.waiting import until
from tests.unit.gateway.pages import fernhollow, memory

TODAY = datetime.now(UTC).date()


@pytest.fixture(params=["memory", "real"])
def services(request: pytest.FixtureRequest) -> Iterator[Services]:
    """The ports, one way and the other."""
    if request.param == "memory":
        yield memory.services(fernhollow.company(), "ines")
    else:
        yield request.getfixturevalue("services_of_ines")


@pytest.fixture
def objective(services: Services) -> okr.Objective:
    """A company objective of a running cycle."""
    return an_objective(services, level="company")


def the_admin(services: Services) -> str:
    return next(person.id for person in services.goals.everyone() if person.role == "admin")


def an_objective(services: Services, **fields: str) -> okr.Objective:
    running = [cycle for cycle in services.goals.cycles() if cycle.state == "active"]
    cycle = running[0] if running else a_cycle(services)
    plain = {
        "title": f"Nights are quiet {uuid.uuid4().hex[:6]}",
        "cycle_id": cycle.id,
        "owner_id": the_admin(services),
    }
    return services.goals.create_objective({**plain, **fields}, uuid.uuid4().hex)


def a_cycle(services: Services) -> okr.Cycle:
    span = {
        "starts_on": (TODAY - timedelta(days=30)).isoformat(),
        "ends_on": (TODAY + timedelta(days=60)).isoformat(),
    }
    return services.goals.create_cycle({"name": "Now", **span}, uuid.uuid4().hex)


@pytest.fixture
def key_result(services: Services, objective: okr.Objective) -> okr.KeyResult:
    """A rising key result of that objective."""
    return a_key_result(services, objective)


def a_key_result(services: Services, objective: okr.Objective) -> okr.KeyResult:
    fields = {
        "title": "Runbooks",
        "kind": "metric",
        "unit": "",
        "start": 0,
        "target": 20,
        "owner_id": objective.owner_id,
    }
    return services.goals.create_key_result(objective.id, fields, uuid.uuid4().hex)


def test_what_was_made_can_be_read(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult
) -> None:
    detail = services.goals.objective_detail(objective.id)
    assert detail.objective.title == objective.title
    assert [found.id for found in detail.key_results] == [key_result.id]
    assert services.goals.key_result(key_result.id).target == 20


def test_lists_find_it_by_their_filters(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult
) -> None:
    words = objective.title.split(" ")[-1]
    assert [found.id for found in services.goals.objectives(ObjectiveQuery(words=words)).items] == [
        objective.id
    ]
    assert key_result.id in [
        found.id for found in services.goals.key_results(KeyResultQuery(words="Runbooks")).items
    ]
    assert services.goals.key_results(KeyResultQuery(statuses=("closed",))).items == ()


def test_the_tree_holds_it_below_its_objective(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult
) -> None:
    rows = services.goals.tree(TreeQuery(cycle_id=objective.cycle_id)).rows
    place = next(
        place for place, row in enumerate(rows) if row.objective and row.objective.id == objective.id
    )
    assert rows[place].has_children
    below = rows[place + 1].key_result
    assert below is not None
    assert (below.id, below.kind, rows[place + 1].depth) == (key_result.id, "metric", 1)


def test_a_stale_change_is_refused(services: Services, objective: okr.Objective) -> None:
    changed = services.goals.change_objective(objective.id, {"title": "Nights stay quiet"}, objective.rev)
    assert changed.rev > objective.rev
    with pytest.raises(PreconditionFailed):
        services.goals.change_objective(objective.id, {"title": "Nights are loud"}, objective.rev)


def test_a_parent_that_would_make_a_loop_is_refused_by_name(
    services: Services, objective: okr.Objective
) -> None:
    with pytest.raises(Problem) as refused:
        services.goals.change_objective(
            objective.id, {"parent": {"kind": "objective", "id": objective.id}}, objective.rev
        )
    assert [error.pointer for error in refused.value.errors] == ["/parent"]


def test_following_and_no_longer_following(services: Services, objective: okr.Objective) -> None:
    services.goals.follow(objective.id)
    followers = services.goals.objective(objective.id).follower_ids
    assert len(followers) == 1
    services.goals.unfollow(objective.id)
    assert services.goals.objective(objective.id).follower_ids == ()


def test_what_is_not_there_is_not_found(services: Services) -> None:
    nowhere = "00000000-0000-7000-8000-000000000000"
    with pytest.raises(NotFound):
        services.goals.objective(nowhere)
    with pytest.raises(NotFound):
        services.goals.key_result(nowhere)
    with pytest.raises(NotFound):
        services.checkins.check_in(nowhere)


def test_the_same_key_twice_is_one_check_in(services: Services, key_result: okr.KeyResult) -> None:
    key, said = uuid.uuid4().hex, {"value": 5.0, "confidence": 6, "note": "Five."}
    first = services.checkins.record(key_result.id, said, key)
    assert services.checkins.record(key_result.id, said, key).id == first.id
    assert [entry.id for entry in services.checkins.series(key_result.id).items] == [first.id]


def test_a_revision_keeps_what_it_replaced(services: Services, key_result: okr.KeyResult) -> None:
    first = services.checkins.record(key_result.id, {"value": 5.0, "confidence": 6}, uuid.uuid4().hex)
    services.checkins.revise(first.id, {"value": 7.0})
    entry = services.checkins.series(key_result.id).items[0]
    assert (entry.value, [version.value for version in entry.versions]) == (7.0, [5.0, 7.0])


def test_an_undone_check_in_stays_readable(services: Services, key_result: okr.KeyResult) -> None:
    first = services.checkins.record(key_result.id, {"value": 5.0, "confidence": 6}, uuid.uuid4().hex)
    services.checkins.undo(first.id)
    assert services.checkins.series(key_result.id).items[0].withdrawn


def test_the_owner_is_told_the_next_day_on_which_they_owe(services: Services) -> None:
    """Over HTTP: a copy follows the definition within moments."""
    day = TODAY + timedelta(days=2)  # tomorrow, where it is tomorrow already
    me = the_admin(services)
    team = services.goals.create_team(
        {
            "name": f"Night watch {uuid.uuid4().hex[:6]}",
            "parent_id": None,
            "lead_id": me,
            "member_ids": [me],
            "rhythm": {"every": "weekly", "weekday": day.weekday(), "time": "09:00"},
        },
        uuid.uuid4().hex,
    )
    key_result = a_key_result(services, an_objective(services, level="team", team_id=team.id))
    if isinstance(services.checkins, memory.MemoryCheckIns):
        services.checkins.store.next_check_in_on = day
    else:
        assert services.checkins.judged(key_result).next_check_in_on == day
    following = until(
        lambda: services.checkins.owed_list().next_on, 30, because="the copy of the key result has come"
    )
    assert following is not None
    assert TODAY <= following <= day  # another test's may come before


def test_names_are_known_and_a_change_shows_at_once(services: Services) -> None:
    person = next(person for person in services.goals.everyone() if person.role == "admin")
    services.goals.change_person(person.id, {"time_zone": "Europe/Berlin"})
    changed = services.goals.directory([person.id, None, "nobody"]).person(person.id)
    assert changed is not None
    assert changed.time_zone == "Europe/Berlin"


def test_people_are_found_by_part_of_their_name(services: Services) -> None:
    someone = services.goals.everyone()[0]
    found = services.goals.people(PeopleQuery(words=someone.name[1:], limit=100))
    assert someone.id in [person.id for person in found.items]
    assert services.goals.people(PeopleQuery(words="nobody is called so")).items == ()
    assert services.goals.directory().people == {}
