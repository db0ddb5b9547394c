"""An admin looks at what was mailed, to whom, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Row, State, Unreadable
from services.notifier.usecases.ports import Copies, MailLog


@dataclass(frozen=True, kw_only=True)
class LogQuery:
    """Which mails: newest first, older than ``before`` (creation instant and id)."""

    organisation_id: str
    state: State | None = None
    kind: MailKind | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True)
class LoggedMail:
    """A row and whom it is for; name and address are empty where nobody of this id is known."""

    row: Row | Unreadable
    name: str
    email: str


def read_mail_log(query: LogQuery, log: MailLog, copies: Copies) -> tuple[list[LoggedMail], bool]:
    """A page of mails without their bodies, and whether there are older ones."""
    rows = log.page(
        query.organisation_id,
        state=query.state,
        kind=query.kind,
        before=query.before,
        limit=query.limit + 1,
    )
    return addressed(query.organisation_id, rows[: query.limit], copies), len(rows) > query.limit


def addressed(organisation_id: str, rows: list[Row | Unreadable], copies: Copies) -> list[LoggedMail]:
    """The rows with the names and addresses of those whom they are for."""
    people = copies.people(organisation_id, {row.person_id for row in rows})
    logged = []
    for row in rows:
        person = people.get(row.person_id)
        name, email = (person.name, person.email) if person else ("", "")
        if isinstance(row, Row):
            name = row.addressee.name if row.addressee else name
            email = row.email or email
        logged.append(LoggedMail(row, name, email))
    return logged
