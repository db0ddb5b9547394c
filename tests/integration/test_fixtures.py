"""The ground that integration tests stand on."""

import smtplib
from email.message import EmailMessage
from typing import Any

import pika
import pytest
from pymongo.database import Database

from tests.fixtures.mail import SmtpSink
from tests.fixtures.waiting import WaitUntil


def letter(recipient: str) -> EmailMessage:
    """A small message for that address."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "cairn@example.com", recipient, "Stone laid"
    message.set_content("One more stone on the cairn.")
    return message


def test_the_database_of_a_test_knows_transactions(database: Database[dict[str, Any]]) -> None:
    with database.client.start_session() as session, session.start_transaction():
        database["stones"].insert_one({"_id": 1}, session=session)
    assert database["stones"].count_documents({}) == 1


def test_the_virtual_host_of_a_test_takes_quorum_queues(amqp_url: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    declared = channel.queue_declare("stones", durable=True, arguments={"x-queue-type": "quorum"})
    assert declared.method.queue == "stones"
    connection.close()


def test_the_mail_server_records_what_it_accepts(smtp_sink: SmtpSink) -> None:
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as client:
        client.send_message(letter("ada@example.com"))
    assert smtp_sink.wait_for(1)[0].text().strip() == "One more stone on the cairn."
    assert len(smtp_sink.to("Ada@example.com")) == 1


def test_the_mail_server_refuses_what_it_is_told_to(smtp_sink: SmtpSink) -> None:
    smtp_sink.script("451 4.3.0 later")
    smtp_sink.refuse("nobody@example.com")
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as client:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            client.send_message(letter("ada@example.com"))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(letter("nobody@example.com"))
        client.send_message(letter("ada@example.com"))
    assert [len(smtp_sink.accepted), smtp_sink.attempts] == [1, 2]


def test_waiting_gives_up_at_the_deadline(wait_until: WaitUntil) -> None:
    with pytest.raises(pytest.fail.Exception, match="a stone that is never laid"):
        wait_until(lambda: None, deadline=0.02, because="a stone that is never laid")
