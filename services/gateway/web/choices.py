"""What select fields offer: people and teams by name, and the fixed lists with their words."""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from libs.language.isolation import isolated
from services.gateway.domain.okr import Directory, Person, Team
from services.gateway.usecases.okr_ports import Goals, PeopleQuery
from services.gateway.web import sentences
from services.gateway.web.locale_choices import LOCALES

Choice = tuple[str, str]
MANY = 50
FOUND_AT_MOST = 8

LEVELS: tuple[Choice, ...] = (("company", "Company"), ("team", "Team"), ("person", "Person"))
VISIBILITIES: tuple[Choice, ...] = (("organisation", "Everyone"), ("team", "Team"), ("private", "Me"))
ROLL_UPS: tuple[Choice, ...] = tuple(sentences.ROLL_UPS.items())
KINDS: tuple[Choice, ...] = (("metric", "A number"), ("boolean", "Done or not"))
COMMITMENTS: tuple[Choice, ...] = tuple(sentences.COMMITMENTS.items())
ROLES: tuple[Choice, ...] = (
    ("member", "Member"),
    ("leader", "Leader"),
    ("admin", "Admin"),
    ("viewer", "Viewer"),
)
RHYTHMS: tuple[Choice, ...] = tuple(sentences.RHYTHMS.items())
WEEKDAYS: tuple[Choice, ...] = tuple((str(place), name) for place, name in enumerate(sentences.WEEKDAYS))
THEMES: tuple[Choice, ...] = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


def locales(chosen: str) -> list[Choice]:
    """The locales that Settings offer, and the chosen one where it is another."""
    known = any(tag == chosen for tag, _ in LOCALES)
    return [*([] if known else [(chosen, chosen)]), *LOCALES]


def time_zones() -> list[Choice]:
    """Every place that has a time zone, and UTC first."""
    known = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and "Etc/" not in zone)
    return [(zone, zone) for zone in ("UTC", *known)]


def preferred_locale(languages: Iterable[str]) -> str:
    """Return the locale that fits what a browser asks for, the most wanted first."""
    offered = {tag.lower(): tag for tag, _ in LOCALES}
    for language in languages:
        parts = language.lower().split("-")
        while parts:
            if found := offered.get("-".join(parts)):
                return found
            parts.pop()
    return LOCALES[0][0]


@dataclass(frozen=True, kw_only=True)
class People:
    """Whom a field offers.

    ``few``: everybody is offered, so that a plain list does. Else the chosen come first, then whoever was
    found by the words.
    """

    options: tuple[Choice, ...]
    few: bool
    words: str = ""


def people(goals: Goals, chosen: Collection[str | None] = (), words: str = "") -> People:
    """Everyone who is not disabled, by name, or of very many those found by the words; the chosen always."""
    everyone = goals.people(PeopleQuery(limit=MANY + 1)).items
    few = len(everyone) <= MANY
    found = everyone if few else goals.people(PeopleQuery(words=words, limit=2 * FOUND_AT_MOST)).items
    offered = [person for person in found if person.state != "disabled"]
    wanted = {person_id for person_id in chosen if person_id}
    missing = wanted - {person.id for person in offered}
    kept = [person for person in goals.directory(missing).people.values() if person.id in missing]
    if few:
        shown = sorted([*offered, *kept], key=lambda person: person.name.casefold())
    else:
        kept += [person for person in offered if person.id in wanted]
        found_now = [person for person in offered if person.id not in wanted and words.strip()]
        shown = [*kept, *found_now[:FOUND_AT_MOST]]
    options = tuple((person.id, _named(person)) for person in shown)
    return People(options=options, few=few, words=words)


def _named(person: Person) -> str:
    return f"{person.name} (disabled)" if person.state == "disabled" else person.name


def with_chosen(options: list[Choice], chosen: str | None, gone: str) -> list[Choice]:
    """Return the options with the chosen one, though it is gone: else another one would be sent."""
    known = not chosen or any(value == chosen for value, _ in options)
    return options if known else [(str(chosen), gone), *options]


def teams(directory: Directory) -> list[Choice]:
    """Every team, below its parent, with a dash for each level."""
    return [(team.id, f"{'– ' * depth}{isolated(team.name)}") for team, depth in in_order(directory)]


def own_teams(directory: Directory, person_id: str, kept: str | None = None) -> list[Choice]:
    """The teams that this person leads or belongs to, and the one that is ``kept`` from before."""
    theirs = directory.teams_of(person_id)
    before = directory.team(kept)
    return [(team.id, team.name) for team in ((*theirs, before) if before not in theirs else theirs) if team]


def in_order(directory: Directory) -> list[tuple[Team, int]]:
    """Every team below its parent, with its depth; a team whose parent is missing stands at the top."""
    below: dict[str | None, list[Team]] = {}
    for team in sorted(directory.teams.values(), key=lambda team: team.name.casefold()):
        parent_id = team.parent_id if team.parent_id in directory.teams else None
        below.setdefault(parent_id, []).append(team)

    ordered: list[tuple[Team, int]] = []

    def walk(parent_id: str | None, depth: int) -> None:
        for team in below.get(parent_id, []):
            ordered.append((team, depth))
            walk(team.id, depth + 1)

    walk(None, 0)
    return ordered
