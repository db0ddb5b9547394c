"""A status as mails show it: an icon, a word, and the name of its colours in the frame's style sheets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """``key`` names the colour classes; colour never stands alone."""

    key: str
    icon: str
    word: str


_SHOWN = {
    "at_risk": Shown("at_risk", "\u25b2", "At risk"),
    "behind": Shown("behind", "\u25c6", "Behind"),
    "on_track": Shown("on_track", "\u25cf", "On track"),
    "achieved": Shown("achieved", "\u2713", "Achieved"),
    "overdue": Shown("overdue", "\u25a0", "Overdue"),
    "stale": Shown("stale", "\u25cc", "Stale"),
    "awaiting_first_check_in": Shown("awaiting", "\u25cb", "Awaiting first check-in"),
    "not_started": Shown("not_started", "\u2013", "Not started"),
    "too_early": Shown("too_early", "\u25d4", "Too early to say"),
    "closed": Shown("not_started", "\u2013", "Closed"),
    "abandoned": Shown("not_started", "\u2013", "Abandoned"),
}


def shown(status: str) -> Shown:
    """How to show it; one that this version does not know keeps its name."""
    known = _SHOWN.get(status)
    return known or Shown("not_started", "\u2013", status.replace("_", " ").capitalize())


def phrase(status: str) -> str:
    """The status inside a sentence: ``it is …``."""
    phrases = {
        "awaiting_first_check_in": "awaiting its first check-in",
        "too_early": "too early to tell",
        "not_started": "not started",
    }
    return phrases.get(status, shown(status).word.lower())
