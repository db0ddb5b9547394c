"""The development mailbox, as people and tests use it."""

import http.client
import json
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from deploy.native.roles import answers_ready
from deploy.native.servers import LOOPBACK, free_port
from tests.fixtures.waiting import until

ROOT = Path(__file__).parents[3]


class Mailbox:
    """A running mailbox, seen from outside."""

    def __init__(self, smtp: int, http_port: int) -> None:
        self.smtp, self.http = smtp, http_port

    def send(self, to: str, subject: str) -> None:
        """A mail with both bodies has been accepted."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Cairn <cairn@example.com>", to, subject
        message["Message-ID"] = "<stone@example.com>"
        message["List-Unsubscribe"] = "<http://localhost:8080/unsubscribe?token=x>"
        message.set_content("Three stones laid.")
        message.add_alternative("<h1>Three stones laid</h1>", subtype="html")
        with smtplib.SMTP(LOOPBACK, self.smtp) as client:
            client.send_message(message)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of one request."""
        connection = http.client.HTTPConnection(LOOPBACK, self.http, timeout=10)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        answer = response.status, response.read(), dict(response.headers)
        connection.close()
        return answer

    def json(self, path: str) -> Any:
        """The JSON at that path."""
        return json.loads(self.ask("GET", path)[1])


@contextmanager
def running(folder: Path) -> Iterator[Mailbox]:
    """A mailbox runs inside the block."""
    mailbox = Mailbox(free_port(), free_port())
    command = [
        *(sys.executable, "-m", "deploy.native.mailbox", "--folder", str(folder)),
        *("--smtp", f"{LOOPBACK}:{mailbox.smtp}", "--http", f"{LOOPBACK}:{mailbox.http}"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers_ready(f"http://{LOOPBACK}:{mailbox.http}"), 20, "the mailbox answers")
        yield mailbox
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with running(tmp_path) as one:
        yield one


def test_a_mail_is_listed_as_mailpit_lists_it(mailbox: Mailbox) -> None:
    mailbox.send("Ada Lovelace <ada@example.com>", "Größer als erwartet")
    listed = mailbox.json("/api/v1/messages")
    assert (listed["total"], listed["messages_count"], listed["start"]) == (1, 1, 0)
    mail = listed["messages"][0]
    assert mail["Subject"] == "Größer als erwartet"
    assert mail["To"] == [{"Name": "Ada Lovelace", "Address": "ada@example.com"}]
    assert mail["From"] == {"Name": "Cairn", "Address": "cairn@example.com"}
    assert mail["MessageID"] == "stone@example.com"
    assert mail["Snippet"] == "Three stones laid."


def test_one_mail_shows_its_bodies_headers_and_source(mailbox: Mailbox) -> None:
    mailbox.send("ada@example.com", "Stones")
    mail = mailbox.json("/api/v1/message/latest")
    assert (mail["Text"].strip(), mail["HTML"].strip()) == (
        "Three stones laid.",
        "<h1>Three stones laid</h1>",
    )
    assert mail["ListUnsubscribe"]["Links"] == ["http://localhost:8080/unsubscribe?token=x"]
    assert mailbox.json(f"/api/v1/message/{mail['ID']}/headers")["Subject"] == ["Stones"]
    assert b"Subject: Stones" in mailbox.ask("GET", f"/api/v1/message/{mail['ID']}/raw")[1]


def test_mails_are_newest_first_and_come_in_pages(mailbox: Mailbox) -> None:
    for number in range(3):
        mailbox.send("ada@example.com", f"Stone {number}")
    page = mailbox.json("/api/v1/messages?start=1&limit=1")
    assert [mail["Subject"] for mail in page["messages"]] == ["Stone 1"]
    assert page["total"] == 3


def test_mails_can_be_searched_by_recipient_and_by_words(mailbox: Mailbox) -> None:
    mailbox.send("ada@example.com", "Stone one")
    mailbox.send("bob@example.com", "Stone two")
    found = mailbox.json("/api/v1/search?query=to:bob+stone")
    assert [mail["Subject"] for mail in found["messages"]] == ["Stone two"]


def test_deleting_takes_the_named_mails_or_all(mailbox: Mailbox) -> None:
    for number in range(3):
        mailbox.send("ada@example.com", f"Stone {number}")
    newest = mailbox.json("/api/v1/message/latest")["ID"]
    assert mailbox.ask("DELETE", "/api/v1/messages", {"IDs": [newest]})[0] == 200
    assert mailbox.json("/api/v1/messages")["total"] == 2
    mailbox.ask("DELETE", "/api/v1/messages")
    assert mailbox.json("/api/v1/messages")["total"] == 0


def test_a_restart_loses_no_mail(tmp_path: Path) -> None:
    with running(tmp_path) as before:
        before.send("ada@example.com", "Stone")
        sent = before.json("/api/v1/message/latest")
    with running(tmp_path) as after:
        assert after.json("/api/v1/message/latest") | {"Date": sent["Date"]} == sent


def test_a_mail_can_show_itself_but_run_nothing(mailbox: Mailbox) -> None:
    mailbox.send("ada@example.com", "Stone")
    shown = mailbox.json("/api/v1/message/latest")["ID"]
    status, body, headers = mailbox.ask("GET", f"/view/{shown}.html")
    assert (status, b"<h1>Three stones laid</h1>" in body) == (200, True)
    assert headers["Content-Security-Policy"].startswith("sandbox allow-popups")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1/message/nothing", "/view/nothing.html", "/api/v1/message/../x"]
)
def test_what_is_not_there_is_a_404_in_json(mailbox: Mailbox, path: str) -> None:
    status, body, _ = mailbox.ask("GET", path)
    assert (status, "Error" in json.loads(body)) == (404, True)


def test_a_broken_request_is_refused(mailbox: Mailbox) -> None:
    assert mailbox.ask("DELETE", "/api/v1/messages", ["x"])[0] == 400
