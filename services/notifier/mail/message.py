"""From a worded mail to the bytes on the wire.

Headers that machines need, and nothing that could be injected.

A mail is built some hundred times a second, so the library's slow half is spared where it has nothing to do:
what machines wrote stands in a header as it is, what mails share is encoded once, and of the structure of a
mail, which is always the same, nothing is left to compute.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_qp
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email

from libs.language.addresses import BadAddress, wire_address
from libs.language.isolation import CONTROLS as TURNING
from services.notifier.domain.kinds import TRANSACTIONAL
from services.notifier.domain.letters import Outgoing
from services.notifier.mail.figures import CONTROLS
from services.notifier.usecases.ports import Unsayable

_PLAIN: Final = re.compile(r"[ -~]*")
_READ: Final = frozenset({"From", "To", "Subject"})
# "=_" cannot stand in a quoted-printable body, so this parts every mail. Source: RFC 2045, section 6.7.
_STRUCTURE: Final = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="=_cairn"\r\n\r\n'
_PART: Final = (
    b'--=_cairn\r\nContent-Type: text/%b; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n"
)
_END: Final = b"--=_cairn--\r\n"
_REMEMBERED: Final = 4096
_LINES: Final = 1024
_WIDTH: Final = 78
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]{1,60}")
_LONGEST_NAME: Final = 120  # a word is never folded, and a line of more than 998 bytes is refused


class _Policy(EmailPolicy):
    """The library's own, but for headers that no person reads; those that are read are folded once.

    A header in plain ASCII that no person reads is neither parsed nor folded: what it says is a date, an id
    or an address that must not be broken, and far below the 998 characters that a line may have.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name not in _READ and type(value) is str and _PLAIN.fullmatch(value):
            return (name, value)
        return super().header_store_parse(name, value)

    def header_max_count(self, name: str) -> int | None:
        return _at_most(name)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name in {"From", "To"}:
            return _addressed(name, value)
        return _folded(name, value) if name in _READ else super().fold_binary(name, value)


_POLICY = _Policy(cte_type="7bit", max_line_length=_WIDTH, linesep="\r\n", refold_source="none")


@lru_cache(_REMEMBERED)
def _at_most(name: str) -> int | None:
    return EmailPolicy.header_max_count(_POLICY, name)


@lru_cache(_REMEMBERED)
def _folded(name: str, value: Any) -> bytes:
    return EmailPolicy.fold_binary(_POLICY, name, value)


@lru_cache(_REMEMBERED)
def _addressed(header: str, value: Any) -> bytes:
    """Write the header that says whom a mail comes from or goes to.

    The library loses the quotes of a long name when it folds it: what stood in them then is an address.
    So a name that needs quotes is encoded. The address stays as it is, also beyond ASCII (RFC 6532).
    """
    one = value.addresses[0]
    name = one.display_name
    if name and not _ATOMS.fullmatch(name):
        name = Header(name, "utf-8", header_name=header).encode(linesep="\r\n")
    address = f"<{one.addr_spec}>" if name else one.addr_spec
    last = name.rpartition("\r\n")[2]
    gap = "\r\n " if len(f"{header}: {last} {address}") > _WIDTH else " "
    return f"{header}: {name}{gap if name else ''}{address}\r\n".encode()


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
        try:
            self.address = wire_address(address)
        except BadAddress:
            self.address = ""
        if not self.address or not self.address.isascii() or not configured.isprintable():
            msg = "must be an address such as Cairn <cairn@example.org>"
            raise ValueError(msg)
        self.name = name or "Cairn"
        self.domain = self.address.rpartition("@")[2]


@lru_cache(_REMEMBERED)
def recipient_address(email: str) -> str:
    """Return the address in the form for the envelope, its domain in ASCII.

    What stands before the @ may be beyond ASCII: then the mail server must offer SMTPUTF8.

    Raises:
        Unsayable: it is no address.
    """
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
        return wire_address(email)
    except (EmailNotValidError, BadAddress) as error:
        msg = f"address: {error}"
        raise Unsayable(msg) from error


def build_message(outgoing: Outgoing, sender: Sender, now: datetime) -> bytes:
    """The message as it goes over the wire, ready but for the dots that SMTP doubles.

    Text and HTML, one recipient, an id that is the same whenever this mail is built.

    Raises:
        Unsayable: a header would hold a control character, or the address is none.
    """
    # Most lines of a mail are those of its neighbours; those of a mail with a secret in it are not kept.
    encode = _line if outgoing.kind in TRANSACTIONAL else _shared_line
    bodies = ((b"plain", outgoing.rendered.text), (b"html", outgoing.rendered.html))
    parts = [
        _PART % (subtype, b"\r\n".join([encode(line) for line in body.split("\n")]))
        for subtype, body in bodies
    ]
    return b"".join([_head(outgoing, sender, now), _STRUCTURE, *parts, _END])


def _head(outgoing: Outgoing, sender: Sender, now: datetime) -> bytes:
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = _author(sender.name, sender.address)
        message["To"] = _to(outgoing.to.name, recipient_address(outgoing.to.email))
        for name, value in _headers(outgoing, sender, now).items():
            if CONTROLS.search(value):
                msg = f"{name} holds a control character"
                raise Unsayable(msg)
            message[name] = _header(name, _undecodable(value)) if name in _READ else _undecodable(value)
    except ValueError as error:
        msg = f"headers: {error}"
        raise Unsayable(msg) from error
    return message.as_bytes().removesuffix(b"\r\n")  # without the empty line that ends it: more follows


def _line(text: str) -> bytes:
    return b"\r\n".join(b2a_qp(text.encode()).splitlines())


_shared_line = lru_cache(_LINES)(_line)


@lru_cache(_REMEMBERED)
def _author(name: str, address: str) -> Any:
    return _POLICY.header_factory("From", Address(name, addr_spec=address))


@lru_cache(_REMEMBERED)
def _to(name: str, address: str) -> Any:
    plain = "".join(sign for sign in CONTROLS.sub(" ", name) if sign not in TURNING)
    local, _, domain = address.rpartition("@")
    return _POLICY.header_factory(
        "To", Address(_undecodable(plain.strip()[:_LONGEST_NAME]), username=local, domain=domain)
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
