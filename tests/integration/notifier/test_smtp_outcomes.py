"""What the mail server says, and what the ledger makes of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from libs.contracts.gateway import AccountInvited
from services.notifier.domain.deliveries import Verdict
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee, Rendered
from services.notifier.domain.letters import Outgoing
from services.notifier.mail.message import Sender
from services.notifier.mail.smtp import SmtpPost, SmtpServer
from tests.fixtures.mail import SmtpSink
from tests.fixtures.waiting import until
from tests.integration.notifier.conftest import Notifier, alarm, invitation


def due_again(notifier: Notifier) -> None:
    """What is deferred is due now, as if the wait were over."""
    notifier.database["ledger"].update_many(
        {"state": "deferred"}, {"$set": {"next_at": datetime.now(UTC) - timedelta(seconds=1)}}
    )


def test_a_later_from_the_server_waits_five_then_fifteen_minutes_and_is_sent_in_the_end(
    notifier: Notifier,
) -> None:
    notifier.sink.script("451 4.3.0 later", "452 4.2.2 full")
    with notifier.working():
        notifier.bus.say(invitation(), subject="new")
        for attempt, minutes in ((1, 5), (2, 15)):
            (row,) = until(partial(notifier.rows, state="deferred", attempts=attempt), 10)
            wait = row["next_at"] - datetime.now(UTC)
            assert timedelta(minutes=minutes - 1) < wait <= timedelta(minutes=minutes)
            due_again(notifier)
        (row,) = notifier.wait_for_state("sent")
    assert row["attempts"] == 2
    assert len(notifier.sink.accepted) == 1


def test_after_a_day_of_laters_the_mail_is_given_up(notifier: Notifier) -> None:
    notifier.sink.script(*["451 4.3.0 later"] * 30)
    with notifier.working():
        notifier.bus.say(invitation(), subject="new")
        notifier.wait_for_state("deferred")
        notifier.database["ledger"].update_many({}, {"$set": {"attempts": 27}})
        due_again(notifier)
        (row,) = notifier.wait_for_state("failed")
    assert row["why"] == "folded"
    assert row["detail"] == "451 4.3.0 later"
    assert row["facts"]["link"] == ""


def test_an_address_that_bounces_gets_no_more_alerts_but_still_what_it_asks_for(notifier: Notifier) -> None:
    notifier.sink.refuse("jun@example.com")
    with notifier.working():
        notifier.know()
        notifier.bus.say(alarm(), subject="restore-time")
        (row,) = notifier.wait_for_state("failed")
        assert row["why"] == "bounced"
        assert row["detail"] == "550 5.1.1 no such mailbox"
        notifier.bus.say(alarm(epoch=2), subject="restore-time")
        (row,) = notifier.wait_for_state("suppressed")
        assert row["why"] == "address_suppressed"
        notifier.sink.refuse("jun@example.com", "")
        notifier.bus.say(invitation(person_id="jun", email="jun@example.com"), subject="jun")
        until(lambda: notifier.sink.to("jun@example.com"), 10)


def test_a_relay_that_refuses_everybody_puts_nobody_on_the_suppression_list(notifier: Notifier) -> None:
    notifier.sink.refuse("jun@example.com", "550 5.7.1 relaying denied")
    with notifier.working():
        notifier.know()
        notifier.bus.say(alarm(), subject="restore-time")
        (row,) = notifier.wait_for_state("failed")
    assert row["why"] == "refused"
    assert notifier.database["suppressions"].count_documents({}) == 0


def test_an_outage_spends_no_attempt_and_leaves_the_queues_empty(notifier: Notifier) -> None:
    notifier.sink.stop()
    with notifier.working():
        notifier.know()
        notifier.bus.say(alarm(), subject="restore-time")
        until(lambda: len(notifier.rows(why="try_again")) >= 1, 10)
        notifier.sink.start()
        rows = notifier.wait_for_state("sent", 3)
    assert {row["attempts"] for row in rows} == {0}
    assert len(notifier.sink.accepted) == 3


@contextmanager
def server_that(ends: str) -> Iterator[tuple[int, list[str]]]:  # noqa: C901  # a dialogue is its cases
    """A mail server that hangs up at DATA or after the message, or that refuses the sign-in.

    Its port, and the commands that it heard.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[str] = []

    def talk(peer: socket.socket) -> None:
        stream = peer.makefile("rwb")

        def say(line: bytes) -> None:
            stream.write(line + b"\r\n")
            stream.flush()

        say(b"220 hello")
        while line := stream.readline():
            word = line.decode().split()[0].upper()
            heard.append(word)
            if word == "EHLO":
                say(b"250-hello")
                say(b"250 AUTH PLAIN LOGIN")
            elif word == "AUTH":
                say(b"535 5.7.8 no")
            elif word == "DATA":
                say(b"354 go on")
                while stream.readline() != b".\r\n":
                    pass
                if ends == "after the message":
                    return
                say(b"250 taken")
            else:
                say(b"250 ok")

    def serve() -> None:
        with suppress(OSError):
            while True:
                peer, _ = listener.accept()
                with peer, suppress(OSError, IndexError):
                    talk(peer)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


WELCOME = Outgoing(
    id="a" * 64,
    kind=MailKind.INVITATION,
    to=Addressee(name="Fen", email="fen@example.com", locale="en", time_zone="UTC"),
    rendered=Rendered(subject="Welcome", text="text", html="<p>"),
    correlation_id="c0ffee00",
)


def a_post(port: int) -> SmtpPost:
    """Hands over to the mail server on this port."""
    server = SmtpServer("127.0.0.1", port, None, None, "none", 5)
    return SmtpPost(server, Sender("cairn@example.com"), partial(datetime.now, UTC))


def test_a_line_that_begins_with_a_dot_arrives_as_it_was(smtp_sink: SmtpSink) -> None:
    dotted = ".begins\n..twice\n" + "x" * 75 + ".\n.ends"
    post = a_post(smtp_sink.port)
    rendered = replace(WELCOME.rendered, text=dotted)
    assert post.deliver(replace(WELCOME, rendered=rendered), lambda: True).verdict is Verdict.SENT
    post.close()
    (accepted,) = smtp_sink.accepted
    assert accepted.text().splitlines() == dotted.splitlines()


ROSE = "ros\u00e9@b\u00fccher.example"


def rose(link: str = "http://localhost:8080/invitations/rose") -> AccountInvited:
    """An invitation to an address whose local part is beyond ASCII."""
    return invitation(person_id="rose", name="Rosé", email=ROSE, link=link)


def test_an_address_beyond_ascii_is_sent_to_where_the_server_can(notifier: Notifier) -> None:
    with notifier.working():
        notifier.bus.say(rose(), subject="rose")
        notifier.wait_for_state("sent")
        notifier.bus.say(invitation(), subject="new")
        notifier.wait_for_state("sent", 2)
    (mail,) = notifier.sink.to("ros\u00e9@xn--bcher-kva.example")
    head = mail.raw.partition(b"\r\n\r\n")[0].decode()
    assert "To: =?utf-8?b?Um9zw6k=?= <ros\u00e9@xn--bcher-kva.example>" in head
    assert "invitations/rose" in mail.text()


def test_an_address_beyond_ascii_fails_at_once_where_the_server_cannot(notifier: Notifier) -> None:
    """It was tried for a day, with a traceback each time."""
    notifier.sink.stop()
    notifier.sink.smtputf8 = False
    notifier.sink.start()
    with notifier.working(senders=1):
        notifier.bus.say(rose(), subject="rose")
        (row,) = notifier.wait_for_state("failed")
        assert (row["why"], row["attempts"]) == ("no_smtputf8", 0)
        assert "does not offer SMTPUTF8" in row["detail"]
        notifier.bus.say(invitation(), subject="new")
        notifier.bus.say(rose("http://localhost:8080/invitations/again"), subject="rose")
        notifier.wait_for_state("failed", 2)
        notifier.wait_for_state("sent")
    assert notifier.database["suppressions"].count_documents({}) == 0


def test_a_server_is_asked_in_the_conversation_that_is_open(smtp_sink: SmtpSink) -> None:
    post = a_post(smtp_sink.port)
    for email in ("fen@example.com", ROSE, "fen@example.com"):
        to = replace(WELCOME.to, email=email)
        assert post.deliver(replace(WELCOME, to=to), lambda: True).verdict is Verdict.SENT
    post.close()
    assert [mail.recipients for mail in smtp_sink.accepted][1] == ["ros\u00e9@xn--bcher-kva.example"]


def test_mail_to_a_domain_beyond_ascii_goes_to_its_a_label(smtp_sink: SmtpSink) -> None:
    smtp_sink.stop()
    smtp_sink.smtputf8 = False
    smtp_sink.start()
    post = a_post(smtp_sink.port)
    to = replace(WELCOME.to, email="fen@b\u00fccher.example")
    assert post.deliver(replace(WELCOME, to=to), lambda: True).verdict is Verdict.SENT
    post.close()
    (mail,) = smtp_sink.accepted
    assert mail.recipients == ["fen@xn--bcher-kva.example"]
    assert [address.addr_spec for address in mail.message["To"].addresses] == mail.recipients


def test_a_sender_that_lost_its_claim_takes_back_what_it_said_and_keeps_the_conversation() -> None:
    with server_that("takes all") as (port, heard):
        post = a_post(port)
        assert post.deliver(WELCOME, lambda: False).verdict is Verdict.CLAIM_LOST
        assert post.deliver(WELCOME, lambda: True).verdict is Verdict.SENT
        post.close()
    assert heard == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


def test_a_connection_lost_after_the_message_is_a_doubt_sent_once_more_and_then_left_alone(
    notifier: Notifier,
) -> None:
    with server_that("after the message") as (port, heard), notifier.working(smtp_port=port):
        notifier.bus.say(invitation(), subject="new")
        (row,) = notifier.wait_for_state("deferred")
        assert (row["why"], row["doubts"], row["attempts"]) == ("unknown_outcome", 1, 0)
        due_again(notifier)
        (row,) = notifier.wait_for_state("ambiguous")
    assert row["doubts"] == 2
    assert heard.count("DATA") == 2


def test_a_refused_sign_in_opens_the_circuit_and_spends_no_attempt(notifier: Notifier) -> None:
    with (
        server_that("never") as (port, heard),
        notifier.working(smtp_port=port, smtp_user="cairn", smtp_password="wrong", senders=1),
    ):
        notifier.bus.say(invitation(), subject="new")
        (row,) = until(lambda: notifier.rows(why="try_again"), 10)
    assert (row["state"], row["attempts"]) == ("pending", 0)
    assert row["detail"].startswith("535")
    assert "MAIL" not in heard


@pytest.mark.parametrize(("past_data", "doubts"), [(False, 0), (True, 1)])
def test_a_row_whose_sender_died_is_sent_by_another_and_doubted_only_if_the_message_was_on_its_way(
    notifier: Notifier, *, past_data: bool, doubts: int
) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with notifier.working(senders=1):
        notifier.sink.stop()
        notifier.bus.say(invitation(), subject="new")
        until(lambda: notifier.rows(why="try_again"), 10)
    died = {"state": "sending", "claim": "dead", "next_at": past, "data_at": past if past_data else None}
    notifier.database["ledger"].update_many({}, {"$set": died})
    notifier.sink.start()
    with notifier.working():
        (row,) = notifier.wait_for_state("sent")
    assert row["doubts"] == doubts


def test_a_row_left_past_data_twice_is_not_sent_a_third_time(notifier: Notifier) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with notifier.working(senders=1):
        notifier.sink.stop()
        notifier.bus.say(invitation(), subject="new")
        until(lambda: notifier.rows(why="try_again"), 10)
    notifier.database["ledger"].update_many(
        {}, {"$set": {"state": "sending", "claim": "dead", "next_at": past, "data_at": past, "doubts": 1}}
    )
    notifier.sink.start()
    with notifier.working():
        (row,) = notifier.wait_for_state("ambiguous")
    assert row["why"] == "unknown_outcome"
    assert notifier.sink.accepted == []


def test_ten_mails_take_one_conversation_with_the_server(notifier: Notifier) -> None:
    with server_that("never") as (port, heard), notifier.working(smtp_port=port, senders=1):
        for number in range(10):
            notifier.bus.say(invitation(link=f"http://localhost:8080/invitations/{number}"), subject="new")
        notifier.wait_for_state("sent", 10)
    assert heard.count("EHLO") <= 2
    assert heard.count("DATA") == 10


def test_what_one_types_into_a_title_or_name_cannot_become_a_header(notifier: Notifier) -> None:
    nasty = "Restore\r\nBcc: everyone@example.com\r\n\r\n<script>alert(1)</script>"
    with notifier.working():
        notifier.know()
        notifier.bus.say(alarm(title=nasty, note="</p><img src=x onerror=alert(1)>"), subject="restore-time")
        notifier.bus.say(
            invitation(name="Fen\r\nBcc: everyone@example.com", organisation_name="Evil\nBcc: x@example.com"),
            subject="new",
        )
        mails = notifier.sink.wait_for(4)
    for mail in mails:
        head, body = mail.raw.partition(b"\r\n\r\n")[0], mail.text("html")
        assert not any(line.lower().startswith(b"bcc") for line in head.split(b"\r\n"))
        assert mail.message["Bcc"] is None
        assert "<script" not in body
        assert "<img" not in body
        assert len(mail.recipients) == 1
