"""Celebration: one mail a team, what was achieved first, the rest below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.letters import Letter
from services.notifier.mail.figures import Figures, capitalised, counted, one_line
from services.notifier.mail.pieces import Button, Quote, quote, subject_page, tie_reason
from services.notifier.mail.statuses import Shown, phrase, shown

TWO_WEEKS = 14


@dataclass(frozen=True)
class Also:
    """Another thing to celebrate in the same team."""

    line: str
    note: str


@dataclass(frozen=True)
class Celebration:
    """What the templates of this mail read. ``verb`` opens the subject."""

    title: str
    preheader: str
    reason: str
    verb: str
    status: Shown
    sentence: str
    quote: Quote | None
    button: Button
    also: tuple[Also, ...]


def context(letter: Letter, figures: Figures) -> Celebration:
    """The mail that tells a team what it achieved, or what recovered."""
    told = [facts for facts in letter.facts if isinstance(facts, ProgressFacts)]
    main, rest = told[0], told[1:]
    achieved = main.status == "achieved"
    return Celebration(
        title=one_line(main.title),
        preheader=_preheader(letter, main, len(rest)),
        reason=f"{tie_reason(letter, main)} One mail a team, however much there is to celebrate.",
        verb="Achieved" if achieved else "Back on track",
        status=shown(main.status),
        sentence=_sentence(letter, main, figures),
        quote=quote(letter, main, figures, ", who made the last check-in" if achieved else ""),
        button=Button("See how it went", letter.links.to(subject_page(main))),
        also=tuple(Also(_line(facts), _note(facts, figures)) for facts in rest),
    )


def _preheader(letter: Letter, main: ProgressFacts, others: int) -> str:
    who = letter.team_name or letter.organisation_name or "The organisation"
    thing = "a key result" if main.subject_kind == "key_result" else "an objective"
    did = f"reached {thing}" if main.status == "achieved" else f"brought {thing} back on track"
    more = f", and {counted(others, 'more thing')} to celebrate" if others else _early(main)
    return f"{one_line(who)} {did}{more}."


def _sentence(letter: Letter, main: ProgressFacts, figures: Figures) -> str:
    who = one_line(letter.team_name) if letter.team_name else "Everybody who had a hand in it"
    if main.status != "achieved":
        was = f"It was {phrase(main.previous_status)}; it is" if main.previous_status else "It is"
        return f"{was} {phrase(main.status)}: {_note(main, figures)}."
    if main.subject_kind == "objective":
        return f"Everything below this objective is done. {who} got there{_early(main) or ' in time'}."
    return f"{_reached(main, figures)} {who} got there{_early(main) or ' in time'}."


def _reached(facts: ProgressFacts, figures: Figures) -> str:
    if facts.kind == "boolean" or facts.target is None or facts.start is None:
        return "It is done."
    if facts.target < facts.start:
        reached, began, goal = (
            figures.value(each, facts.unit) for each in (facts.current, facts.start, facts.target)
        )
        return f"Down to {reached} from {began}; the target was {goal}."
    return f"{capitalised(figures.reading(facts.current, facts.start, facts.target, facts.unit))}."


def _early(facts: ProgressFacts) -> str:
    left = facts.ends_on - facts.at.date()
    if left >= timedelta(days=TWO_WEEKS):
        return f" {counted(left.days // 7, 'week')} early"
    if left >= timedelta(days=1):
        return f" {counted(left.days, 'day')} early"
    return ""


def _line(facts: ProgressFacts) -> str:
    did = "is achieved" if facts.status == "achieved" else "is back on track"
    return f"Also: {one_line(facts.title)} {did}"


def _note(facts: ProgressFacts, figures: Figures) -> str:
    if (
        facts.subject_kind == "objective"
        or facts.kind == "boolean"
        or facts.start is None
        or facts.target is None
    ):
        return f"{figures.percent(facts.progress)} done"
    if facts.target < facts.start:
        began, reached, goal = (
            figures.value(each, facts.unit) for each in (facts.start, facts.current, facts.target)
        )
        return f"from {began} to {reached}, target {goal}"
    return figures.reading(facts.current, facts.start, facts.target, facts.unit)
