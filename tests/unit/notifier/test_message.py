"""The bytes that leave: headers, and what cannot get into them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest

from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee, Rendered
from services.notifier.domain.letters import Outgoing
from services.notifier.mail.message import Sender, build_message, recipient_address
from services.notifier.usecases.ports import Unsayable

SENDER = Sender("Cairn <cairn@example.com>")
AT = datetime(2031, 11, 11, 9, tzinfo=UTC)
OUTGOING = Outgoing(
    id="a" * 64,
    kind=MailKind.AT_RISK,
    to=Addressee(name="Jun Alder", email="jun@example.com", locale="en", time_zone="UTC"),
    rendered=Rendered(subject="At risk: Größe", text="Text – 26\u00a0%\n", html="<p>HTML – 26&nbsp;%</p>"),
    correlation_id="c0ffee00",
    thread="trust",
    stop_url="https://cairn.example.com/unsubscribe?token=abc.def",
)


def received(outgoing: Outgoing = OUTGOING) -> EmailMessage:
    """What a mail program makes of the bytes."""
    message = message_from_bytes(build_message(outgoing, SENDER, AT), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_bytes_are_plain_ascii_with_short_lines() -> None:
    raw = build_message(OUTGOING, SENDER, AT)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", [MailKind.AT_RISK, MailKind.INVITATION])
def test_whatever_a_body_holds_arrives_and_no_line_of_it_is_too_long(kind: MailKind) -> None:
    body = "\n".join(
        [
            ".",
            "..",
            ". begins with a dot",
            "ends in spaces  ",
            "in a tab\t",
            "=3D",
            "",
            "é" * 200,
            "x" * 75 + " ",
            "x" * 76,
            "y" * 75 + ".",
            "--=_cairn--",
            "From here",
            "",
        ]
    )
    outgoing = replace(OUTGOING, kind=kind, rendered=Rendered(subject="s", text=body, html=body[::-1]))
    raw = build_message(outgoing, SENDER, AT)
    assert raw.isascii()
    assert max(len(line) for line in raw.partition(b"--=_cairn")[2].split(b"\r\n")) <= 76
    message = received(outgoing)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    # The last line break belongs to the boundary. Source: RFC 2046, section 5.1.1.
    assert plain.get_payload(decode=True).decode().replace("\r\n", "\n") == body  # type: ignore[union-attr]
    assert html.get_payload(decode=True).decode().replace("\r\n", "\n") == body[::-1]  # type: ignore[union-attr]


def test_text_and_html_arrive_as_they_were() -> None:
    message = received()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == "Text – 26\u00a0%"
    assert html.get_content().strip() == "<p>HTML – 26&nbsp;%</p>"
    assert message["Subject"] == "At risk: Größe"


def test_the_same_mail_has_the_same_id_and_mails_of_one_objective_share_a_thread() -> None:
    assert received()["Message-ID"] == received()["Message-ID"] == f"<{'a' * 32}@example.com>"
    other = received(replace(OUTGOING, id="b" * 64))
    assert other["Message-ID"] != received()["Message-ID"]
    assert other["References"] == received()["References"]


def test_what_can_be_stopped_says_how_in_one_click_and_the_rest_does_not() -> None:
    message = received()
    assert message["List-Unsubscribe"] == "<https://cairn.example.com/unsubscribe?token=abc.def>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "Cairn at risk <at-risk.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    transactional = received(replace(OUTGOING, stop_url=None, thread=None))
    assert "List-Unsubscribe" not in transactional
    assert "References" not in transactional


@pytest.mark.parametrize("nasty", ["a\r\nBcc: x@example.com", "a\nb", "a\x00b", "a\x1bb"])
def test_a_control_character_in_a_header_is_refused(nasty: str) -> None:
    with pytest.raises(Unsayable):
        build_message(replace(OUTGOING, rendered=replace(OUTGOING.rendered, subject=nasty)), SENDER, AT)


def test_a_name_with_quotes_commas_and_line_breaks_stays_one_recipient() -> None:
    to = replace(OUTGOING.to, name='Alder, "Jun"\r\nBcc: x@example.com <y@example.com>')
    message = received(replace(OUTGOING, to=to))
    assert [address.addr_spec for address in message["To"].addresses] == ["jun@example.com"]
    assert "Bcc" not in message


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?q?=0D=0ABcc:_x@evil.example?=",
        "=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
        "=?UTF-8?Q?=0ASubject:_You_won?= and on",
        "==??utf-8?q?=0D=0ABcc:_x@evil.example?=",
    ],
)
def test_an_encoded_word_that_somebody_typed_is_never_decoded_into_a_header(word: str) -> None:
    outgoing = replace(
        OUTGOING,
        rendered=replace(OUTGOING.rendered, subject=f"At risk: {word}"),
        to=replace(OUTGOING.to, name=word),
    )
    head = build_message(outgoing, SENDER, AT).split(b"\r\n\r\n", 1)[0].lower()
    assert b"\nbcc:" not in head
    assert head.count(b"\nsubject:") == 1
    assert str(received(outgoing)["Subject"]).startswith("At risk: =")


@pytest.mark.parametrize(
    "name",
    [
        "x@evil.example, y" * 6,
        "=?utf-8?q?=0D=0ABcc:_x@evil.example?==?utf-8?q?=0D=0ABcc:_x@evil.example?=",
        "Alder; Jun (x@evil.example) <" + "y" * 80,
        '"' * 70,
        "شركة " * 20,
        "a" * 119,
        "",
    ],
)
def test_a_long_name_stays_the_name_of_one_recipient(name: str) -> None:
    """The library drops the quotes of a name when it folds it, and what was quoted is an address."""
    raw = build_message(replace(OUTGOING, to=replace(OUTGOING.to, name=name)), SENDER, AT)
    message = message_from_bytes(raw, policy=default)
    assert [address.addr_spec for address in message["To"].addresses] == ["jun@example.com"]
    written = str(make_header(decode_header(message_from_bytes(raw)["To"])))
    assert written.rpartition("jun@example.com")[0].rstrip("< ") == name.replace("=?", "= ?").strip()[:120]
    assert max(len(line) for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")) <= 160


@pytest.mark.parametrize(
    "nasty", ["", "jun", "jun@", "a@b@c", "jun@example.com\r\nRCPT TO:<x@example.com>", "a b@c.de"]
)
def test_what_is_no_address_is_refused(nasty: str) -> None:
    with pytest.raises(Unsayable):
        recipient_address(nasty)


def test_a_domain_beyond_ascii_goes_out_in_its_ascii_form() -> None:
    assert recipient_address("jun@bücher.example") == "jun@xn--bcher-kva.example"


def test_a_local_part_beyond_ascii_stands_in_the_header_as_it_is() -> None:
    """No encoded word may stand in an address (RFC 2047, section 5)."""
    to = replace(OUTGOING.to, name="Rosé", email="rose\u0301@bücher.example")
    head = build_message(replace(OUTGOING, to=to), SENDER, AT).partition(b"\r\n\r\n")[0].decode()
    assert "To: =?utf-8?b?Um9zw6k=?= <rosé@xn--bcher-kva.example>\r\n" in head


def test_a_sender_writes_from_the_a_label_of_its_domain() -> None:
    assert Sender("Cairn <cairn@bücher.example>").address == "cairn@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "nasty", ["", "Cairn", "rosé@example.com", "Cairn <cairn>", "Cairn\r\nBcc: x <cairn@example.com>"]
)
def test_a_sender_that_is_no_address_is_refused_at_start(nasty: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        Sender(nasty)
