"""The database does not answer for a while: no mail is stranded, none is sent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from libs.chassis.problems import Unavailable
from services.notifier.domain.copies import Standing
from services.notifier.domain.deliveries import Answer, Verdict
from services.notifier.domain.ledger import State
from services.notifier.mail.circuit import Circuit
from services.notifier.mail.message import Sender
from services.notifier.mail.sender import MailSender
from services.notifier.mail.smtp import SmtpPost, SmtpServer
from services.notifier.mail.tray import Tray
from services.notifier.usecases.plan_celebrations import plan_celebrations
from services.notifier.usecases.read_ahead import Sources
from services.notifier.usecases.send_next_mail import Desk, send_next_mail
from tests.unit.notifier.fakes import LEASES, PlainWording
from tests.unit.notifier.world import KEY_RESULT, ORGANISATION, World


@contextmanager
def no_answer_to(world: World, *questions: str) -> Iterator[None]:
    """Within the block the ledger does not answer these."""

    def silent(*_: Any, **__: Any) -> None:
        raise Unavailable

    with pytest.MonkeyPatch.context() as patched:
        for question in questions:
            patched.setattr(world.ledger, question, silent)
        yield


def expired(world: World) -> None:
    world.pass_time(days=8)


@pytest.mark.parametrize(
    ("question", "before", "after"),
    [("begin_data", lambda _: None, State.SENT), ("finish", expired, State.SUPPRESSED)],
)
def test_what_had_not_begun_to_leave_is_owed_at_once_when_the_database_answers(
    question: str, before: Callable[[World], None], after: State
) -> None:
    world = World()
    row = world.invite()
    before(world)
    desk = world.desk()
    with no_answer_to(world, question), pytest.raises(Unavailable):
        send_next_mail(desk)
    with no_answer_to(world, "release"), pytest.raises(Unavailable):
        send_next_mail(desk)
    outcome = send_next_mail(desk)
    assert outcome is not None
    assert (outcome.state, world.ledger.row(row.id).doubts) == (after, 0)
    assert len(world.post.delivered) == (after is State.SENT)


def test_what_may_have_left_is_not_given_back_and_counted_as_a_doubt() -> None:
    world = World()
    row = world.invite()
    world.post.script = [Answer(Verdict.OUTCOME_UNKNOWN)]
    desk = world.desk()
    with no_answer_to(world, "put_back"), pytest.raises(Unavailable):
        send_next_mail(desk)
    assert send_next_mail(desk) is None
    world.now += LEASES.message
    outcome = send_next_mail(desk)
    assert outcome is not None
    assert outcome.doubted
    assert world.ledger.row(row.id).doubts == 1


def test_what_was_sent_is_marked_even_where_what_was_left_out_of_it_cannot_be() -> None:
    world = World()
    world.know(replace(KEY_RESULT, id="runbooks"))
    won = world.occurrence(status="achieved", progress=1.0)
    also = replace(won, facts=replace(won.facts, subject_id="runbooks", title="Runbooks"))
    plan_celebrations([won, also], timedelta(), world.copies, world.ledger)
    undone = Standing(id="restore-time", organisation_id=ORGANISATION, seq=9, at=world.now, status="on_track")
    world.copies.keep_standings([undone])
    with pytest.MonkeyPatch.context() as patched:
        finish = world.ledger.finish

        def only_sent(claim: Any, rows: Any, state: State, **rest: Any) -> bool:
            if state is not State.SENT:
                raise Unavailable
            return finish(claim, rows, state, **rest)

        patched.setattr(world.ledger, "finish", only_sent)
        with pytest.raises(Unavailable):
            world.send()
    (email,) = (outgoing.to.email for outgoing in world.post.delivered)
    sent = [row.email for row in world.ledger.rows() if row.state is State.SENT]
    assert sent == [email]


def test_what_could_not_be_put_back_is_put_back_later() -> None:
    world = World()
    world.alert()
    lying = a_tray(world)
    assert lying.take() is not None
    with no_answer_to(world, "release"), pytest.raises(Unavailable):
        lying.put_back()
    lying.put_back()
    other = a_tray(world)
    assert len(list(iter(other.take, None))) == 2


def test_a_sender_that_stops_marks_what_it_sent_before_it_gives_back_what_it_holds() -> None:
    world = World()
    world.alert()
    told: list[str] = []
    lying = a_tray(world)
    assert lying.take() is not None
    post = SmtpPost(
        SmtpServer("127.0.0.1", 1, None, None, "none", 1), Sender("a@b.example"), lambda: world.now
    )
    desk = Desk(lying, world.ledger, world.suppressions, PlainWording(), post, lambda: world.now)
    stop = threading.Event()
    stop.set()
    with no_answer_to(world, "release"), pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.ledger, "flush", lambda: told.append("marked"))
        with pytest.raises(Unavailable):
            MailSender(desk, lying, post, Circuit()).run(stop)
    assert told == ["marked"]


def a_tray(world: World) -> Tray:
    sources = Sources(world.copies, world.preferences, world.suppressions)
    return Tray(world.ledger, sources, world.archive, 10, LEASES)
