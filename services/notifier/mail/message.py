"""From a worded mail to the bytes on the wire.

Headers that machines need, and nothing that could be injected.

A mail is built some hundred times a second, so the library's slow half is spared where it has nothing to do:
what machines wrote stands in a header as it is, bodies are encoded by the standard library's C, and addresses
are taken apart once.
"""

from __future__ import annotations

import hashlib
import quopri
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email

from services.notifier.domain.letters import Outgoing
from services.notifier.usecases.ports import Unsayable

_PLAIN: Final = re.compile(r"[ -~]*")
_SHARED: Final = frozenset({"From", "To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
_PARSED: Final = _SHARED | {"Subject"}
# "=_" cannot stand in a quoted-printable body, so this parts every mail. Source: RFC 2045, section 6.7.
_BOUNDARY: Final = "=_cairn"
_REMEMBERED: Final = 4096
_LONGEST_NAME: Final = 120  # a word is never folded, and a line of more than 998 bytes is refused


class _Policy(EmailPolicy):
    """The library's own, but for headers that no person reads and for those that mails share.

    A header in plain ASCII that no person reads is neither parsed nor folded: what it says is a date, an id
    or an address that must not be broken, and far below the 998 characters that a line may have.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name not in _PARSED and type(value) is str and _PLAIN.fullmatch(value):
            return (name, value)
        return super().header_store_parse(name, value)

    def header_max_count(self, name: str) -> int | None:
        return _at_most(name)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return _folded(name, value) if name in _SHARED else super().fold_binary(name, value)


_POLICY = _Policy(cte_type="7bit", max_line_length=78, linesep="\r\n", refold_source="none")


@lru_cache(_REMEMBERED)
def _at_most(name: str) -> int | None:
    return EmailPolicy.header_max_count(_POLICY, name)


@lru_cache(_REMEMBERED)
def _folded(name: str, value: Any) -> bytes:
    return EmailPolicy.fold_binary(_POLICY, name, value)


@lru_cache(_REMEMBERED)
def _header(name: str, value: Any) -> Any:
    return _POLICY.header_factory(name, value)


class Sender:
    """Whom mails come from: ``Cairn <cairn@example.org>``; the domain names messages, threads and lists."""

    def __init__(self, configured: str) -> None:
        """Read from the setting.

        Raises:
            ValueError: it is no address.
        """
        name, address = parseaddr(configured)
        if "@" not in address or not configured.isprintable():
            msg = "must be an address such as Cairn <cairn@example.org>"
            raise ValueError(msg)
        self.name = name or "Cairn"
        self.address = address
        self.domain = address.rpartition("@")[2]


@lru_cache(_REMEMBERED)
def recipient_address(email: str) -> str:
    """The address in the form for the envelope, its domain in ASCII.

    Raises:
        Unsayable: it is no address.
    """
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        msg = f"address: {error}"
        raise Unsayable(msg) from error
    return checked.ascii_email or f"{checked.local_part}@{checked.ascii_domain}"


def build_message(outgoing: Outgoing, sender: Sender, now: datetime) -> EmailMessage:
    """The message: text and HTML, one recipient, an id that is the same whenever this mail is built.

    Raises:
        Unsayable: a header would hold a control character, or the address is none.
    """
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = _author(sender.name, sender.address)
        message["To"] = _to(outgoing.to.name, recipient_address(outgoing.to.email))
        for name, value in _headers(outgoing, sender, now).items():
            if not value.isprintable():
                msg = f"{name} holds a control character"
                raise Unsayable(msg)
            message[name] = _undecodable(value)
        message["MIME-Version"] = _header("MIME-Version", "1.0")
        message["Content-Type"] = _header("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"')
        message.attach(_body("plain", outgoing.rendered.text))
        message.attach(_body("html", outgoing.rendered.html))
    except ValueError as error:
        msg = f"headers: {error}"
        raise Unsayable(msg) from error
    return message


def _body(subtype: str, text: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = _header("Content-Type", f'text/{subtype}; charset="utf-8"')
    part["Content-Transfer-Encoding"] = _header("Content-Transfer-Encoding", "quoted-printable")
    part.set_payload(quopri.encodestring(text.encode()).decode("ascii"))
    return part


@lru_cache(_REMEMBERED)
def _author(name: str, address: str) -> Any:
    return _POLICY.header_factory("From", Address(name, addr_spec=address))


@lru_cache(_REMEMBERED)
def _to(name: str, address: str) -> Any:
    printable = "".join(character if character.isprintable() else " " for character in name)
    local, _, domain = address.rpartition("@")
    return _POLICY.header_factory(
        "To", Address(_undecodable(printable.strip()[:_LONGEST_NAME]), username=local, domain=domain)
    )


def _undecodable(value: str) -> str:
    """The text without what begins an encoded word (RFC 2047).

    Python's e-mail package decodes one that stands in a value, line breaks in it included, and writes them
    out as they are: `=?utf-8?q?=0D=0ABcc:...?=` in somebody's title became a header of its own.
    """
    return value.replace("=?", "= ?")


def _headers(outgoing: Outgoing, sender: Sender, now: datetime) -> dict[str, str]:
    kind = outgoing.kind.replace("_", " ")
    headers = {
        "Subject": outgoing.rendered.subject,
        "Date": format_datetime(now),
        "Message-ID": f"<{outgoing.id[:32]}@{sender.domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"Cairn {kind} <{kind.replace(' ', '-')}.{sender.domain}>",
        "X-Correlation-Id": outgoing.correlation_id,
    }
    if outgoing.thread is not None:
        thread = hashlib.sha256(outgoing.thread.encode()).hexdigest()[:32]
        headers["References"] = headers["In-Reply-To"] = f"<objective.{thread}@{sender.domain}>"
    if outgoing.stop_url is not None:
        headers["List-Unsubscribe"] = f"<{outgoing.stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
