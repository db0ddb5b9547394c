"""Who is owed a mail, and that twice the same is once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifier.domain.facts import ReminderFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ties import Tie
from services.notifier.usecases.plan_celebrations import plan_celebrations
from services.notifier.usecases.plan_reminders import Reminder, plan_reminders
from services.notifier.usecases.ports import NotYetKnown
from tests.unit.notifier import examples
from tests.unit.notifier.world import KEY_RESULT, OBJECTIVE, ORGANISATION, TEAM, World

WINDOW = timedelta(minutes=2)


def test_an_alert_goes_to_owner_objective_owner_and_team_lead() -> None:
    rows = World().alert()
    assert {row.person_id: row.tie for row in rows} == {
        "jun": Tie.OWNER,
        "odo": Tie.OBJECTIVE_OWNER,
        "brisa": Tie.TEAM_LEAD,
    }


def test_who_is_tied_twice_gets_one_mail_for_the_stronger_tie() -> None:
    world = World()
    world.know(replace(KEY_RESULT, owner_id="odo"), replace(TEAM, lead_id="odo"))
    rows = world.alert(replace(world.occurrence(), owner_id="odo"))
    assert [(row.person_id, row.tie) for row in rows] == [("odo", Tie.OWNER)]


def test_the_same_event_again_owes_nothing_more_and_a_new_epoch_does() -> None:
    world = World()
    world.alert()
    assert len(world.alert(world.occurrence(), world.occurrence())) == 3
    assert len(world.alert(world.occurrence(epoch=2))) == 6


def test_an_alert_before_its_copies_tells_the_owner_and_asks_to_be_told_again() -> None:
    world = World(known=False)
    with pytest.raises(NotYetKnown, match="restore-time"):
        world.alert()
    assert [row.person_id for row in world.ledger.rows()] == ["jun"]
    world.know(KEY_RESULT)
    with pytest.raises(NotYetKnown, match="restore-time"):
        world.alert()
    assert [row.person_id for row in world.ledger.rows()] == ["jun", "odo"]
    world.know(TEAM)
    assert [row.person_id for row in world.alert()] == ["jun", "odo", "brisa"]


def test_a_deleted_key_result_alarms_nobody() -> None:
    world = World()
    world.know(replace(KEY_RESULT, state="deleted"))
    assert world.alert() == []


def test_a_key_result_without_a_team_has_no_lead_to_tell() -> None:
    world = World()
    world.know(replace(KEY_RESULT, team_id=None))
    assert [row.person_id for row in world.alert(world.occurrence(team_id=None))] == ["jun", "odo"]


def test_a_celebration_goes_to_owner_team_and_followers_once_each() -> None:
    world = World()
    achieved = world.occurrence(status="achieved", progress=1.0)
    plan_celebrations([achieved, achieved], WINDOW, world.copies, world.ledger)
    assert {row.person_id: row.tie for row in world.ledger.rows()} == {
        "jun": Tie.OWNER,
        "odo": Tie.OBJECTIVE_OWNER,
        "brisa": Tie.TEAM_LEAD,
        "saoirse": Tie.TEAM_MEMBER,
        "fen": Tie.FOLLOWER,
    }
    assert {row.due_at for row in world.ledger.rows()} == {world.now + WINDOW}


def test_a_recovery_is_celebrated_by_those_whom_no_other_mail_tells() -> None:
    world = World()
    plan_celebrations([world.occurrence(status="on_track")], WINDOW, world.copies, world.ledger)
    assert [row.person_id for row in world.ledger.rows()] == ["saoirse", "fen"]


def test_a_celebration_before_its_copies_tells_the_owner_and_a_recovery_nobody_yet() -> None:
    world = World(known=False)
    with pytest.raises(NotYetKnown):
        plan_celebrations([world.occurrence(status="achieved")], WINDOW, world.copies, world.ledger)
    with pytest.raises(NotYetKnown):
        plan_celebrations([world.occurrence(status="on_track")], WINDOW, world.copies, world.ledger)
    world.know(OBJECTIVE, TEAM)
    with pytest.raises(NotYetKnown):
        plan_celebrations([world.occurrence(status="on_track")], WINDOW, world.copies, world.ledger)
    assert [row.person_id for row in world.ledger.rows()] == ["jun"]


def test_a_person_gets_one_reminder_a_day_and_kind_and_none_for_nothing() -> None:
    world = World()

    def remind(kind: MailKind, facts: ReminderFacts) -> None:
        reminder = Reminder(
            organisation_id=ORGANISATION, person_id="jun", facts=facts, correlation_id="c0ffee00"
        )
        plan_reminders(kind, [reminder], world.ledger)

    remind(MailKind.CHECK_IN_DUE, examples.OWED)
    remind(MailKind.CHECK_IN_DUE, examples.OWED)
    remind(MailKind.CHECK_IN_OVERDUE, examples.OWED)
    remind(MailKind.CHECK_IN_DUE, replace(examples.OWED, day=examples.OWED.day + timedelta(days=7)))
    remind(MailKind.CHECK_IN_DUE, replace(examples.OWED, day=examples.OWED.day + timedelta(days=8), owed=()))
    assert len(world.ledger.rows()) == 3


def test_every_link_is_a_mail_of_its_own_and_no_part_of_its_id() -> None:
    world = World()
    first, again = world.invite(), world.invite()
    other = world.invite("https://cairn.example.com/invitations/another")
    assert first.id == again.id != other.id
    assert "s3cret" not in first.id
