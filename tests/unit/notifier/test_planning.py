"""Who is owed a mail, and that twice the same is once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from libs.chassis.bus import Event
from libs.contracts import checkins
from services.notifier.domain.facts import ReminderFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ties import Tie
from services.notifier.events.mailing import alarm
from services.notifier.usecases.plan_celebrations import plan_celebrations
from services.notifier.usecases.plan_reminders import Reminder, plan_reminders
from services.notifier.usecases.ports import NotYetKnown
from tests.contract.events.test_events import SAMPLES
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


TIED = ("jun", "odo", "brisa", "saoirse", "fen")


@pytest.mark.parametrize("actor_id", TIED)
@pytest.mark.parametrize("status", ["behind", "at_risk", "on_track", "achieved"])
def test_nobody_is_mailed_about_what_they_did(actor_id: str, status: str) -> None:
    """Alert, recovery and celebration alike, whichever tie they have."""
    world = World()
    done = replace(world.occurrence(status=status), actor_id=actor_id)
    if status == "achieved":
        plan_celebrations([done], WINDOW, world.copies, world.ledger)
    elif status == "on_track":
        world.alert(done, kind=MailKind.BACK_ON_TRACK)
        plan_celebrations([done], WINDOW, world.copies, world.ledger)
    else:
        world.alert(done)
    told = {row.person_id for row in world.ledger.rows()}
    others = {"jun", "odo", "brisa"} if status in {"behind", "at_risk"} else set(TIED)
    assert told == others - {actor_id}


def test_who_achieved_an_objective_alone_is_not_mailed() -> None:
    world = World()
    done = replace(
        world.occurrence(status="achieved", subject_kind="objective", subject_id=OBJECTIVE.id), actor_id="odo"
    )
    plan_celebrations([done], WINDOW, world.copies, world.ledger)
    assert "odo" not in {row.person_id for row in world.ledger.rows()}


@pytest.mark.parametrize(
    ("actor", "caused", "expected"),
    [("ada", True, "ada"), (None, True, "jun"), (None, False, None), ("ada", False, "ada")],
)
def test_an_event_says_who_did_it_or_when_the_author_did(
    actor: str | None, *, caused: bool, expected: str | None
) -> None:
    """An event of an earlier version has an author and the moment that it follows from."""
    sample = json.loads((SAMPLES / "checkins.key_result.at_risk.v1.json").read_text(encoding="utf-8"))
    moment = "2031-11-18T09:00:00.000Z" if caused else None
    data = {**sample, "actor_id": actor, "author_id": "jun", "caused_at": moment}
    event = Event.new(
        type=checkins.KeyResultAtRisk.TYPE,
        source="/checkins",
        subject=sample["key_result_id"],
        organisation_id=ORGANISATION,
        seq=1,
        data=data,
    )
    assert alarm(checkins.KeyResultAtRisk, event, event.time).actor_id == expected
