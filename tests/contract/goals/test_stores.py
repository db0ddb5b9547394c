"""What every store of documents promises, fake or real."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.goals.domain.key_result import Standing
from services.goals.domain.record import Nested, Record
from services.goals.usecases.announce import person_changed
from services.goals.usecases.ports import (
    Applied,
    KeyResultFilter,
    LostRace,
    NestedStore,
    ObjectiveFilter,
    Ports,
    Sight,
    Store,
    Taken,
    Ties,
    Window,
)
from tests.contract.goals.fakes import NOON
from tests.contract.goals.makings import (
    ORG,
    OTHER_ORG,
    cycle,
    key_result,
    objective,
    organisation,
    person,
    standing,
    team,
)

EVERYTHING = Sight(ORG, "ann", everything=True)


def test_what_is_stored_comes_back_as_it_was(ports: Ports) -> None:
    things: list[tuple[Store[Any], Record]] = [
        (ports.organisations, organisation(judged_on=date(2031, 11, 18))),
        (ports.people, person("ann", invited_by="bob")),
        (ports.teams, team("t1", member_ids=("ann", "bob"), parent_id="t0")),
        (ports.cycles, cycle()),
        (ports.objectives, objective("o1", under="o0", follower_ids=("ann",))),
        (ports.key_results, key_result("k1", "o1", due_on=date(2031, 12, 1), standing=standing(0.5))),
    ]
    for store, item in things:
        store.add(item)
        assert store.get(ORG, item.id) == item


def test_another_organisation_sees_nothing(ports: Ports) -> None:
    ports.people.add(person("ann"))
    assert ports.people.get(OTHER_ORG, "ann") is None
    assert ports.people.many(OTHER_ORG, ["ann"]) == {}
    assert ports.people.names(OTHER_ORG, ["ann"]) == {}


def test_a_change_counts_the_revision_and_the_writes(ports: Ports) -> None:
    ports.people.add(person("ann"), [person_changed(person("ann"))])
    changed = ports.people.save(replace(person("ann"), name="Ann"))
    assert (changed.name, changed.rev, changed.seq) == ("Ann", 2, 2)
    unseen = ports.people.save(changed, edited=False)
    assert (unseen.rev, unseen.seq) == (2, 3)
    assert ports.people.get(ORG, "ann") == unseen


def test_whoever_read_an_older_state_loses(ports: Ports) -> None:
    ports.people.add(person("ann"))
    ports.people.save(replace(person("ann"), name="First"))
    with pytest.raises(LostRace):
        ports.people.save(replace(person("ann"), name="Second"))
    kept = ports.people.get(ORG, "ann")
    assert kept is not None
    assert kept.name == "First"


def test_an_address_is_taken_once_in_an_organisation_whatever_its_letters(ports: Ports) -> None:
    ports.people.add(person("ann", email="ann@x.example"))
    with pytest.raises(Taken) as taken:
        ports.people.add(person("bob", email="ANN@x.example"))
    assert taken.value.field == "email"
    ports.people.add(person("eve", email="ann@x.example", organisation_id=OTHER_ORG))


def test_an_id_is_taken_once(ports: Ports) -> None:
    ports.teams.add(team("t1"))
    with pytest.raises(Taken):
        ports.teams.add(team("t1", slug="other"))


def test_the_slug_of_a_deleted_team_is_free_again(ports: Ports) -> None:
    ports.teams.add(team("t1", slug="ops"))
    with pytest.raises(Taken) as taken:
        ports.teams.add(team("t2", slug="ops"))
    assert taken.value.field == "slug"
    ports.teams.save(replace(team("t1", slug="ops"), state="deleted"))
    ports.teams.add(team("t2", slug="ops"))
    assert ports.teams.get(ORG, "t1") is None


def test_what_was_made_with_a_key_is_found_by_it(ports: Ports) -> None:
    ports.cycles.add(cycle("q1", made_by="key"))
    with pytest.raises(Taken):
        ports.cycles.add(cycle("q2", made_by="key"))
    ports.cycles.add(cycle("q3"))
    ports.cycles.add(cycle("q4"))
    assert ports.cycles.made_by(ORG, "key") == cycle("q1", made_by="key")
    assert ports.cycles.made_by(OTHER_ORG, "key") is None


def test_people_are_listed_by_name_a_page_at_a_time(ports: Ports) -> None:
    for name in ("Zoe", "ann", "Bob"):
        ports.people.add(person(name.lower(), name=name))
    first = ports.people.page(ORG, None, None, Window(limit=2))
    assert [item.name for item in first.items] == ["ann", "Bob"]
    rest = ports.people.page(ORG, None, None, Window(first.after, 2))
    assert ([item.name for item in rest.items], rest.after) == (["Zoe"], None)
    assert [item.name for item in ports.people.page(ORG, "(Z|b", None, Window()).items] == []
    some = ports.people.page(ORG, None, None, Window(), ids=[first.items[0].id, "nobody"])
    assert [item.id for item in some.items] == [first.items[0].id]
    assert [item.name for item in ports.people.page(ORG, "ZO", "active", Window()).items] == ["Zoe"]


def test_an_admin_who_cannot_act_does_not_govern(ports: Ports) -> None:
    ports.people.add(person("ann", role="admin"))
    ports.people.add(person("bob", role="admin", state="disabled"))
    ports.people.add(person("eve", role="admin", organisation_id=OTHER_ORG))
    assert ports.people.other_admins(ORG, {"ann"}) == 0
    assert ports.people.other_admins(ORG, {"bob"}) == 1


def test_teams_know_who_leads_who_belongs_and_what_stands_above(ports: Ports) -> None:
    ports.teams.add(team("t1", lead_id="ann"))
    ports.teams.add(team("t2", member_ids=("ann",), parent_id="t1"))
    ports.teams.add(team("t3", member_ids=("bob",)))
    assert {item.id for item in ports.teams.of_person(ORG, "ann")} == {"t1", "t2"}
    assert ports.teams.ties(ORG, "ann") == Ties(frozenset({"t1"}), frozenset({"t2"}))
    assert ports.teams.parents(ORG) == {"t1": None, "t2": "t1", "t3": None}
    assert [item.id for item in ports.teams.page(ORG, Window(limit=9)).items] == ["t1", "t2", "t3"]


def test_cycles_are_listed_latest_first(ports: Ports) -> None:
    ports.cycles.add(cycle("old", starts_on=date(2031, 1, 1), state="closed"))
    ports.cycles.add(cycle("new"))
    first = ports.cycles.page(ORG, None, Window(limit=1))
    assert [item.id for item in first.items] == ["new"]
    assert [item.id for item in ports.cycles.page(ORG, None, Window(first.after, 1)).items] == ["old"]
    assert [item.id for item in ports.cycles.page(ORG, "closed", Window()).items] == ["old"]
    assert ports.cycles.open_ids(ORG) == ["new"]
    ports.cycles.save(replace(cycle("new"), judge_due=True))
    assert [item.id for item in ports.cycles.judge_due()] == ["new"]


def test_organisations_with_a_day_to_judge_are_found_by_where_they_live(ports: Ports) -> None:
    today = date(2031, 11, 18)
    for name, zone, judged_on in (
        ("a", "UTC", today),
        ("b", "UTC", date(2031, 11, 17)),
        ("c", "UTC", None),
        ("d", "Asia/Tokyo", None),
        ("e", "Asia/Tokyo", date(2031, 11, 19)),
    ):
        ports.organisations.add(organisation(name, time_zone=zone, judged_on=judged_on))

    def unjudged(*zones: str, limit: int = 9) -> list[str]:
        return sorted(ports.organisations.unjudged(zones, today, limit))

    assert sorted(ports.organisations.time_zones()) == ["Asia/Tokyo", "UTC"]
    assert (unjudged("UTC"), unjudged("Asia/Tokyo")) == (["b", "c"], ["d", "e"])
    assert unjudged("UTC", "Asia/Tokyo") == ["b", "c", "d", "e"]
    assert (len(unjudged("UTC", "Asia/Tokyo", limit=3)), unjudged("Europe/Zurich")) == (3, [])


def test_objectives_are_listed_by_level_and_found_by_what_is_asked(ports: Ports) -> None:
    ports.objectives.add(objective("a", level="person", title="Learn (a lot)"))
    ports.objectives.add(objective("b"))
    ports.objectives.add(objective("c", under="b"))
    ports.objectives.add(objective("d", state="deleted"))
    listed = ports.objectives.page(EVERYTHING, ObjectiveFilter(), Window(limit=2))
    assert [item.id for item in listed.items] == ["b", "c"]
    rest = ports.objectives.page(EVERYTHING, ObjectiveFilter(), Window(listed.after, 2))
    assert [item.id for item in rest.items] == ["a"]

    def found(**wanted: Any) -> list[str]:
        page = ports.objectives.page(EVERYTHING, ObjectiveFilter(**wanted), Window())
        return [item.id for item in page.items]

    assert found(level="person") == ["a"]
    assert found(team_id="t1") == ["c"]
    assert found(parent_id="b") == ["c"]
    assert found(under_id="b") == ["c"]
    assert found(text="(A LOT") == ["a"]
    assert found(cycle_id="other") == []


@pytest.mark.parametrize(
    ("visibility", "person_id", "team_ids", "is_seen"),
    [
        ("organisation", "eve", frozenset(), True),
        ("team", "eve", frozenset(), False),
        ("team", "eve", frozenset({"t1"}), True),
        ("team", "eve", frozenset({"t2"}), False),
        ("team", "ann", frozenset(), True),
        ("private", "eve", frozenset({"t1"}), False),
        ("private", "ann", frozenset(), True),
    ],
)
def test_lists_hold_only_what_visibility_shows(
    ports: Ports, visibility: str, person_id: str, team_ids: frozenset[str], *, is_seen: bool
) -> None:
    ports.objectives.add(objective("o1", level="team", team_id="t1", visibility=visibility))
    ports.key_results.add(key_result("k1", "o1", team_id="t1", visibility=visibility))
    sight = Sight(ORG, person_id, team_ids)
    assert bool(ports.objectives.page(sight, ObjectiveFilter(), Window()).items) is is_seen
    assert bool(ports.key_results.page(sight, KeyResultFilter(), Window()).items) is is_seen
    assert bool(ports.forest.tops(sight, "q4", Window()).items) is is_seen
    assert ports.forest.hidden_tops(sight, "q4") == ([] if is_seen else ["o1"])
    assert ports.objectives.page(Sight(ORG, "eve", everything=True), ObjectiveFilter(), Window()).items
    assert not ports.objectives.page(
        Sight(OTHER_ORG, "ann", everything=True), ObjectiveFilter(), Window()
    ).items


def test_whoever_measures_a_private_key_result_sees_it(ports: Ports) -> None:
    ports.key_results.add(key_result("k1", "o1", visibility="private", owner_id="bob", delegate_id="eve"))
    for who in ("ann", "bob", "eve"):
        assert ports.key_results.page(Sight(ORG, who), KeyResultFilter(), Window()).items, who
    assert not ports.key_results.page(Sight(ORG, "dan"), KeyResultFilter(), Window()).items


def test_key_results_are_found_by_what_is_asked(ports: Ports) -> None:
    ports.key_results.add(key_result("k1", "o1", standing=standing(0.9, status="behind")))
    ports.key_results.add(key_result("k2", "o2", owner_id="bob", delegate_id="eve", team_id="t1"))

    def found(**wanted: Any) -> list[str]:
        page = ports.key_results.page(EVERYTHING, KeyResultFilter(**wanted), Window())
        return [item.id for item in page.items]

    assert found(objective_id="o1") == ["k1"]
    assert found(statuses=frozenset({"behind"})) == ["k1"]
    assert found(statuses=frozenset({"at_risk"}), unread=True) == ["k2"]
    assert found(owner_id="eve") == ["k2"]
    assert found(team_id="t1") == ["k2"]
    assert found(ids=frozenset({"k2", "k3"})) == ["k2"]
    assert found(text="RESULT k1") == ["k1"]
    assert found(cycle_id="q4") == ["k1", "k2"]


def test_of_two_standings_the_newer_stays_whatever_the_order(ports: Ports) -> None:
    ports.key_results.add(key_result("k1", "o1"))
    old, new = standing(0.2, seq=1), standing(0.6, seq=2)
    later = standing(0.6, seq=2, at=NOON + timedelta(hours=1), status="stale")

    def told(*news: Standing) -> list[int]:
        return [ports.key_results.apply([Applied(ORG, "k1", "o1", item)]) for item in news]

    assert told(new, old, new, later, new) == [1, 0, 0, 1, 0]
    kept = ports.key_results.get(ORG, "k1")
    assert kept is not None
    assert (kept.standing, kept.rollup_due, kept.seq, kept.rev) == (later, ("o1",), 3, 1)


def test_standings_of_unknown_key_results_are_ignored(ports: Ports) -> None:
    ports.key_results.add(key_result("k1", "o1"))
    news = [
        Applied(ORG, "k9", "o1", standing(0.5)),
        Applied(OTHER_ORG, "k1", "o1", standing(0.5)),
        Applied(ORG, "k1", "o9", standing(0.5)),
    ]
    assert ports.key_results.apply(news) == 0
    assert ports.key_results.apply([]) == 0


def test_due_dates_outside_a_span_are_counted(ports: Ports) -> None:
    ports.key_results.add(key_result("k1", "o1", due_on=date(2031, 12, 1)))
    ports.key_results.add(key_result("k2", "o1"))
    assert ports.key_results.due_outside(ORG, "q4", date(2031, 10, 1), date(2031, 12, 1)) == 0
    assert ports.key_results.due_outside(ORG, "q4", date(2031, 10, 1), date(2031, 11, 30)) == 1
    assert ports.key_results.due_outside(ORG, "q4", date(2031, 12, 2), date(2031, 12, 31)) == 1


def test_what_is_owed_to_key_results_is_cleared_unless_edited_meanwhile(ports: Ports) -> None:
    ports.objectives.add(objective("o1", announce_due=True))
    (owing,) = ports.objectives.announce_due(10)
    ports.objectives.save(replace(owing, title="Edited"))
    ports.objectives.announced(owing)
    (again,) = ports.objectives.announce_due(10)
    ports.objectives.announced(again)
    assert ports.objectives.announce_due(10) == []


def test_a_team_that_is_gone_is_found_as_such_and_only_by_its_own(ports: Ports) -> None:
    ports.teams.add(team("live"))
    ports.teams.add(team("gone", state="deleted"))
    assert ports.teams.gone(ORG, "gone") == team("gone", state="deleted")
    assert ports.teams.gone(ORG, "live") is None
    assert ports.teams.gone("another", "gone") is None


def test_what_must_be_looked_at_again_stays_so_for_whoever_wrote_it_meanwhile(ports: Ports) -> None:
    due = {"recheck_due": True}
    kinds: list[tuple[NestedStore[Any], list[Nested]]] = [
        (ports.objectives, [objective("1", **due), objective("2", **due, state="deleted"), objective("3")]),
        (
            ports.key_results,
            [key_result("1", "o", **due), key_result("2", "o", **due, state="deleted"), key_result("3", "o")],
        ),
        (
            ports.teams,
            [team("1", **due), team("2", **due, state="deleted"), team("3")],
        ),
    ]
    for store, things in kinds:
        for thing in things:
            store.add(thing)
        assert len(store.recheck_due(1)) == 1
        first, gone = sorted(store.recheck_due(10), key=lambda item: item.id)
        assert [first, gone] == things[:2]
        store.save(replace(first, updated_at=NOON + timedelta(hours=1)))
        store.rechecked([first, gone])
        (again,) = store.recheck_due(10)
        store.rechecked([again])
        store.rechecked([])
        assert store.recheck_due(10) == []
        assert store.get(ORG, "1") == replace(again, recheck_due=False)
