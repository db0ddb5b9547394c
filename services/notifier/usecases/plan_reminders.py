"""Check-ins fall due or were missed: whoever owes them is owed one mail for the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifier.domain.facts import ReminderFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Row, row_id
from services.notifier.domain.ties import Tie
from services.notifier.usecases.ports import Ledger


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One person owes check-ins on one of their days."""

    organisation_id: str
    person_id: str
    facts: ReminderFacts
    correlation_id: str


def plan_reminders(kind: MailKind, reminders: Sequence[Reminder], ledger: Ledger) -> None:
    """Each person has one row for the day and kind, due at once."""
    ledger.plan(
        [
            Row(
                id=row_id(
                    reminder.organisation_id,
                    str(kind),
                    reminder.person_id,
                    reminder.facts.day.isoformat(),
                    reminder.person_id,
                ),
                organisation_id=reminder.organisation_id,
                kind=kind,
                person_id=reminder.person_id,
                tie=Tie.OWNER,
                facts=reminder.facts,
                created_at=reminder.facts.said_at,
                due_at=reminder.facts.said_at,
                correlation_id=reminder.correlation_id,
            )
            for reminder in reminders
            if reminder.facts.owed
        ]
    )
