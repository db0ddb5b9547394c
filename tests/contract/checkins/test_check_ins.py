"""The series: numbered without gaps, recognised requests, versions, pages, debts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.checkins.domain.series import EMPTY
from services.checkins.usecases.ports import LostRace, Ports, Repeated, Request, Window
from tests.unit.checkins.examples import KEY_RESULT, ORG, at, check_in

KEY = KEY_RESULT.id


def test_what_was_added_is_read_back_whole(ports: Ports) -> None:
    made = check_in(
        1, note="née", challenge="x", state=replace(EMPTY, seq=1, count=1, as_of=at(20), current=1.5)
    )
    ports.check_ins.add(made, [])
    assert ports.check_ins.last(ORG, KEY) == made
    assert ports.check_ins.get(ORG, made.id) == made
    assert ports.check_ins.durable(ORG, made.id) == made
    assert ports.check_ins.series(ORG, KEY) == [made]


def test_there_is_nothing_before_the_first(ports: Ports) -> None:
    assert ports.check_ins.last(ORG, KEY) is None
    assert ports.check_ins.series(ORG, KEY) == []
    assert ports.check_ins.get(ORG, "nothing") is None
    assert ports.check_ins.durable(ORG, "nothing") is None
    assert ports.check_ins.unsettled(at(21), 10) == []


def test_another_organisation_sees_nothing(ports: Ports) -> None:
    made = check_in(1)
    ports.check_ins.add(made, [], Request("r", "b"))
    assert ports.check_ins.last("another", KEY) is None
    assert ports.check_ins.get("another", made.id) is None
    assert ports.check_ins.durable("another", made.id) is None
    assert ports.check_ins.series("another", KEY) == []
    assert ports.check_ins.versions("another", made.id) == []
    assert ports.check_ins.made_by("another", "r") is None
    assert ports.check_ins.page("another", KEY, Window()).items == []


def test_a_number_is_given_once(ports: Ports) -> None:
    ports.check_ins.add(check_in(1), [])
    with pytest.raises(LostRace):
        ports.check_ins.add(check_in(1, id="other"), [])
    assert [entry.id for entry in ports.check_ins.series(ORG, KEY)] == ["check-in-1"]


def test_a_request_is_carried_out_once(ports: Ports) -> None:
    made = check_in(1)
    ports.check_ins.add(made, [], Request("same", "body"))
    with pytest.raises(Repeated) as repeated:
        ports.check_ins.add(check_in(2), [], Request("same", "other"))
    assert (repeated.value.request.body, repeated.value.check_in) == ("body", made)
    assert ports.check_ins.made_by(ORG, "same") == (Request("same", "body"), made)
    assert ports.check_ins.made_by(ORG, "never") is None


def test_entries_without_a_request_do_not_collide(ports: Ports) -> None:
    for seq in (1, 2, 3):
        ports.check_ins.add(check_in(seq), [])
    last = ports.check_ins.last(ORG, KEY)
    assert last is not None
    assert last.seq == 3


def test_versions_are_found_by_the_first(ports: Ports) -> None:
    first, other, revised = check_in(1), check_in(2), check_in(3, revision_of="check-in-1", value=1.0)
    for entry in (first, other, revised):
        ports.check_ins.add(entry, [])
    assert ports.check_ins.versions(ORG, "check-in-1") == [first, revised]
    assert ports.check_ins.versions(ORG, "check-in-2") == [other]


def test_of_several_series_the_last_states_are_read_at_once(ports: Ports) -> None:
    for seq in (1, 2):
        ports.check_ins.add(check_in(seq), [])
    other = check_in(1, id="other", key_result_id="runbooks")
    ports.check_ins.add(other, [])
    states = ports.check_ins.states(ORG, [KEY, "runbooks", "unwritten"])
    assert states == {KEY: check_in(2).state, "runbooks": other.state}
    assert ports.check_ins.states("another", [KEY]) == {}
    assert ports.check_ins.states(ORG, []) == {}


def test_states_are_read_as_they_were_before_a_moment(ports: Ports) -> None:
    ports.check_ins.add(check_in(1, recorded_at=at(20)), [])
    ports.check_ins.add(check_in(2, recorded_at=at(21)), [])
    assert ports.check_ins.states(ORG, [KEY], before=at(21)) == {KEY: check_in(1).state}
    assert ports.check_ins.states(ORG, [KEY], before=at(20)) == {}


def test_pages_hold_check_ins_with_their_versions_the_latest_first(ports: Ports) -> None:
    for seq, day in enumerate((10, 30, 20, 20), 1):
        ports.check_ins.add(check_in(seq, as_of=at(day)), [])
    ports.check_ins.add(check_in(5, revision_of="check-in-3", as_of=at(20), withdrawn=True), [])
    seen: list[tuple[str, int]] = []
    window = Window(limit=2)
    while True:
        page = ports.check_ins.page(ORG, KEY, window)
        assert len(page.items) <= 2
        seen += [(entry.first.id, entry.latest.seq) for entry in page.items]
        if page.after is None:
            break
        window = Window(after=page.after, limit=2)
    assert seen == [("check-in-2", 2), ("check-in-4", 4), ("check-in-3", 5), ("check-in-1", 1)]


def test_every_entry_is_owed_until_it_is_settled(ports: Ports) -> None:
    on_time = check_in(1)
    late = check_in(2, as_of=at(10), recorded_at=at(20, 13))
    undone = check_in(3, revision_of="check-in-1", withdrawn=True, recorded_at=at(20, 14))
    for entry in (on_time, late, undone):
        ports.check_ins.add(entry, [])
    debts = ports.check_ins.unsettled(at(21), 10)
    assert [(debt.check_in_id, debt.state, debt.alarms) for debt in debts] == [
        ("check-in-1", on_time.state, True),
        ("check-in-2", late.state, False),
        ("check-in-3", undone.state, False),
    ]
    assert len(ports.check_ins.unsettled(at(21), 1)) == 1
    ports.check_ins.settled(["check-in-1", "check-in-3"])
    ports.check_ins.settled([])
    assert [debt.check_in_id for debt in ports.check_ins.unsettled(at(21), 10)] == ["check-in-2"]


def test_what_is_set_aside_is_owed_again_later(ports: Ports) -> None:
    for seq in (1, 2):
        ports.check_ins.add(check_in(seq), [])
    ports.check_ins.set_aside(["check-in-1"], at(21, 13))
    ports.check_ins.set_aside([], at(21, 13))
    assert [debt.check_in_id for debt in ports.check_ins.unsettled(at(21, 12, 59), 10)] == ["check-in-2"]
    assert len(ports.check_ins.unsettled(at(21, 13), 10)) == 2
    ports.check_ins.settled(["check-in-1"])
    ports.check_ins.set_aside(["check-in-1"], at(21))
    assert [debt.check_in_id for debt in ports.check_ins.unsettled(at(22), 10)] == ["check-in-2"]
