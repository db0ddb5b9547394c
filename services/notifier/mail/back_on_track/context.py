"""Back on track: the end of a worry, with the numbers that ended it."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, one_line
from services.notifier.mail.pieces import Button, Number, Piece, Quote, bar, quote, subject_page, tie_reason
from services.notifier.mail.standing_words import explanation, gap_points
from services.notifier.mail.statuses import Shown, phrase, shown


@dataclass(frozen=True)
class BackOnTrack:
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


def context(letter: Letter, figures: Figures) -> BackOnTrack:
    """The mail that says that something recovered."""
    facts = letter.facts[0]
    assert isinstance(facts, ProgressFacts)  # noqa: S101  # the ledger stores no other facts with this kind
    done, planned = figures.percent(facts.progress), figures.percent(facts.expected)
    return BackOnTrack(
        title=one_line(facts.title),
        preheader=f"{done} done, {planned} expected by plan.",
        reason=tie_reason(letter, facts),
        status=shown(facts.status),
        sentence=_sentence(facts, figures),
        bar=bar(facts.progress, facts.expected, facts.status),
        numbers=explanation(facts, figures),
        quote=quote(letter, facts, figures),
        button=Button("See what changed", letter.links.to(subject_page(facts))),
    )


def _sentence(facts: ProgressFacts, figures: Figures) -> str:
    before = f"It was {phrase(facts.previous_status)}; it is" if facts.previous_status else "It is"
    gap = gap_points(facts)
    if gap is None:
        return f"{before} {phrase(facts.status)}."
    if gap <= 0:
        ahead = (
            f"{figures.number(-gap)} {'point' if gap == -1 else 'points'} ahead of" if gap else "level with"
        )
        return f"{before} {phrase(facts.status)}, {ahead} the plan."
    near = f"{figures.number(gap)} {'point' if gap == 1 else 'points'} from the plan"
    return f"{before} {phrase(facts.status)}, within {near}."
