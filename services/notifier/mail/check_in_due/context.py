"""Check-ins due: what one owes today, on one screen."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import ReminderFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, capitalised, counted, one_line
from services.notifier.mail.owed import OwedLine, about, lines, ownership
from services.notifier.mail.pieces import Button

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True)
class CheckInDue:
    """What the templates of this mail read."""

    title: str
    preheader: str
    reason: str
    above: str
    sentence: str
    items: tuple[OwedLine, ...]
    button: Button


def context(letter: Letter, figures: Figures) -> CheckInDue:
    """The mail of the morning of a check-in day."""
    facts = letter.facts[0]
    assert isinstance(facts, ReminderFacts)  # noqa: S101  # the ledger stores no other facts with this kind
    number = len(facts.owed)
    team = f" · {one_line(letter.team_name)}" if letter.team_name else ""
    rhythm = (
        f" and your team checks in on {DAYS[letter.check_in_weekday]}"
        if letter.check_in_weekday is not None
        else ""
    )
    return CheckInDue(
        title=f"{capitalised(counted(number, 'check-in'))} today, {about(number)}",
        preheader=f"{one_line(facts.owed[0].title)}{_others(number - 1)}.",
        reason=f"You get this because you {ownership(letter, facts)}{rhythm}. "
        "There is one reminder if you forget, no more.",
        above=f"{figures.long_day(facts.day)}{team}",
        sentence="All on one screen, filled in with the last values."
        if number > 1
        else "Filled in with the last value.",
        items=lines(letter, facts, figures),
        button=Button("Check in", letter.links.to("/check-in")),
    )


def _others(number: int) -> str:
    return f", and {counted(number, 'more', 'more')}" if number else ""
