"""Sentences about a standing, built from its numbers and from nothing else."""

from __future__ import annotations

from libs.language.shares import points_between
from services.notifier.domain.copies import Standing
from services.notifier.domain.facts import ProgressFacts
from services.notifier.mail.figures import Figures
from services.notifier.mail.pieces import Number
from services.notifier.mail.statuses import phrase

HIGHEST_CONFIDENCE = 10


def what_changed(facts: ProgressFacts, standing: Standing | None, figures: Figures) -> str:
    """What it was, what it is, and the numbers that say so.

    ``It was on track; it is behind: 15 points short of the plan, and confidence fell to 3.``
    """
    before, now = facts.previous_status, facts.status
    if before == now:
        opening = f"It is still {phrase(now)}"
    elif before is None:
        opening = f"It is {phrase(now)}"
    else:
        opening = f"It was {phrase(before)}; it is {phrase(now)}"
    why = [sentence for sentence in (_gap(facts, figures), _confidence(facts, standing)) if sentence]
    return f"{opening}: {', and '.join(why)}." if why else f"{opening}."


def gap_points(facts: ProgressFacts) -> int | None:
    """Return how many points the shown progress is short of the shown plan; negative when ahead."""
    if facts.progress is None or facts.expected is None:
        return None
    return points_between(facts.progress, facts.expected)


def _gap(facts: ProgressFacts, figures: Figures) -> str | None:
    gap = gap_points(facts)
    if gap is None or gap <= 0:
        return None
    return f"{figures.number(gap)} {'point' if gap == 1 else 'points'} short of the plan"


def _confidence(facts: ProgressFacts, standing: Standing | None) -> str | None:
    if facts.confidence is None:
        return None
    before = None
    if standing is not None and standing.confidence == facts.confidence:
        before = standing.confidence_before
    if before is not None and before > facts.confidence:
        return f"confidence fell to {facts.confidence}"
    if facts.confidence_decides:
        return f"confidence is {facts.confidence} of {HIGHEST_CONFIDENCE}"
    return None


def explanation(facts: ProgressFacts, figures: Figures) -> tuple[Number, ...]:
    """At most three numbers: done, expected, and the reading or the confidence, whichever explains more."""
    numbers = [
        Number(figures.percent(facts.progress), "done"),
        Number(figures.percent(facts.expected), "expected by plan"),
    ]
    third = _third(facts, figures)
    return (*numbers, third) if third is not None else tuple(numbers)


def _third(facts: ProgressFacts, figures: Figures) -> Number | None:
    gap = gap_points(facts)
    confidence_explains = facts.confidence_decides and (gap is None or gap <= 0)
    measured = facts.kind == "metric" and facts.target is not None and facts.start is not None
    if measured and not confidence_explains and facts.target is not None and facts.start is not None:
        falling = ", lower is better" if facts.target < facts.start else ""
        return Number(
            figures.value(facts.current, facts.unit), f"now, target {figures.number(facts.target)}{falling}"
        )
    if facts.confidence is not None:
        return Number(f"{facts.confidence} of {HIGHEST_CONFIDENCE}", "confidence")
    return None
