"""Something happened to a piece of work that people are told about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Row, row_id
from services.notifier.domain.ties import Tie


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One event about a key result or an objective; ``epoch`` rises at every real change of its state.

    ``actor_id`` is who caused it, where that is known: nobody is mailed about what they did themself.
    """

    organisation_id: str
    facts: ProgressFacts
    owner_id: str
    epoch: int
    correlation_id: str
    heard_at: datetime
    actor_id: str | None = None


def rows_of(
    occurrence: Occurrence, kind: MailKind, ties: Mapping[str, Tie], due_at: datetime
) -> Iterable[Row]:
    """Yield a row for everybody who is tied to what happened, except for who did it."""
    facts = occurrence.facts
    rule = f"{kind}.{facts.status}" if kind is MailKind.CELEBRATION else str(kind)
    batch = f"{kind}:{facts.team_id or 'organisation'}" if kind is MailKind.CELEBRATION else None
    for person_id, tie in ties.items():
        if person_id == occurrence.actor_id:
            continue
        yield Row(
            id=row_id(occurrence.organisation_id, rule, facts.subject_id, str(occurrence.epoch), person_id),
            organisation_id=occurrence.organisation_id,
            kind=kind,
            person_id=person_id,
            tie=tie,
            facts=facts,
            created_at=occurrence.heard_at,
            due_at=due_at,
            correlation_id=occurrence.correlation_id,
            batch=batch,
        )
