"""The list of key results that await a check-in, as both reminders show it."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import OwedFacts, ReminderFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, one_line
from services.notifier.mail.pieces import Piece, bar
from services.notifier.mail.statuses import Shown, shown

A_MINUTE = 3
"""Check-ins that fit into one: twenty seconds each."""


@dataclass(frozen=True)
class OwedLine:
    """One line of the list."""

    title: str
    status: Shown
    note: str
    bar: tuple[Piece, ...]
    share: str


def lines(letter: Letter, facts: ReminderFacts, figures: Figures) -> tuple[OwedLine, ...]:
    """What is owed, in the order that the event gave."""
    return tuple(_line(letter, item, figures) for item in facts.owed)


def _line(letter: Letter, item: OwedFacts, figures: Figures) -> OwedLine:
    standing = letter.standings.get(item.key_result_id)
    if item.current is None:
        note = f"target {figures.value(item.target, item.unit)}"
    else:
        note = f"last {figures.reading(item.current, item.start, item.target, item.unit)}"
    return OwedLine(
        title=one_line(item.title),
        status=shown(item.status),
        note=note,
        bar=bar(item.progress, None if standing is None else standing.expected, item.status),
        share=figures.percent(item.progress),
    )


def about(number: int) -> str:
    """How long so many check-ins take."""
    if number < A_MINUTE:
        return "twenty seconds" if number == 1 else "under a minute"
    minutes = round(number / A_MINUTE)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def ownership(letter: Letter, facts: ReminderFacts) -> str:
    """How the recipient stands to what is owed."""
    mine = sum(item.key_result_id in letter.owned for item in facts.owed)
    verb = "own" if mine == len(facts.owed) else "check in for" if mine == 0 else "own or check in for"
    return f"{verb} {'this key result' if len(facts.owed) == 1 else 'these key results'}"
