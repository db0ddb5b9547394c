"""What is asked again before a mail leaves, and what each answer makes of its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notifier.domain.copies import Standing
from services.notifier.domain.deliveries import Answer, Stage, Verdict, judge, wait_before
from services.notifier.domain.kinds import Delivery, MailKind
from services.notifier.domain.ledger import Rendered, State, Why
from services.notifier.domain.letters import Letter, Outgoing
from services.notifier.usecases.plan_celebrations import plan_celebrations
from services.notifier.usecases.plan_reminders import Reminder, plan_reminders
from services.notifier.usecases.send_next_mail import AWAIT_COPY, COPY_NEVER_COMES, Outcome
from tests.unit.notifier import examples
from tests.unit.notifier.fakes import PlainWording, ScriptedPost
from tests.unit.notifier.world import KEY_RESULT, ORGANISATION, World, person

SECOND = timedelta(seconds=1)


def states(world: World) -> dict[str, tuple[State, Why | None]]:
    return {row.person_id: (row.state, row.why) for row in world.ledger.rows()}


def test_what_is_wanted_allowed_and_still_so_is_sent() -> None:
    world = World()
    world.alert()
    assert {outcome.state for outcome in world.send_all()} == {State.SENT}
    assert sorted(world.sent_to()) == ["brisa", "jun", "odo"]


def test_each_reason_not_to_send_is_named() -> None:
    world = World()
    world.alert()
    world.preferences.change(ORGANISATION, "jun", {MailKind.AT_RISK: Delivery.OFF})
    world.suppressions.add(ORGANISATION, "odo@example.com", "550 no")
    world.know(person("brisa", state="disabled"))
    world.send_all()
    assert states(world) == {
        "jun": (State.SUPPRESSED, Why.PREFERENCE_OFF),
        "odo": (State.SUPPRESSED, Why.ADDRESS_SUPPRESSED),
        "brisa": (State.SUPPRESSED, Why.NOT_ACTIVE),
    }


def test_a_viewer_gets_mail_as_everybody_else() -> None:
    world = World()
    world.know(person("odo", role="viewer"))
    world.alert()
    world.send_all()
    assert states(world)["odo"] == (State.SENT, None)


@pytest.mark.parametrize(
    ("visibility", "told"),
    [
        ("organisation", {"jun", "odo", "brisa"}),
        ("team", {"jun", "odo", "brisa"}),
        ("private", {"jun", "odo"}),
    ],
)
def test_a_mail_says_only_what_its_reader_may_see(visibility: str, told: set[str]) -> None:
    world = World()
    world.know(replace(KEY_RESULT, visibility=visibility))
    world.alert()
    world.send_all()
    assert set(world.sent_to()) == told


def test_an_admin_may_see_what_is_private() -> None:
    world = World()
    world.know(replace(KEY_RESULT, visibility="private"), person("brisa", role="admin"))
    world.alert()
    world.send_all()
    assert "brisa" in world.sent_to()


@pytest.mark.parametrize(
    ("kind", "status", "later", "sent"),
    [
        (MailKind.AT_RISK, "at_risk", "behind", True),
        (MailKind.AT_RISK, "at_risk", "on_track", False),
        (MailKind.AT_RISK, "behind", "closed", False),
        (MailKind.BACK_ON_TRACK, "on_track", "achieved", True),
        (MailKind.BACK_ON_TRACK, "on_track", "at_risk", False),
        (MailKind.BACK_ON_TRACK, "on_track", "closed", False),
    ],
)
def test_an_alert_is_sent_only_while_it_is_so(kind: MailKind, status: str, later: str, *, sent: bool) -> None:
    world = World()
    world.alert(world.occurrence(status=status), kind=kind)
    newer = Standing(id="restore-time", organisation_id=ORGANISATION, seq=8, at=world.now, status=later)
    world.copies.keep_standings([newer])
    world.send_all()
    assert bool(world.post.delivered) is sent


def test_an_older_standing_says_nothing_against_a_newer_event() -> None:
    world = World()
    older = Standing(id="restore-time", organisation_id=ORGANISATION, seq=6, at=world.now, status="on_track")
    world.copies.keep_standings([older])
    world.alert()
    assert world.send().state is State.SENT


def test_what_was_deleted_meanwhile_is_not_spoken_of() -> None:
    world = World()
    world.alert()
    world.know(replace(KEY_RESULT, state="deleted"))
    assert world.send().why is Why.NO_LONGER_SO


def test_a_celebration_leaves_out_what_was_undone_and_sends_the_rest_as_one() -> None:
    world = World()
    world.know(replace(KEY_RESULT, id="runbooks"))
    won = world.occurrence(status="achieved", progress=1.0)
    also = replace(won, facts=replace(won.facts, subject_id="runbooks", title="Runbooks"))
    plan_celebrations([won, also], timedelta(), world.copies, world.ledger)
    undone = Standing(id="restore-time", organisation_id=ORGANISATION, seq=9, at=world.now, status="on_track")
    world.copies.keep_standings([undone])
    world.send_all()
    assert len(world.post.delivered) == 5
    assert {outgoing.rendered.subject for outgoing in world.post.delivered} == {"celebration: Runbooks"}
    whys = {(row.facts.subject_id, row.state, row.why) for row in world.ledger.rows()}  # type: ignore[union-attr]
    assert whys == {
        ("restore-time", State.SUPPRESSED, Why.NO_LONGER_SO),
        ("runbooks", State.SENT, None),
    }


def test_a_celebration_leads_with_what_was_achieved_first_however_late_it_was_heard_of() -> None:
    world = World()
    world.know(replace(KEY_RESULT, id="runbooks"))
    later = world.occurrence(status="achieved", progress=1.0, caused_at=world.now)
    first = replace(later.facts, subject_id="runbooks", title="Runbooks", caused_at=world.now - SECOND)
    heard_last = replace(later, facts=first, heard_at=world.now + SECOND)
    plan_celebrations([later, heard_last], timedelta(), world.copies, world.ledger)
    world.now += SECOND
    world.send_all()
    subjects = {outgoing.rendered.subject for outgoing in world.post.delivered}
    assert subjects == {"celebration: Runbooks, Median time to restore service"}


def test_an_achievement_stays_one_when_its_cycle_closes() -> None:
    world = World()
    plan_celebrations([world.occurrence(status="achieved")], timedelta(), world.copies, world.ledger)
    closed = Standing(id="restore-time", organisation_id=ORGANISATION, seq=9, at=world.now, status="closed")
    world.copies.keep_standings([closed])
    assert world.send().state is State.SENT


def test_a_reminder_of_yesterday_is_not_sent() -> None:
    world = World()
    world.now = examples.OWED.said_at
    reminder = Reminder(
        organisation_id=ORGANISATION, person_id="jun", facts=examples.OWED, correlation_id="c0ffee00"
    )
    plan_reminders(MailKind.CHECK_IN_DUE, [reminder], world.ledger)
    world.pass_time(hours=21)
    assert world.send().why is Why.TOO_LATE


def reminded(*changes: Any) -> Outcome:
    """What becomes of a reminder of one key result when this is known before it is sent."""
    world = World()
    world.now = examples.OWED.said_at
    facts = replace(examples.OWED, owed=(replace(examples.OWED.owed[0], key_result_id=KEY_RESULT.id),))
    reminder = Reminder(organisation_id=ORGANISATION, person_id="jun", facts=facts, correlation_id="c0ffee00")
    plan_reminders(MailKind.CHECK_IN_DUE, [reminder], world.ledger)
    for change in changes:
        if isinstance(change, Standing):
            world.copies.keep_standings([change])
        else:
            world.know(change)
    return world.send()


def judged(next_on: str | None, seconds: int = 1) -> Standing:
    at = examples.OWED.said_at + timedelta(seconds=seconds)
    return Standing(
        id=KEY_RESULT.id,
        organisation_id=ORGANISATION,
        seq=1,
        at=at,
        status="behind",
        next_check_in_on=next_on,
    )


TODAY = examples.OWED.day.isoformat()


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        (KEY_RESULT, True),
        (judged(TODAY), True),
        (judged(""), True),
        (judged("2099-01-05", seconds=-60), True),
        (judged("2099-01-05"), False),
        (judged(None), False),
        (replace(KEY_RESULT, state="abandoned"), False),
        (replace(KEY_RESULT, state="deleted"), False),
        (replace(KEY_RESULT, owner_id="odo"), False),
        (replace(KEY_RESULT, owner_id="odo", delegate_id="jun"), True),
    ],
)
def test_a_reminder_is_sent_only_where_the_check_in_is_still_owed(change: Any, sent: bool) -> None:  # noqa: FBT001
    outcome = reminded(change)
    assert (outcome.state is State.SENT) == sent
    assert sent or outcome.why is Why.NO_LONGER_SO


def test_a_mail_for_somebody_not_known_yet_waits_without_an_attempt_and_not_for_ever() -> None:
    world = World()
    world.know(replace(KEY_RESULT, objective_owner_id="stranger"))
    world.alert()
    world.send_all()
    assert states(world)["stranger"] == (State.DEFERRED, Why.AWAITING_COPY)
    assert all(row.attempts == 0 for row in world.ledger.rows())
    world.pass_time(seconds=AWAIT_COPY.total_seconds())
    assert world.send().why is Why.AWAITING_COPY
    world.pass_time(seconds=COPY_NEVER_COMES.total_seconds())
    assert world.send().why is Why.UNKNOWN_PERSON


def test_an_expired_invitation_is_not_sent_and_its_secret_is_gone() -> None:
    world = World()
    world.invite()
    world.pass_time(days=8)
    assert world.send().why is Why.EXPIRED
    assert "s3cret" not in repr(world.ledger.rows())


def test_what_was_sent_is_kept_without_the_links_that_open_something() -> None:
    world = World()
    world.invite()
    world.alert()
    world.send_all()
    assert any("s3cret" in outgoing.rendered.text for outgoing in world.post.delivered)
    assert any("unsubscribe?token=" in outgoing.rendered.text for outgoing in world.post.delivered)
    kept = repr([row.rendered for row in world.ledger.rows()])
    assert "s3cret" not in kept
    assert "unsubscribe?token=" not in kept


def test_laters_wait_longer_each_time_for_a_day_and_then_end() -> None:
    waits = [wait_before(attempt) for attempt in range(1, 29)]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (5, 15, 30, 60)]
    assert waits[26] == timedelta(hours=1)
    assert waits[27] is None
    world = World()
    world.invite()
    world.post.script = [Answer(Verdict.TRY_LATER, "451 later")] * 28
    for wait in waits[:27]:
        assert world.send().state is State.DEFERRED
        world.now += wait or timedelta()
    assert world.send().why is Why.FOLDED


def test_a_server_that_is_unwell_costs_no_attempt() -> None:
    world = World()
    row = world.invite()
    world.post.script = [Answer(Verdict.SERVER_UNWELL), Answer(Verdict.SIGN_IN_REFUSED, "535 no")]
    for _ in range(2):
        assert world.send().state is State.PENDING
        world.pass_time(seconds=2)
    assert world.send().state is State.SENT
    assert world.ledger.row(row.id).attempts == 0


def test_a_bounce_stops_alerts_to_the_address_but_a_bounced_invitation_stops_nothing() -> None:
    world = World()
    world.invite()
    world.post.script = [Answer(Verdict.BOUNCED, "550 5.1.1 no such mailbox")]
    assert world.send().why is Why.BOUNCED
    assert not world.suppressions.has(ORGANISATION, "new@example.com")
    world.alert()
    world.post.script = [Answer(Verdict.BOUNCED, "550 5.1.1 no such mailbox")]
    world.send()
    assert world.suppressions.has(ORGANISATION, "jun@example.com")


def test_a_doubt_is_sent_once_more_and_a_second_doubt_is_the_end() -> None:
    world = World()
    row = world.invite()
    world.post.script = [Answer(Verdict.OUTCOME_UNKNOWN)] * 2
    first = world.send()
    assert (first.state, first.doubted) == (State.DEFERRED, True)
    world.pass_time(minutes=6)
    second = world.send()
    assert (second.state, second.doubted) == (State.AMBIGUOUS, True)
    assert world.ledger.row(row.id).doubts == 2


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        (Stage.RECIPIENT, 550, "5.1.1 no such mailbox", Verdict.BOUNCED),
        (Stage.RECIPIENT, 550, "no such mailbox", Verdict.BOUNCED),
        (Stage.RECIPIENT, 553, "bad name", Verdict.BOUNCED),
        (Stage.RECIPIENT, 550, "5.2.1 disabled", Verdict.BOUNCED),
        (Stage.RECIPIENT, 550, "5.7.1 relaying denied", Verdict.REFUSED),
        (Stage.RECIPIENT, 554, "no", Verdict.REFUSED),
        (Stage.RECIPIENT, 452, "4.2.2 full", Verdict.TRY_LATER),
        (Stage.SENDER, 550, "5.1.8 bad sender", Verdict.REFUSED),
        (Stage.SENDER, 530, "5.7.0 sign in first", Verdict.SIGN_IN_REFUSED),
        (Stage.DATA, 554, "5.7.1 looks like spam", Verdict.REFUSED),
        (Stage.DATA, 451, "later", Verdict.TRY_LATER),
        (Stage.SIGN_IN, 535, "no", Verdict.SIGN_IN_REFUSED),
        (Stage.SIGN_IN, 454, "later", Verdict.SIGN_IN_REFUSED),
        (Stage.CONNECT, 554, "go away", Verdict.SERVER_UNWELL),
        (Stage.CONNECT, 421, "busy", Verdict.SERVER_UNWELL),
    ],
)
def test_only_an_answer_about_the_address_is_a_bounce(
    stage: Stage, code: int, text: str, verdict: Verdict
) -> None:
    assert judge(stage, code, text) is verdict


def test_a_mail_that_breaks_while_it_is_prepared_fails_after_a_day_and_stops_no_neighbour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    world.alert()
    plainly = PlainWording.word

    def word(self: PlainWording, letter: Letter) -> Rendered:
        if letter.person_id == "odo":
            raise LookupError(letter.person_id)
        return plainly(self, letter)

    monkeypatch.setattr(PlainWording, "word", word)
    world.send_all()
    assert sorted(world.sent_to()) == ["brisa", "jun"]
    assert states(world)["odo"] == (State.DEFERRED, Why.BROKEN)
    for _ in range(27):
        world.pass_time(hours=1)
        assert world.send().why is Why.BROKEN
    assert states(world)["odo"] == (State.FAILED, Why.BROKEN)
    assert world.send_all() == []


@pytest.mark.parametrize(
    ("before_data", "first", "in_the_end"),
    [
        (True, (State.DEFERRED, Why.BROKEN), (State.FAILED, Why.BROKEN)),
        (False, (State.DEFERRED, Why.UNKNOWN_OUTCOME), (State.AMBIGUOUS, Why.UNKNOWN_OUTCOME)),
    ],
)
def test_whatever_breaks_while_a_mail_is_handed_over_is_that_mails_own_trouble(
    monkeypatch: pytest.MonkeyPatch,
    *,
    before_data: bool,
    first: tuple[State, Why],
    in_the_end: tuple[State, Why],
) -> None:
    """Once the message may have left, a second doubt is the end of it: nobody gets a third copy."""
    world = World()
    world.alert()
    plainly = ScriptedPost.deliver

    def deliver(self: ScriptedPost, outgoing: Outgoing, begin_data: Callable[[], bool]) -> Answer:
        if outgoing.to.email != "odo@example.com":
            return plainly(self, outgoing, begin_data)
        if not before_data:
            begin_data()
        raise RuntimeError("what nobody foresaw")

    monkeypatch.setattr(ScriptedPost, "deliver", deliver)
    world.send_all()
    assert sorted(world.sent_to()) == ["brisa", "jun"]
    assert states(world)["odo"] == first
    for _ in range(27):
        world.pass_time(hours=1)
        world.send_all()
    assert states(world)["odo"] == in_the_end
