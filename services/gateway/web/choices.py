"""What select fields offer: people and teams by name, and the fixed lists with their words."""

from __future__ import annotations

from services.gateway.domain.okr import Directory, Team
from services.gateway.web import sentences

Choice = tuple[str, str]

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
LOCALES: tuple[Choice, ...] = (("en", "English (Europe)"), ("de", "Deutsch"), ("pt", "Português"))
THEMES: tuple[Choice, ...] = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


def people(directory: Directory, *, keep: str | None = None) -> list[Choice]:
    """Everyone who is not disabled, by name; ``keep`` stays offered whatever their state."""
    shown = (
        person for person in directory.people.values() if person.state != "disabled" or person.id == keep
    )
    return [(person.id, person.name) for person in sorted(shown, key=lambda person: person.name.casefold())]


def teams(directory: Directory) -> list[Choice]:
    """Every team, below its parent, with a dash for each level."""
    return [(team.id, f"{'– ' * depth}{team.name}") for team, depth in in_order(directory)]


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
