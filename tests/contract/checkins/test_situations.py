"""Copies that give way only to newer ones, and standings that one writer at a time sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pymongo import MongoClient, WriteConcern
from pymongo.errors import WriteConcernError

from libs.chassis import mongo
from libs.measures.status import Reason, Thresholds
from services.checkins.domain.alarm import Alarm
from services.checkins.domain.copies import Organisation, Rhythm
from services.checkins.domain.reminder import Reminder
from services.checkins.domain.series import EMPTY
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing
from services.checkins.storage.copies import MongoCopies
from services.checkins.usecases.judge_each import TRY_AGAIN
from services.checkins.usecases.ports import Learnt, Ports, Settlement, Surroundings
from tests.unit.checkins.examples import (
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    MEMBER,
    ORG,
    ORGANISATION,
    OWNER,
    PEOPLE,
    RUNBOOKS,
    TEAM,
    at,
)

FAR = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def known(ports: Ports) -> Ports:
    """The example company is known."""
    ports.copies.organisations([Learnt(ORGANISATION, 5)])
    ports.copies.people([Learnt(person, 5) for person in PEOPLE])
    ports.copies.cycles([Learnt(CYCLE, 5)])
    ports.copies.teams([Learnt(TEAM, 5)])
    ports.copies.key_results([Learnt(KEY_RESULT, 5), Learnt(RUNBOOKS, 5)])
    return ports


def situation(ports: Ports, key_result_id: str = KEY_RESULT.id) -> Situation:
    found = ports.situations.get(ORG, key_result_id)
    assert found is not None
    return found


def settlement(found: Situation, seq: int = 1, **changes: object) -> Settlement:
    standing = Standing(
        seq=seq,
        at=at(50),
        current=40.0,
        raw_progress=0.6,
        progress=0.6,
        expected=0.5,
        status="on_track",
        confidence=8,
        as_of=at(50),
        reasons=(Reason("gap", -0.1, 0.1, decisive=True), Reason("confidence", 8, 3)),
        next_check_in_on=date(2031, 12, 1),
    )
    plain = Settlement(
        situation=found,
        state=replace(EMPTY, seq=seq, count=1, current=40.0, confidence=8, as_of=at(50), note="so"),
        standing=standing,
        alarm=Alarm(level=1, epoch=3, at_risk_said_at=at(49), celebrated=True),
        reminder=Reminder(
            due_on=date(2031, 12, 1),
            person_id=DELEGATE,
            kind="due",
            at=at(56, 9),
            since=at(50),
            told=frozenset({(OWNER, "due"), (OWNER, "overdue")}),
            not_before=date(2031, 12, 1),
        ),
        evaluate_at=FAR,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_key_result_comes_with_its_surroundings(known: Ports) -> None:
    found = situation(known)
    assert (found.key_result, found.cycle, found.team, found.organisation) == (
        KEY_RESULT,
        CYCLE,
        TEAM,
        ORGANISATION,
    )
    assert (found.state, found.standing, found.alarm, found.reminder) == (EMPTY, None, Alarm(), None)


@pytest.mark.parametrize("turn", range(5))
def test_what_has_just_changed_around_it_is_seen_at_once(known: Ports, turn: int) -> None:
    situation(known)
    joined = replace(TEAM, member_ids=(f"person {turn}",))
    known.copies.cycles([Learnt(replace(CYCLE, state="closed"), 20 + turn)])
    assert situation(known).cycle.state == "closed"
    known.copies.teams([Learnt(joined, 20 + turn)])
    assert situation(known).team == joined
    zone = ("Asia/Tokyo", "UTC")[turn % 2]
    known.copies.organisations([Learnt(replace(ORGANISATION, time_zone=zone), 20 + turn)])
    assert situation(known).organisation.time_zone == zone


def test_what_changed_before_a_key_result_came_to_stand_there_is_seen_too(known: Ports) -> None:
    situation(known)
    others = replace(CYCLE, id="another cycle")
    known.copies.cycles([Learnt(others, 1)])
    known.copies.key_results([Learnt(replace(KEY_RESULT, cycle_id=others.id), 20)])
    assert situation(known).cycle == others
    known.copies.key_results([Learnt(KEY_RESULT, 21)])
    situation(known)
    known.copies.cycles([Learnt(replace(others, state="closed"), 2)])  # no key result stands in it now
    known.copies.key_results([Learnt(replace(KEY_RESULT, cycle_id=others.id), 22)])
    assert situation(known).cycle.state == "closed"


def test_without_its_cycle_it_is_not_known(ports: Ports) -> None:
    ports.copies.key_results([Learnt(KEY_RESULT, 1)])
    assert ports.situations.get(ORG, KEY_RESULT.id) is None
    ports.copies.cycles([Learnt(replace(CYCLE, organisation_id="another"), 1)])
    assert ports.situations.get(ORG, KEY_RESULT.id) is None


def test_without_team_and_organisation_there_are_defaults(ports: Ports) -> None:
    ports.copies.key_results([Learnt(KEY_RESULT, 1)])
    ports.copies.cycles([Learnt(CYCLE, 1)])
    found = situation(ports)
    assert (found.team, found.organisation) == (None, Organisation(id=ORG))
    assert found.rhythm == Rhythm("weekly", 0, "09:00")


def test_another_organisation_sees_nothing(known: Ports) -> None:
    assert known.situations.get("another", KEY_RESULT.id) is None
    assert known.situations.owed_by("another", OWNER) == []
    assert known.situations.of_team("another", TEAM.id) == []
    assert known.copies.team("another", TEAM.id) is None
    assert known.copies.person("another", OWNER) is None


@pytest.mark.parametrize("seq", [4, 5, 6])
def test_a_copy_gives_way_only_to_a_newer_one(known: Ports, seq: int) -> None:
    known.copies.key_results([Learnt(replace(KEY_RESULT, title="Newer"), seq)])
    assert situation(known).key_result.title == ("Newer" if seq > 5 else KEY_RESULT.title)
    known.copies.cycles([Learnt(replace(CYCLE, state="closing"), seq)])
    assert situation(known).cycle.state == ("closing" if seq > 5 else "active")
    known.copies.teams([Learnt(replace(TEAM, lead_id=MEMBER), seq)])
    assert (known.copies.team(ORG, TEAM.id) == replace(TEAM, lead_id=MEMBER)) is (seq > 5)
    lines = Thresholds(on_track_gap=0.2)
    known.copies.organisations([Learnt(replace(ORGANISATION, thresholds=lines), seq)])
    assert (known.copies.organisation(ORG).thresholds == lines) is (seq > 5)
    known.copies.people([Learnt(replace(PEOPLE[0], time_zone="Asia/Tokyo"), seq)])
    assert (known.copies.person_of([OWNER])[OWNER].time_zone == "Asia/Tokyo") is (seq > 5)


BOTH = {KEY_RESULT.id, RUNBOOKS.id}


def due(ports: Ports) -> set[str]:
    return {found.key_result.id for found in ports.situations.evaluation_due(ports.now(), 10)}


def judge(ports: Ports, evaluate_at: datetime | None = FAR) -> None:
    found = [situation(ports), situation(ports, RUNBOOKS.id)]
    assert len(ports.situations.settle([settlement(one, evaluate_at=evaluate_at) for one in found])) == 2
    assert due(ports) == set()


def test_whatever_a_judgement_depends_on_makes_it_due(known: Ports) -> None:
    assert due(known) == BOTH
    judge(known)
    known.copies.key_results([Learnt(replace(KEY_RESULT, target=10.0), 6)])
    assert due(known) == {KEY_RESULT.id}
    judge(known)
    known.copies.cycles([Learnt(replace(CYCLE, state="closing"), 6)])
    assert due(known) == BOTH
    judge(known)
    known.copies.teams([Learnt(replace(TEAM, rhythm=Rhythm("monthly")), 6)])
    assert due(known) == BOTH
    judge(known)
    known.copies.organisations([Learnt(replace(ORGANISATION, thresholds=Thresholds(on_track_gap=0.2)), 6)])
    assert due(known) == BOTH
    judge(known)
    known.copies.people([Learnt(replace(PEOPLE[0], time_zone="Asia/Tokyo"), 6)])  # the owner of both
    assert due(known) == BOTH
    judge(known)
    known.copies.people([Learnt(replace(PEOPLE[1], state="disabled"), 6)])  # the delegate of one
    assert due(known) == {KEY_RESULT.id}


def test_what_was_told_before_a_process_died_is_told_again_and_makes_them_due(known: Ports) -> None:
    judge(known)
    known.copies.cycles([Learnt(CYCLE, 5)])
    assert due(known) == BOTH
    judge(known)
    known.copies.teams([Learnt(replace(TEAM, name="Reliability"), 6)])
    known.copies.teams([Learnt(TEAM, 5)])  # overtaken by the name
    assert due(known) == BOTH
    judge(known)
    known.copies.organisations([Learnt(ORGANISATION, 5)])
    assert due(known) == BOTH


def test_a_new_name_makes_nothing_due(known: Ports) -> None:
    judge(known)
    known.copies.teams([Learnt(replace(TEAM, name="$Reliability"), 6)])
    known.copies.cycles([Learnt(CYCLE, 6)])
    known.copies.organisations([Learnt(ORGANISATION, 6)])
    known.copies.people([Learnt(replace(PEOPLE[0], name="$Jun"), 6)])
    assert due(known) == set()
    assert known.copies.team(ORG, TEAM.id) == replace(TEAM, name="$Reliability")


def test_what_is_settled_for_good_is_left_alone_until_its_cycle_changes(known: Ports) -> None:
    known.copies.key_results([Learnt(replace(RUNBOOKS, state="deleted"), 6)])
    judge(known, evaluate_at=None)
    known.copies.teams([Learnt(replace(TEAM, rhythm=Rhythm("monthly")), 6)])
    known.copies.organisations([Learnt(replace(ORGANISATION, time_zone="Asia/Tokyo"), 6)])
    assert due(known) == set()
    known.copies.cycles([Learnt(replace(CYCLE, state="closing"), 6)])
    assert due(known) == {KEY_RESULT.id}


def test_what_was_asked_for_is_known_and_touches_no_other(known: Ports) -> None:
    judge(known)
    fresh = replace(KEY_RESULT, id="fresh")
    known.copies.keep(Surroundings(key_result=fresh, cycle=CYCLE, team=TEAM))
    assert due(known) == {"fresh"}
    assert situation(known, "fresh").key_result == fresh
    known.copies.keep(Surroundings(key_result=replace(KEY_RESULT, title="Older"), cycle=CYCLE))
    assert situation(known).key_result == KEY_RESULT
    known.copies.key_results([Learnt(replace(fresh, title="As announced"), 1)])
    assert situation(known, "fresh").key_result.title == "As announced"


def test_who_waits_for_a_cycle_is_judged_soon_after_it_is_asked_for_and_at_once_when_announced(
    ports: Ports,
) -> None:
    waiting, fresh = replace(KEY_RESULT, id="waiting"), replace(KEY_RESULT, id="fresh")
    ports.copies.key_results([Learnt(waiting, 1)])
    assert due(ports) == set()
    put_off = ports.now() + TRY_AGAIN
    ports.copies.keep(Surroundings(key_result=fresh, cycle=CYCLE, team=TEAM))
    assert due(ports) == {"fresh"}
    assert {found.key_result.id for found in ports.situations.evaluation_due(put_off, 10)} == {
        "fresh",
        "waiting",
    }
    ports.copies.cycles([Learnt(CYCLE, 1)])
    assert due(ports) == {"fresh", "waiting"}


def test_a_settled_standing_is_read_back_whole(known: Ports) -> None:
    given = settlement(situation(known))
    assert known.situations.settle([given]) == {KEY_RESULT.id}
    found = situation(known)
    assert (found.state, found.standing, found.alarm, found.reminder) == (
        given.state,
        given.standing,
        given.alarm,
        given.reminder,
    )


def test_who_read_before_another_wrote_settles_nothing(known: Ports) -> None:
    stale, other = situation(known), situation(known, RUNBOOKS.id)
    known.situations.settle([settlement(stale, seq=2)])
    assert known.situations.settle([settlement(stale, seq=1), settlement(other)]) == {RUNBOOKS.id}
    found = situation(known).standing
    assert found is not None
    assert found.seq == 2


def test_a_definition_that_arrives_in_between_wins(known: Ports) -> None:
    stale = situation(known)
    known.copies.key_results([Learnt(replace(KEY_RESULT, target=10.0), 6)])
    assert known.situations.settle([settlement(stale)]) == set()
    assert known.situations.settle([]) == set()


def test_people_owe_what_they_own_or_stand_in_for(known: Ports) -> None:
    def owed(person_id: str) -> set[str]:
        return {found.key_result.id for found in known.situations.owed_by(ORG, person_id)}

    assert owed(OWNER) == {KEY_RESULT.id, RUNBOOKS.id}
    assert owed(DELEGATE) == {KEY_RESULT.id}
    assert owed(MEMBER) == set()
    known.copies.key_results([Learnt(replace(RUNBOOKS, state="abandoned"), 6)])
    assert owed(OWNER) == {KEY_RESULT.id}
    assert {found.key_result.id for found in known.situations.of_team(ORG, TEAM.id)} == {KEY_RESULT.id}
    known.copies.cycles([Learnt(replace(CYCLE, state="closed"), 6)])
    assert owed(OWNER) == set()
    assert known.situations.of_team(ORG, TEAM.id) == []


def test_reminders_are_due_at_their_time_and_move_on_once(known: Ports) -> None:
    known.situations.settle([settlement(situation(known))])
    assert known.situations.reminder_due(at(56, 8), 10) == []
    (due,) = known.situations.reminder_due(at(56, 9), 10)
    assert due.reminder is not None
    following = replace(due.reminder, kind="overdue", at=at(57, 9))
    known.situations.remind_next([(due, following)])
    known.situations.remind_next(
        [(due, replace(following, kind="done", at=None))]
    )  # planned anew since it was read
    assert situation(known).reminder == following
    assert known.situations.reminder_due(at(56, 9), 10) == []
    known.situations.remind_next([(situation(known), replace(following, kind="done", at=None))])
    assert known.situations.reminder_due(FAR, 10) == []
    known.situations.remind_next([(situation(known), None)])
    assert situation(known).reminder is None


def test_moving_a_reminder_on_is_seen_by_who_settles(known: Ports) -> None:
    known.situations.settle([settlement(situation(known))])
    stale = situation(known)
    assert stale.reminder is not None
    known.situations.remind_next([(stale, replace(stale.reminder, kind="overdue"))])
    assert known.situations.settle([settlement(stale, seq=2)]) == set()


def test_standings_are_walked_in_order_of_their_ids(known: Ports) -> None:
    assert known.situations.standing_after("", 10) == []
    known.situations.settle([settlement(situation(known)), settlement(situation(known, RUNBOOKS.id))])
    ids = [found.key_result.id for found in known.situations.standing_after("", 1)]
    assert ids == [KEY_RESULT.id]
    assert [found.key_result.id for found in known.situations.standing_after(ids[-1], 10)] == [RUNBOOKS.id]


def test_a_late_evaluation_is_found_oldest_first(known: Ports) -> None:
    known.situations.settle([settlement(situation(known), evaluate_at=at(52))])
    known.situations.settle([settlement(situation(known, RUNBOOKS.id), evaluate_at=at(51))])
    now = at(52) + timedelta(seconds=1)
    assert [found.key_result.id for found in known.situations.evaluation_due(now, 10)] == [
        RUNBOOKS.id,
        KEY_RESULT.id,
    ]
    assert len(known.situations.evaluation_due(now, 1)) == 1


def test_what_waits_for_its_cycle_holds_up_nobody(known: Ports) -> None:
    orphans = [replace(KEY_RESULT, id=f"orphan-{number}", cycle_id="unheard-of") for number in range(3)]
    known.situations.settle([settlement(situation(known, RUNBOOKS.id))])
    known.copies.key_results([Learnt(orphan, 1) for orphan in orphans])
    known.copies.key_results([Learnt(KEY_RESULT, 9)])
    assert [found.key_result.id for found in known.situations.evaluation_due(FAR, 1)] == [KEY_RESULT.id]


def test_a_reminder_that_waits_for_its_cycle_holds_up_nobody(known: Ports) -> None:
    known.situations.settle([settlement(situation(known, key_result_id)) for key_result_id in BOTH])
    known.copies.key_results([Learnt(replace(KEY_RESULT, cycle_id="unheard-of"), 6)])
    assert [found.key_result.id for found in known.situations.reminder_due(FAR, 1)] == [RUNBOOKS.id]


def test_an_evaluation_is_put_off_unless_somebody_wrote_since(known: Ports) -> None:
    read = situation(known)
    known.situations.put_off([read], FAR)
    known.situations.put_off([], FAR)
    soon = FAR - timedelta(seconds=1)
    assert [found.key_result.id for found in known.situations.evaluation_due(soon, 10)] == [RUNBOOKS.id]
    known.copies.key_results([Learnt(replace(KEY_RESULT, target=1.0), 6)])
    known.situations.put_off([read], FAR)
    assert len(known.situations.evaluation_due(soon, 10)) == 2


def test_a_copy_that_no_majority_keeps_is_an_outage(
    mongo_client: MongoClient[mongo.Document], mongo_database: str
) -> None:
    lacking_one = mongo_client.get_database(mongo_database, write_concern=WriteConcern(w=2))
    copies = MongoCopies(lacking_one)
    for _ in ("new", "as new already here"):
        with pytest.raises(WriteConcernError) as raised:
            copies.people([Learnt(PEOPLE[0], 1)])
        assert mongo.unavailable(raised.value) is not None
