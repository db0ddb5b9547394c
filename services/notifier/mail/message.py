"""From a worded mail to the bytes on the wire.

Headers that machines need, and nothing that could be injected.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from email_validator import EmailNotValidError, validate_email

from services.notifier.domain.letters import Outgoing
from services.notifier.usecases.ports import Unsayable

_POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)


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
        message["From"] = Address(sender.name, addr_spec=sender.address)
        message["To"] = _to(outgoing)
        for name, value in _headers(outgoing, sender, now).items():
            if not value.isprintable():
                msg = f"{name} holds a control character"
                raise Unsayable(msg)
            message[name] = value
        message.set_content(outgoing.rendered.text, cte="quoted-printable")
        message.add_alternative(outgoing.rendered.html, subtype="html", cte="quoted-printable")
    except ValueError as error:
        msg = f"headers: {error}"
        raise Unsayable(msg) from error
    return message


def _to(outgoing: Outgoing) -> Address:
    address = recipient_address(outgoing.to.email)
    name = "".join(character if character.isprintable() else " " for character in outgoing.to.name)
    local, _, domain = address.rpartition("@")
    return Address(name.strip(), username=local, domain=domain)


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
