"""Fields of forms in words: what each is called, and what the text that stands for a choice reads like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from libs.chassis.problems import Forbidden, NotFound
from libs.language.isolation import isolated
from services.gateway.domain.okr import HIDDEN_PARENT as HIDDEN
from services.gateway.usecases.okr_ports import Goals
from services.gateway.web import choices, sentences
from services.gateway.web.locale_choices import LOCALES

HIDDEN_PARENT = "an objective you cannot see"
UNSEEN = HIDDEN_PARENT.capitalize()
LABELS: Mapping[str, str] = {
    "title": "Title",
    "why": "Why now?",
    "contribution": "How it contributes",
    "level": "Level",
    "visibility": "Visible to",
    "owner_id": "Owner",
    "team_id": "Team",
    "cycle_id": "Cycle",
    "parent": "Parent",
    "weight": "Weight",
    "roll_up": "Progress is calculated from",
    "kind": "How it is measured",
    "unit": "Unit",
    "start": "Start",
    "target": "Target",
    "due_on": "Due",
    "commitment": "Commitment",
    "delegate_id": "Delegate",
    "description": "How exactly it is measured",
    "value": "Value",
    "confidence": "Confidence",
    "note": "Note",
    "challenge": "What stands in the way",
    "adjustment": "What will change",
    "as_of": "Date",
    "name": "Name",
    "email": "E-mail",
    "role": "Role",
    "state": "Access",
    "parent_id": "Part of",
    "lead_id": "Lead",
    "member_ids": "Members",
    "every": "Check-ins",
    "weekday": "Weekday",
    "time": "Reminder at",
    "starts_on": "Begins",
    "ends_on": "Ends",
    "time_zone": "Time zone",
    "locale": "Language and numbers",
    "theme": "Theme",
    "on_track_gap": "On track up to this gap",
    "behind_gap": "Behind up to this gap",
    "too_early_share": "Too early to say in the first",
    "low_confidence": "At risk at confidence",
    "stale_after_days": "Stale after a missed check-in",
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "level": dict(choices.LEVELS),
    "visibility": dict(choices.VISIBILITIES),
    "roll_up": dict(choices.ROLL_UPS),
    "kind": dict(choices.KINDS),
    "commitment": dict(choices.COMMITMENTS),
    "role": dict(choices.ROLES),
    "state": {"active": "Active", "invited": "Invited", "disabled": "Disabled"},
    "every": dict(choices.RHYTHMS),
    "weekday": dict(choices.WEEKDAYS),
    "locale": dict(LOCALES),
    "theme": dict(choices.THEMES),
}
DELIVERIES = {"at_once": "At once", "off": "Off"}
DAYS = frozenset({"due_on", "starts_on", "ends_on", "as_of"})
PROSE = frozenset(
    {"title", "why", "contribution", "description", "note", "challenge", "adjustment", "name", "email"}
)
EMPTY: Mapping[str, str] = {
    "parent": "No parent",
    "team_id": "No team",
    "parent_id": "No other team",
    "delegate_id": "Nobody",
    "lead_id": "Nobody",
    "member_ids": "Nobody",
    "due_on": "The end of the cycle",
}


def label_of(name: str) -> str:
    """Return what a field is called; a kind of mail is called by its own name."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def in_words(name: str, text: str, goals: Goals) -> str:
    """Return a field's text as somebody reads it: names instead of ids, words instead of values."""
    if not text:
        return EMPTY.get(name, "nothing")
    named = NAMED.get(name)
    if named is not None:
        return named(text, goals)
    return _day(text) if name in DAYS else CHOICES.get(name, DELIVERIES).get(text, text)


def _team(text: str, goals: Goals) -> str:
    team = goals.directory().team(text)
    return team.name if team else "a team that is no longer there"


def _cycle(text: str, goals: Goals) -> str:
    return next((cycle.name for cycle in goals.cycles() if cycle.id == text), text)


def _people(text: str, goals: Goals) -> str:
    ids = text.split(",")
    known = goals.directory(ids).people
    return ", ".join(isolated(known[each].name) if each in known else "somebody unknown" for each in ids)


def _parent(text: str, goals: Goals) -> str:
    if text == HIDDEN:
        return HIDDEN_PARENT
    kind, _, parent_id = text.partition(":")
    try:
        found = goals.key_result(parent_id) if kind == "key_result" else goals.objective(parent_id)
    except (NotFound, Forbidden):
        return HIDDEN_PARENT
    return found.title


def _day(text: str) -> str:
    try:
        return sentences.day(date.fromisoformat(text))
    except ValueError:
        return text


NAMED: Mapping[str, Callable[[str, Goals], str]] = {
    **dict.fromkeys(("owner_id", "delegate_id", "lead_id", "member_ids"), _people),
    **dict.fromkeys(("team_id", "parent_id"), _team),
    "cycle_id": _cycle,
    "parent": _parent,
}
