"""One row per mail that is owed: what it says, to whom, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.notifier.domain.facts import Facts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ties import Tie


class State(StrEnum):
    """pending > sending > sent | deferred | failed | suppressed | ambiguous.

    Deferred rows are sending again later.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    AMBIGUOUS = "ambiguous"


OWED = frozenset({State.PENDING, State.SENDING, State.DEFERRED})
"""States that a sender still has work with; the others are final."""


class Why(StrEnum):
    """Why a mail was not sent, or not yet: counted, and shown in the mail log."""

    PREFERENCE_OFF = "preference_off"
    NOT_ACTIVE = "not_active"
    UNKNOWN_PERSON = "unknown_person"
    NOT_ALLOWED = "not_allowed"
    ADDRESS_SUPPRESSED = "address_suppressed"
    NO_LONGER_SO = "no_longer_so"
    TOO_LATE = "too_late"
    EXPIRED = "expired"
    AWAITING_COPY = "awaiting_copy"
    TRY_AGAIN = "try_again"
    FOLDED = "folded"
    BOUNCED = "bounced"
    REFUSED = "refused"
    BAD_ADDRESS = "bad_address"
    NO_SMTPUTF8 = "no_smtputf8"
    UNRENDERABLE = "unrenderable"
    UNKNOWN_OUTCOME = "unknown_outcome"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Where a transactional mail goes.

    Its event says it whole, because no copy of the person may exist yet.
    """

    name: str
    email: str
    locale: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A mail as it was sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One mail to one person.

    ``id`` is a hash of (organisation, rule, subject, epoch, recipient): the same event twice is the same
    row. ``batch`` joins celebrations of one team to one person. ``addressee`` is set for transactional
    mails alone. ``attempts`` counts what a mail server answered "try later" to and what broke
    before the message left. ``doubts`` counts how often nobody knows whether the message had arrived.
    """

    id: str
    organisation_id: str
    kind: MailKind
    person_id: str
    tie: Tie
    facts: Facts
    created_at: datetime
    due_at: datetime
    correlation_id: str
    batch: str | None = None
    addressee: Addressee | None = None
    state: State = State.PENDING
    why: Why | None = None
    detail: str | None = None
    attempts: int = 0
    doubts: int = 0
    email: str | None = None
    finished_at: datetime | None = None
    rendered: Rendered | None = None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A row that this version cannot read: known to be there, and for whom."""

    id: str
    organisation_id: str
    person_id: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Leases:
    """How long a row is nobody else's.

    ``claim``: from when it was claimed or renewed. Short, since it protects little: just before a message
    leaves the claim is compared. ``conversation``: for so long a claim is renewed while a sender talks to the
    mail server about it. ``message``: from when the message is about to be handed over; what is still
    unsettled then counts as a doubt, so this must outlast the server's last replies.
    """

    claim: timedelta
    conversation: timedelta
    message: timedelta


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Rows that this sender alone works on until its lease ends, and that go in one message.

    ``token`` is new with every claim: who holds an old one can no longer write. ``past_data`` tells that an
    earlier sender died after it had begun to hand the message over; ``row.doubts`` counts that already.
    """

    row: Row
    token: str
    past_data: bool = False
    companions: tuple[Row, ...] = field(default=())

    @property
    def rows(self) -> tuple[Row, ...]:
        """All the rows that this message answers."""
        return (self.row, *self.companions)


def row_id(organisation_id: str, rule: str, subject: str, epoch: str, recipient: str) -> str:
    """The natural identity of a mail: 64 hexadecimal digits."""
    parts = (organisation_id, rule, subject, epoch, recipient)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
