"""An invitation or a password reset was asked for: its account is owed the link."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.facts import InvitationFacts, ResetFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee, Row, row_id
from services.notifier.domain.ties import Tie
from services.notifier.usecases.ports import Ledger


@dataclass(frozen=True, kw_only=True)
class AccountMail:
    """A link for one account."""

    organisation_id: str
    person_id: str
    addressee: Addressee
    facts: InvitationFacts | ResetFacts
    correlation_id: str
    heard_at: datetime


def plan_account_mails(kind: MailKind, mails: Sequence[AccountMail], ledger: Ledger) -> None:
    """Every link has one row, due at once; the link's hash, never the link, is part of the row's identity."""
    ledger.plan(
        [
            Row(
                id=row_id(
                    mail.organisation_id,
                    str(kind),
                    mail.person_id,
                    hashlib.sha256(mail.facts.link.encode()).hexdigest(),
                    mail.addressee.email,
                ),
                organisation_id=mail.organisation_id,
                kind=kind,
                person_id=mail.person_id,
                tie=Tie.ACCOUNT,
                facts=mail.facts,
                created_at=mail.heard_at,
                due_at=mail.heard_at,
                correlation_id=mail.correlation_id,
                addressee=mail.addressee,
                email=mail.addressee.email,
            )
            for mail in mails
        ]
    )
