"""Check-ins overdue: said once."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import ReminderFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, capitalised, counted, one_line
from services.notifier.mail.owed import OwedLine, about, lines, ownership
from services.notifier.mail.pieces import Button


@dataclass(frozen=True)
class CheckInOverdue:
    """What the templates of this mail read."""

    title: str
    preheader: str
    reason: str
    above: str
    sentence: str
    items: tuple[OwedLine, ...]
    button: Button


def context(letter: Letter, figures: Figures) -> CheckInOverdue:
    """The one mail about check-ins that were missed."""
    facts = letter.facts[0]
    assert isinstance(facts, ReminderFacts)  # noqa: S101  # the ledger stores no other facts with this kind
    number = len(facts.owed)
    team = f" · {one_line(letter.team_name)}" if letter.team_name else ""
    day = figures.day(min(item.due_on for item in facts.owed))
    return CheckInOverdue(
        title=f"{capitalised(counted(number, 'check-in is', 'check-ins are'))} overdue",
        preheader=f"{one_line(facts.owed[0].title)}, due {day}.",
        reason=f"You get this because you {ownership(letter, facts)}. It is said once.",
        above=f"{figures.long_day(facts.day)}{team}",
        sentence=f"Due since {day}. It takes {about(number)}, and a late one counts at its own time.",
        items=lines(letter, facts, figures),
        button=Button("Check in", letter.links.to("/check-in")),
    )
