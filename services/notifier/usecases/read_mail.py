"""An admin looks at one mail as it was sent, without the links that open something."""

from __future__ import annotations

from services.notifier.usecases.ports import Copies, MailLog
from services.notifier.usecases.read_mail_log import LoggedMail, addressed


def read_mail(organisation_id: str, row_id: str, log: MailLog, copies: Copies) -> LoggedMail | None:
    """The mail, or None where this organisation has none with this id."""
    row = log.item(organisation_id, row_id)
    return None if row is None else addressed(organisation_id, [row], copies)[0]
