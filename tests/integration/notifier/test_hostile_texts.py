"""Names, titles and notes that try to be a header, a script or another, judged by the bytes received."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from libs.contracts import checkins, gateway
from libs.language.isolation import isolated
from tests.fixtures.mail import Accepted
from tests.fixtures.waiting import until
from tests.integration.notifier.conftest import (
    KEY_RESULT,
    OBJECTIVE,
    TEAM,
    Notifier,
    alarm,
    invitation,
    person,
    standing,
)

HOSTILE = {
    "a line break and a header": "Jun\r\nBcc: x@evil.example\r\nX-Evil: yes",
    "a bare line feed": "Jun\nSubject: You won",
    "the end of the headers": "Jun\r\n\r\n<h1>Another mail</h1>",
    "the end of the mail": "Jun\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<x@evil.example>",
    "a script": "<script src=//evil.example></script><img src=x onerror=alert(1)>",
    "an attribute": "\" onmouseover=alert(1) style='x' x=\"",
    "a template": "{{ 7 * 7 }}{% for x in ().__class__.__mro__ %}x{% endfor %}",
    "an encoded word": "=?utf-8?q?=0D=0ABcc:_x@evil.example?=",
    "an encoded word of line breaks": "=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "bidi controls": "Jun \u202eelpmaxe.live\u202c \u2066x\u2069",
    "a null, an escape and a separator": "Jun\x00\x1b[31m\u2028Bcc: x@evil.example\x85",
    "another recipient": 'Jun" <x@evil.example>, "y',
    "a very long word": "x" * 5000,
    "a family and a right-to-left mark": "👨‍👩‍👧 \u200fشركة",
}
ONCE = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted")
KNOWN = {
    *ONCE,
    "x-auto-response-suppress",
    "list-id",
    "x-correlation-id",
    "references",
    "in-reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
}
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def headers_on_the_wire(mail: Accepted) -> list[tuple[str, str]]:
    """Names and values as the bytes say them, before anybody is kind to them."""
    head = mail.raw.split(b"\r\n\r\n", 1)[0].decode("ascii")
    unfolded = re.sub(r"\r\n[ \t]", " ", head)
    found = [line.partition(":") for line in unfolded.split("\r\n")]
    return [(name.lower(), value.strip()) for name, _, value in found]


def judge(mail: Accepted) -> None:
    """One mail to one person, with our headers alone, and markup that does nothing."""
    assert mail.raw.isascii()
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    headers = headers_on_the_wire(mail)
    assert {name for name, _ in headers} <= KNOWN, headers
    assert [name for name in ONCE if [each for each, _ in headers].count(name) != 1] == []
    message: EmailMessage = mail.message
    assert len(mail.recipients) == 1
    assert [address.addr_spec for address in message["To"].addresses] == mail.recipients
    assert [address.addr_spec for address in message["From"].addresses] == ["cairn@localhost.localdomain"]
    for name in ("Subject", "To", "From"):
        value = str(message[name])
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", value), (name, value)
        assert name != "Subject" or isolated(value) == value, "nothing in it turns what stands beside it"
        assert name == "Subject" or not BIDI.search(value), (name, value)
    markup = mail.text("html")
    assert not re.search(
        r"<(script|iframe|object|embed|svg|form|input|link|base|img)\b", markup, re.IGNORECASE
    )
    assert not re.search(r"<[^>]*\son\w+\s*=", markup, re.IGNORECASE)
    assert "javascript:" not in markup.lower()
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', markup)
    assert addresses
    assert all(address.startswith("http://localhost:8080/") for address in addresses), addresses
    assert "49" not in str(message["Subject"]), "a text is no template"


def know(notifier: Notifier, number: int, text: str) -> None:
    """A person, a team, an objective and a key result of this name."""
    say = notifier.bus.say
    named: dict[str, Any] = {"owner_id": f"p{number}", "team_id": f"t{number}", "objective_id": f"o{number}"}
    say(replace(person(f"p{number}"), name=text), subject=f"p{number}")
    say(
        replace(TEAM, team_id=f"t{number}", name=text, lead_id=f"p{number}", member_ids=()),
        subject=f"t{number}",
    )
    say(replace(OBJECTIVE, **named, title=text, follower_ids=()), subject=f"o{number}")
    say(
        replace(
            KEY_RESULT,
            **named,
            key_result_id=f"k{number}",
            title=text,
            objective_title=text,
            objective_owner_id=f"p{number}",
        ),
        subject=f"k{number}",
    )
    notifier.wait_for_copy("key_results", f"k{number}")
    notifier.wait_for_copy("people", f"p{number}")


def mails_about(number: int, text: str) -> Iterator[tuple[str, Any]]:
    """An alert, a celebration, an invitation and a reset that say the text wherever they can."""
    about: dict[str, Any] = {
        "key_result_id": f"k{number}",
        "objective_id": f"o{number}",
        "owner_id": f"p{number}",
        "team_id": f"t{number}",
        "author_id": f"p{number}",
        "title": text,
        "note": text,
        "unit": text[:40],
    }
    yield f"k{number}", alarm(**about)
    done = standing("achieved", seq=8, progress=1.0, raw_progress=1.0, current=30.0)
    yield f"k{number}", alarm(checkins.KeyResultAchieved, **about, standing=done)
    account = {
        "person_id": f"p{number}",
        "email": f"p{number}@example.com",
        "name": text,
        "locale": text[:10],
    }
    yield (
        f"p{number}",
        invitation(**account, time_zone=text[:20], organisation_name=text, invited_by_name=text),
    )
    yield (
        f"p{number}",
        gateway.PasswordResetRequested(
            **account,
            time_zone=text[:20],
            link="http://localhost:8080/password/s3cret-k3y",
            expires_at=invitation().expires_at,
        ),
    )


def test_whatever_people_write_a_mail_stays_one_mail_to_one_person(notifier: Notifier) -> None:
    """Each text stands for a person, their team, their objective, their key result and their note."""
    with notifier.working():
        for number, text in enumerate(HOSTILE.values()):
            know(notifier, number, text)
            for subject, payload in mails_about(number, text):
                notifier.bus.say(payload, subject=subject)
        until(lambda: settled(notifier) == 4 * len(HOSTILE), 60, "every mail is settled")
    assert [(row["kind"], row["why"], row["detail"]) for row in notifier.rows(state="failed")] == []
    assert {str(mail.message["Auto-Submitted"]) for mail in notifier.sink.accepted} == {"auto-generated"}
    for number, text in enumerate(HOSTILE.values()):
        received = notifier.sink.to(f"p{number}@example.com")
        assert len(received) >= 3, text
        for mail in received:
            judge(mail)


def settled(notifier: Notifier) -> int:
    """How many mails are no longer owed, once none is owed any more."""
    rows = notifier.rows()
    return 0 if any("next_at" in row for row in rows) else len(rows)
