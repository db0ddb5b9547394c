"""At risk: why, in at most three numbers, and the owner's own words."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, one_line
from services.notifier.mail.pieces import Button, Number, Piece, Quote, bar, quote, subject_page, tie_reason
from services.notifier.mail.standing_words import explanation, gap_points, what_changed
from services.notifier.mail.statuses import Shown, phrase, shown


@dataclass(frozen=True)
class AtRisk:
    """What the templates of this mail read."""

    title: str
    preheader: str
    reason: str
    status: Shown
    sentence: str
    bar: tuple[Piece, ...]
    numbers: tuple[Number, ...]
    quote: Quote | None
    button: Button


def context(letter: Letter, figures: Figures) -> AtRisk:
    """The mail that says that something got worse, or stays bad with news."""
    facts = letter.facts[0]
    assert isinstance(facts, ProgressFacts)  # noqa: S101  # the ledger stores no other facts with this kind
    quoted = quote(letter, facts, figures)
    return AtRisk(
        title=one_line(facts.title),
        preheader=_preheader(facts, figures),
        reason=tie_reason(letter, facts),
        status=shown(facts.status),
        sentence=what_changed(facts, letter.standings.get(facts.subject_id), figures),
        bar=bar(facts.progress, facts.expected, facts.status),
        numbers=explanation(facts, figures),
        quote=quoted,
        button=Button(_label(letter, facts, quoted), letter.links.to(subject_page(facts))),
    )


def _preheader(facts: ProgressFacts, figures: Figures) -> str:
    gap = gap_points(facts)
    short = (
        f"{figures.number(gap)} points short of the plan"
        if gap is not None and gap > 1
        else f"Now {phrase(facts.status)}"
    )
    if facts.kind == "metric" and facts.start is not None and facts.target is not None:
        return f"{short}; {figures.reading(facts.current, facts.start, facts.target, facts.unit)}."
    return f"{short}."


def _label(letter: Letter, facts: ProgressFacts, quoted: Quote | None) -> str:
    author_id = facts.note.author_id if facts.note is not None and quoted is not None else None
    if author_id is None or author_id == letter.person_id:
        return "See why"
    return f"See why, and answer {one_line(letter.names[author_id].split()[0])}"
