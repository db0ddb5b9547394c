"""From an event on the bus to a mail in a mailbox, and every way this can go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from libs.contracts import checkins, gateway, goals
from tests.integration.notifier.conftest import (
    KEY_RESULT,
    NOW,
    OBJECTIVE,
    Notifier,
    alarm,
    invitation,
    person,
    standing,
)


def test_those_who_answer_for_a_key_result_hear_that_it_is_at_risk_each_for_their_reason(
    notifier: Notifier,
) -> None:
    with notifier.working():
        notifier.know()
        notifier.bus.say(alarm(), subject="restore-time")
        mails = notifier.sink.wait_for(3)
    reasons = {mail.recipients[0]: " ".join(mail.text().split()) for mail in mails}
    assert "because you own this key result." in reasons["jun@example.com"]
    assert "because you own the objective above it, “Customers trust us”." in reasons["odo@example.com"]
    assert "because you lead Platform Operations." in reasons["brisa@example.com"]
    assert mails[0].message["Subject"] == "At risk: Median time to restore service"
    assert mails[0].message["Auto-Submitted"] == "auto-generated"
    assert mails[0].message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len({mail.message["Message-ID"] for mail in mails}) == 3
    assert len({mail.message["References"] for mail in mails}) == 1
    assert "26%" in mails[0].text("html")


def test_the_same_event_twice_is_one_mail_each(notifier: Notifier) -> None:
    with notifier.working():
        notifier.know()
        event = notifier.bus.made(alarm(), subject="restore-time")
        notifier.bus.publish(event, event)
        notifier.sink.wait_for(3)
        notifier.bus.publish(event)
        notifier.bus.say(alarm(epoch=2), subject="restore-time")
        notifier.sink.wait_for(6)
    assert len(notifier.rows()) == len(notifier.sink.accepted) == 6


def test_an_alert_that_arrives_before_the_copies_reaches_everybody_once_they_are_there(
    notifier: Notifier,
) -> None:
    with notifier.working():
        notifier.bus.say(alarm(), subject="restore-time")
        notifier.wait_for_state("deferred")
        notifier.know()
        notifier.sink.wait_for(3, deadline=30)
    assert {mail.recipients[0] for mail in notifier.sink.accepted} == {
        "jun@example.com",
        "odo@example.com",
        "brisa@example.com",
    }


def test_an_alert_that_is_no_longer_so_is_not_sent_and_says_why(notifier: Notifier) -> None:
    with notifier.working(alert_hold=timedelta(hours=1)):
        notifier.know()
        notifier.bus.say(alarm(), subject="restore-time")
        notifier.wait_for_state("pending", 3)
        notifier.bus.say(
            checkins.StandingChanged(
                key_result_id="restore-time",
                objective_id="trust",
                previous_status="at_risk",
                standing=standing("on_track", seq=8),
            ),
            subject="restore-time",
        )
        notifier.wait_for_copy("standings", "restore-time", status="on_track")
        notifier.due_now("pending")
        rows = notifier.wait_for_state("suppressed", 3)
    assert {row["why"] for row in rows} == {"no_longer_so"}
    assert notifier.sink.accepted == []


def test_a_team_gets_one_celebration_however_much_it_achieved(notifier: Notifier) -> None:
    with notifier.working(celebration_batch=timedelta(hours=1)):
        notifier.know("jun", "odo", "brisa", "fen")
        second = replace(KEY_RESULT, key_result_id="runbooks", title="Services with a rehearsed runbook")
        notifier.bus.say(second, subject="runbooks")
        notifier.wait_for_copy("key_results", "runbooks")
        done = standing("achieved", progress=1.0, current=30.0)
        for key_result in (KEY_RESULT, second):
            notifier.bus.say(
                alarm(
                    checkins.KeyResultAchieved,
                    key_result_id=key_result.key_result_id,
                    title=key_result.title,
                    standing=done,
                ),
                subject=key_result.key_result_id,
            )
        notifier.wait_for_state("pending", 8)
        notifier.due_now("pending")
        notifier.wait_for_state("sent", 8)
    mails = notifier.sink.accepted
    assert sorted(mail.recipients[0] for mail in mails) == [
        "brisa@example.com",
        "fen@example.com",
        "jun@example.com",
        "odo@example.com",
    ]
    assert all(mail.message["Subject"].endswith("and 1 more") for mail in mails)
    assert all("runbook" in mail.text() and "Median time" in mail.text() for mail in mails)


def test_an_achieved_objective_and_a_recovery_are_celebrated_without_telling_anybody_twice(
    notifier: Notifier,
) -> None:
    with notifier.working():
        notifier.know("jun", "odo", "brisa", "fen")
        recovered = standing("on_track", progress=0.6, current=56.0)
        notifier.bus.say(
            alarm(checkins.KeyResultRecovered, previous_status="at_risk", standing=recovered),
            subject="restore-time",
        )
        mails = notifier.sink.wait_for(4)
        assert {mail.recipients[0]: mail.message["Subject"] for mail in mails} == {
            f"{name}@example.com": "Back on track: Median time to restore service"
            for name in ("jun", "odo", "brisa", "fen")
        }
        notifier.bus.say(
            goals.ObjectiveAchieved(
                objective_id="trust",
                title=OBJECTIVE.title,
                owner_id="odo",
                team_id="platform",
                epoch=1,
                ends_on=(NOW + timedelta(days=20)).date(),
            ),
            subject="trust",
        )
        notifier.sink.wait_for(8)
    assert notifier.sink.accepted[-1].message["Subject"] == "Achieved: Customers trust us"


def test_nobody_hears_of_a_private_objective_but_its_own_people(notifier: Notifier) -> None:
    with notifier.working():
        notifier.know("jun", "odo", "brisa", "fen")
        private = replace(KEY_RESULT, visibility="private")
        notifier.bus.say(private, subject="restore-time")
        notifier.wait_for_copy("key_results", "restore-time", visibility="private")
        notifier.bus.say(
            alarm(checkins.KeyResultAchieved, standing=standing("achieved", progress=1.0)),
            subject="restore-time",
        )
        notifier.wait_for_state("suppressed", 2)
        notifier.wait_for_state("sent", 2)
    assert {mail.recipients[0] for mail in notifier.sink.accepted} == {"jun@example.com", "odo@example.com"}
    assert {row["why"] for row in notifier.rows(state="suppressed")} == {"not_allowed"}


def test_people_who_are_not_active_get_no_mail_but_their_invitation(notifier: Notifier) -> None:
    with notifier.working():
        notifier.know("odo", "brisa", "jun")
        notifier.bus.say(person("jun", state="disabled"), subject="jun")
        notifier.bus.say(person("brisa", state="invited"), subject="brisa")
        notifier.bus.say(person("odo", state="invited"), subject="odo")
        notifier.bus.say(gateway.AccountActivated(person_id="odo"), subject="odo")
        notifier.wait_for_copy("people", "jun", state="disabled")
        notifier.wait_for_copy("people", "brisa", state="invited")
        notifier.wait_for_copy("people", "odo", state="invited", activated=True)
        notifier.bus.say(invitation(), subject="new")
        notifier.sink.wait_for(1)
        notifier.bus.say(alarm(), subject="restore-time")
        notifier.wait_for_state("suppressed", 2)
        notifier.sink.wait_for(2)
    assert [mail.recipients[0] for mail in notifier.sink.accepted] == ["fen@example.com", "odo@example.com"]


def test_the_ledger_forgets_the_secret_of_an_invitation_once_it_is_sent(notifier: Notifier) -> None:
    with notifier.working():
        notifier.bus.say(invitation(), subject="new")
        notifier.wait_for_state("sent")
        (mail,) = notifier.sink.wait_for(1)
    assert "http://localhost:8080/invitations/s3cret-k3y" in mail.text()
    assert "List-Unsubscribe" not in mail.message
    assert "s3cret-k3y" not in str(notifier.rows())


def test_a_reminder_leaves_out_what_was_checked_in_meanwhile(notifier: Notifier) -> None:
    def owed(key_result_id: str) -> checkins.OwedCheckIn:
        return checkins.OwedCheckIn(
            key_result_id=key_result_id,
            title=f"Result {key_result_id}",
            unit="",
            start=0.0,
            target=10.0,
            due_on=NOW.date(),
            status="on_track",
            progress=0.5,
            current=5.0,
        )

    def recorded(key_result_id: str) -> checkins.ProgressRecorded:
        return checkins.ProgressRecorded(
            check_in_id="c",
            key_result_id=key_result_id,
            objective_id="trust",
            author_id="jun",
            standing=standing(),
        )

    with notifier.working():
        notifier.know()
        reminder = notifier.bus.made(
            checkins.CheckInDue(
                person_id="jun", day=NOW.date(), team_id="platform", owed=(owed("a"), owed("b"))
            ),
            subject="jun",
        )
        done = notifier.bus.made(
            checkins.CheckInDue(person_id="odo", day=NOW.date(), team_id="platform", owed=(owed("a"),)),
            subject="odo",
        )
        notifier.bus.say(recorded("a"), subject="a")
        notifier.wait_for_copy("standings", "a")
        notifier.bus.publish(reminder, done)
        notifier.wait_for_state("suppressed")
        (mail,) = notifier.sink.wait_for(1)
    assert mail.message["Subject"] == "One check-in today, twenty seconds"
    assert "Result b" in mail.text()
    assert "Result a" not in mail.text()
