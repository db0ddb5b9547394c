"""Mails on disk, one `.eml` file each, and what is known of them in memory."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from uuid_utils import compat as ids

SNIPPET: Final = 200
ENVELOPE: Final = ("X-Envelope-From", "X-Envelope-To")


@dataclass(frozen=True)
class Mail:
    """One received mail, as Mailpit's API describes it."""

    id: str
    received: datetime
    raw: bytes

    def parsed(self) -> EmailMessage:
        """The message with its headers decoded."""
        message = message_from_bytes(self.raw, policy=modern)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes; for the type checker
        return message

    def body(self, subtype: str) -> str:
        """The text or html body; empty when there is none."""
        part = self.parsed().get_body((subtype,))
        return str(part.get_content()) if part else ""

    @cached_property
    def summary(self) -> dict[str, Any]:
        """An entry of the list, which is asked for again every other second."""
        message = self.parsed()
        return {
            "ID": self.id,
            "MessageID": str(message["Message-ID"] or "").strip("<>"),
            "Read": False,
            **addresses(message),
            "Subject": str(message["Subject"] or ""),
            "Created": self.received.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "Username": "",
            "Tags": [],
            "Size": len(self.raw),
            "Attachments": sum(1 for _ in message.iter_attachments()),
            "Snippet": " ".join(self.body("plain").split())[:SNIPPET],
        }

    def full(self) -> dict[str, Any]:
        """Everything about one mail."""
        message = self.parsed()
        listed = self.summary
        return {
            **{
                name: listed[name]
                for name in ("ID", "MessageID", "From", "To", "Cc", "Bcc", "ReplyTo", "Subject")
            },
            "ReturnPath": str(message[ENVELOPE[0]] or ""),
            "ListUnsubscribe": {
                "Header": str(message["List-Unsubscribe"] or ""),
                "HeaderPost": str(message["List-Unsubscribe-Post"] or ""),
                "Links": [
                    link.strip(" <>") for link in str(message["List-Unsubscribe"] or "").split(",") if link
                ],
                "Errors": "",
            },
            "Date": listed["Created"],
            "Tags": [],
            "Username": "",
            "Text": self.body("plain"),
            "HTML": self.body("html"),
            "Size": len(self.raw),
            "Inline": [],
            "Attachments": [attachment(part) for part in message.iter_attachments()],
        }

    def headers(self) -> dict[str, list[str]]:
        """Every header by name."""
        found: dict[str, list[str]] = {}
        for name, value in self.parsed().items():
            found.setdefault(name, []).append(str(value))
        return found


def addresses(message: EmailMessage) -> dict[str, Any]:
    """Who wrote to whom."""

    def people(header: str) -> list[dict[str, str]]:
        pairs = getaddresses([str(value) for value in message.get_all(header, [])])
        return [{"Name": name, "Address": address} for name, address in pairs]

    sender = people("From") or [{"Name": "", "Address": ""}]
    return {
        "From": sender[0],
        "To": people("To"),
        "Cc": people("Cc"),
        "Bcc": people("Bcc"),
        "ReplyTo": people("Reply-To"),
    }


def attachment(part: Any) -> dict[str, Any]:
    """What Mailpit tells of one attached file."""
    return {
        "PartID": "",
        "FileName": part.get_filename() or "",
        "ContentType": part.get_content_type(),
        "ContentID": str(part["Content-ID"] or "").strip("<>"),
        "Size": len(part.get_payload(decode=True) or b""),
    }


class Store:
    """All mails, newest first; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._mails = {
            path.stem: Mail(path.stem, datetime.fromtimestamp(path.stat().st_mtime, UTC), path.read_bytes())
            for path in sorted(folder.glob("*.eml"))
        }

    def add(self, sender: str, recipients: Iterable[str], content: bytes) -> Mail:
        """The mail is on disk, with its envelope as its first headers."""
        envelope = f"{ENVELOPE[0]}: {sender}\r\n{ENVELOPE[1]}: {', '.join(recipients)}\r\n".encode()
        mail = Mail(str(ids.uuid7()), datetime.now(UTC), envelope + content)
        unfinished = self.folder / f"{mail.id}.part"
        unfinished.write_bytes(mail.raw)
        unfinished.rename(self.folder / f"{mail.id}.eml")
        with self._lock:
            self._mails[mail.id] = mail
        return mail

    def newest_first(self) -> list[Mail]:
        """All mails."""
        with self._lock:
            return list(reversed(self._mails.values()))

    def get(self, id: str) -> Mail | None:
        """The mail of that id, or the newest for `latest`."""
        if id == "latest":
            return next(iter(self.newest_first()), None)
        with self._lock:
            return self._mails.get(id)

    def delete(self, ids_to_delete: Iterable[str]) -> None:
        """These mails are gone; all are when none is named."""
        with self._lock:
            for id in list(ids_to_delete) or list(self._mails):
                if self._mails.pop(id, None):
                    (self.folder / f"{id}.eml").unlink(missing_ok=True)

    def search(self, query: str) -> list[Mail]:
        """Mails with every word of the query; `to:`, `from:` and `subject:` narrow one to a header."""
        return [mail for mail in self.newest_first() if all(occurs(word, mail) for word in query.split())]


def occurs(word: str, mail: Mail) -> bool:
    """Whether one word of a query is true of the mail."""
    field, colon, value = word.partition(":")
    narrowed = field.lower() if colon and field.lower() in ("to", "from", "subject") else ""
    if narrowed:
        return value.strip('"').lower() in str(mail.parsed()[narrowed] or "").lower()
    listed = mail.summary
    everywhere = (listed["Subject"], listed["From"], listed["To"], mail.body("plain"))
    return word.strip('"').lower() in " ".join(map(str, everywhere)).lower()
