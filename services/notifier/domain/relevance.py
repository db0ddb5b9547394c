"""Is it still so? Asked again just before a mail goes out, because minutes or an outage lie between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from services.notifier.domain.copies import Standing
from services.notifier.domain.facts import ProgressFacts, ReminderFacts
from services.notifier.domain.kinds import MailKind

WORSE = frozenset({"behind", "at_risk"})
REMINDER_LIVES = timedelta(hours=20)
"""A reminder of this morning is of no use tomorrow: then the next one is on its way."""


def holds(kind: MailKind, facts: ProgressFacts, standing: Standing | None) -> bool:
    """Whether the newest known standing still says what the mail says.

    The event itself counts until there is a newer.
    """
    newer = standing is not None and (standing.seq, standing.at) > (facts.seq, facts.at)
    status = standing.status if newer and standing is not None else facts.status
    if kind is MailKind.AT_RISK:
        return status in WORSE
    if kind is MailKind.CELEBRATION and facts.status == "achieved":
        # A closed cycle takes nothing back from what was achieved in it.
        return status in {"achieved", "closed"}
    return status not in WORSE and status not in {"abandoned", "closed"}


def still_owed(facts: ReminderFacts, standings: Mapping[str, Standing]) -> ReminderFacts:
    """The reminder without what was checked in since it was made; ``owed`` may be empty."""

    def checked_in(key_result_id: str) -> bool:
        standing = standings.get(key_result_id)
        return (
            standing is not None
            and standing.checked_in_at is not None
            and standing.checked_in_at >= facts.said_at
        )

    return replace(facts, owed=tuple(item for item in facts.owed if not checked_in(item.key_result_id)))


def too_late(facts: ReminderFacts, now: datetime) -> bool:
    """Whether the day that the reminder speaks of is over."""
    return now - facts.said_at > REMINDER_LIVES
