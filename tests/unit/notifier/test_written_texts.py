"""Whatever people write, in every mail: it turns nothing beside it, keeps its joiners, makes no header."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from libs.language.isolation import CONTROLS, balanced, turns
from services.notifier.domain.facts import Note
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.letters import Letter, Outgoing
from services.notifier.mail.message import Sender, build_message
from services.notifier.mail.rendering import TemplateWording
from tests.unit.notifier import examples

WORDING = TemplateWording()
WRITTEN = frozenset(
    {"title", "organisation_name", "invited_by_name", "team_name", "objective_title", "unit", "text"}
)
FAMILY, PERSIAN = "👨\u200d👩\u200d👧", "می\u200cخواهم"
SIGNS = st.sampled_from(
    [*sorted(CONTROLS), "a", "B", "1", " ", "א", "ش", "\n", "\r", "\u2028", "\x85", "=?", "<", '"', "&"]
)
TEXTS = st.lists(
    SIGNS | st.sampled_from([FAMILY, PERSIAN, "=?utf-8?q?=0D=0ABcc:_x@evil.example?="]), max_size=12
)
AT = datetime(2031, 11, 11, 9, tzinfo=UTC)


def saying(thing: Any, text: str, name: str = "") -> Any:
    """The letter with this text wherever people write."""
    if name == "names":
        return dict.fromkeys(thing, f"N{text}")
    if isinstance(thing, str):
        return text if name in WRITTEN and thing else thing
    if isinstance(thing, tuple):
        return tuple(saying(each, text) for each in thing)
    if (
        is_dataclass(thing)
        and not isinstance(thing, type)
        and (name in {"", "facts", "note"} or isinstance(thing, Note))
    ):
        return replace(
            thing, **{each.name: saying(getattr(thing, each.name), text, each.name) for each in fields(thing)}
        )
    return thing


def letter_of(kind: MailKind, text: str) -> Letter:
    """A letter of this kind that says the text."""
    said: Letter = saying(examples.LETTERS[kind], text)
    return said


def received(letter: Letter) -> EmailMessage:
    """What a mail program makes of the letter."""
    outgoing = Outgoing(
        id="a" * 64,
        kind=letter.kind,
        to=replace(letter.to, name=letter.organisation_name or "Fen"),
        rendered=WORDING.word(letter),
        correlation_id="c0ffee00",
    )
    message = message_from_bytes(
        build_message(outgoing, Sender("Cairn <cairn@example.com>"), AT), policy=default
    )
    assert isinstance(message, EmailMessage)
    return message


def outside(text: str) -> str:
    """What stands in no isolate."""
    before = ""
    while before != text:
        before, text = text, re.sub("[\u2066-\u2068][^\u2066-\u2069]*\u2069", "", text)
    return text


@pytest.mark.parametrize("kind", MailKind)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(signs=TEXTS)
@example(signs=["\u202e", "evil", "\u2069", "\u2069", "\u2067"])
@example(signs=["שלום\n", "\u202eb\n", "c"])
def test_no_text_turns_what_stands_beside_it(kind: MailKind, signs: list[str]) -> None:
    message = received(letter_of(kind, "".join(signs)))
    plain, markup = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert markup is not None
    nodes = [unescape(node) for node in re.split(r"<[^>]*>", markup.get_content())]
    for shown in (str(message["Subject"]), *plain.get_content().splitlines(), *nodes):
        assert balanced(shown) == shown
    for shown in (str(message["Subject"]), *nodes):
        assert not turns(outside(shown)), ascii(shown)


@pytest.mark.parametrize("kind", MailKind)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(signs=TEXTS)
def test_no_text_becomes_a_header(kind: MailKind, signs: list[str]) -> None:
    message = received(letter_of(kind, "".join(signs)))
    assert message["Bcc"] is None
    for name in ("From", "To", "Subject"):
        assert len(message.get_all(name, [])) == 1
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", str(message[name]))
    assert [address.addr_spec for address in message["To"].addresses] == [examples.ODO.email]


@pytest.mark.parametrize("kind", [MailKind.AT_RISK, MailKind.CELEBRATION, MailKind.INVITATION])
@pytest.mark.parametrize("text", [FAMILY, PERSIAN])
def test_joiners_survive_in_subject_and_bodies(kind: MailKind, text: str) -> None:
    """A family fell apart into its members, and Persian words into pieces."""
    message = received(letter_of(kind, text))
    plain, markup = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert markup is not None
    assert text in str(message["Subject"])
    assert text in plain.get_content()
    assert text in markup.get_content()
    assert str(message["To"]).startswith(text)


def test_the_lines_of_a_note_stay_lines() -> None:
    assert examples.RESTORE.note is not None
    note = replace(examples.RESTORE.note, text="First <line>.\n\nSecond line.\r\nThird.\n")
    rendered = WORDING.word(replace(examples.AT_RISK, facts=(replace(examples.RESTORE, note=note),)))
    assert "First &lt;line&gt;.<br><br>Second line.<br>Third.</p>" in rendered.html
    assert "First <line>.\n\nSecond line.\nThird." in rendered.text
