"""Is it still so? Asked again just before a mail goes out, because minutes or an outage lie between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from services.notifier.domain.copies import KeyResult, Standing
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


def still_owed(
    facts: ReminderFacts,
    person_id: str,
    standings: Mapping[str, Standing],
    key_results: Mapping[str, KeyResult],
) -> ReminderFacts:
    """Return the reminder without what this person does not owe any more; ``owed`` may be empty.

    Since it was made the check-in may have come, its day have moved, or the key result have been abandoned or
    given to somebody else.
    """

    def moved(key_result_id: str) -> bool:
        standing = standings.get(key_result_id)
        if standing is None:
            return False
        if standing.checked_in_at is not None and standing.checked_in_at >= facts.said_at:
            return True
        if standing.at <= facts.said_at or standing.next_check_in_on == "":
            return False
        return standing.next_check_in_on is None or standing.next_check_in_on > facts.day.isoformat()

    def given_away(key_result_id: str) -> bool:
        known = key_results.get(key_result_id)
        if known is None:
            return False
        return known.state != "open" or person_id not in (known.owner_id, known.delegate_id)

    kept = [
        item for item in facts.owed if not moved(item.key_result_id) and not given_away(item.key_result_id)
    ]
    return replace(facts, owed=tuple(kept))


def too_late(facts: ReminderFacts, now: datetime) -> bool:
    """Whether the day that the reminder speaks of is over."""
    return now - facts.said_at > REMINDER_LIVES
