"""Parts that several mails share, ready for the templates: a bar, numbers, a quote, a button."""

from __future__ import annotations

from dataclasses import dataclass

from libs.language.shares import whole_percent
from services.notifier.domain.facts import ProgressFacts
from services.notifier.domain.letters import Letter
from services.notifier.domain.ties import Tie
from services.notifier.mail.figures import Figures, lines, one_line
from services.notifier.mail.statuses import shown


@dataclass(frozen=True)
class Button:
    """The one thing to do."""

    label: str
    href: str


@dataclass(frozen=True)
class Number:
    """One of at most three numbers of explanation."""

    value: str
    label: str


@dataclass(frozen=True)
class Quote:
    """Somebody's own words."""

    text: str
    said_by: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a bar: ``percent`` of its width (None.

    The rest) in a colour, or the tick of what is expected.
    """

    kind: str
    colour: str = ""
    percent: int | None = None


def bar(progress: float | None, expected: float | None, status: str) -> tuple[Piece, ...]:
    """The pieces from left to right; empty where nothing is measured."""
    if progress is None:
        return ()
    fill, track = f"b-{shown(status).key}", "m-track"
    done = min(max(whole_percent(progress), 0), 100)
    if expected is None:
        stretches = [(fill, done), (track, 100 - done)]
        return tuple(Piece("stretch", colour, width) for colour, width in stretches if width)
    plan = min(max(whole_percent(expected), 0), 99)
    before = [(fill, min(done, plan)), (track, plan - min(done, plan))]
    after = [(fill, max(done - plan, 0)), (track, 100 - max(done, plan))]
    return (
        *(Piece("stretch", colour, width) for colour, width in before if width),
        Piece("tick"),
        *_with_rest([(colour, width) for colour, width in after if width]),
    )


def _with_rest(stretches: list[tuple[str, int]]) -> list[Piece]:
    # The last stretch takes what is left: the tick's own three pixels are in no percentage.
    last = len(stretches) - 1
    return [
        Piece("stretch", colour, None if position == last else width)
        for position, (colour, width) in enumerate(stretches)
    ]


def quote(letter: Letter, facts: ProgressFacts, figures: Figures, suffix: str = "") -> Quote | None:
    """The last check-in's line with its author's name, if both are known."""
    if facts.note is None or not facts.note.text.strip():
        return None
    author = letter.names.get(facts.note.author_id)
    if author is None:
        return None
    said = facts.note.noted_at
    day = "" if said is None or suffix else f", {figures.day(figures.local_day(said))}"
    return Quote(lines(facts.note.text), f"{one_line(author)}{day}{suffix}")


def subject_page(facts: ProgressFacts) -> str:
    """The path of what the mail is about."""
    return f"/{'key-results' if facts.subject_kind == 'key_result' else 'objectives'}/{facts.subject_id}"


def tie_reason(letter: Letter, facts: ProgressFacts) -> str:
    """The sentence that says why this person gets this mail."""
    thing = "key result" if facts.subject_kind == "key_result" else "objective"
    objective = f", “{one_line(letter.objective_title)}”" if letter.objective_title else ""
    team = one_line(letter.team_name) if letter.team_name else "its team"
    because = {
        Tie.OWNER: f"you own this {thing}",
        Tie.OBJECTIVE_OWNER: f"you own the objective above it{objective}",
        Tie.TEAM_LEAD: f"you lead {team}",
        Tie.TEAM_MEMBER: f"you are in {team}",
        Tie.FOLLOWER: f"you follow the objective above it{objective}"
        if facts.subject_kind == "key_result"
        else "you follow this objective",
        Tie.ACCOUNT: "it is about your account",
    }[letter.tie]
    return f"You get this because {because}."
