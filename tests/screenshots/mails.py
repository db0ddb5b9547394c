"""One mail of each kind that the development mailbox holds."""

from __future__ import annotations

import re
from email import message_from_bytes
from typing import Any

from deploy.demo.public_api import Mailbox

KIND = re.compile(r"<([a-z-]+)\.")


def one_of_each_kind(mailbox: Mailbox, listed: list[dict[str, Any]]) -> dict[str, str]:
    """Return the HTML body of the newest mail of each kind, by the kind that its List-Id names."""
    found: dict[str, str] = {}
    for entry in listed:
        headers = message_from_bytes(mailbox.source(entry["ID"]))
        named = KIND.search(str(headers.get("List-Id", "")))
        kind = named[1] if named else entry["Subject"]
        if kind not in found:
            found[kind] = mailbox.mail(entry["ID"])["HTML"]
    return found
