"""Teams and the tree they form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.goals.domain.record import Nested

LIVE, DELETED = "live", "deleted"
EVERY = ("weekly", "biweekly", "monthly")
SLUGS_TRIED = 50


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When a team checks in: Monday is weekday 0, ``time`` is HH:MM in each member's own time zone."""

    every: str = "weekly"
    weekday: int = 0
    time: str = "09:00"


EVERY_MONDAY = Rhythm()


@dataclass(frozen=True, kw_only=True)
class Team(Nested):
    """A team; who leads it need not be a member."""

    name: str
    slug: str
    parent_id: str | None = None
    lead_id: str | None = None
    member_ids: tuple[str, ...] = ()
    rhythm: Rhythm = EVERY_MONDAY
    state: str = LIVE


def numbered(slug: str) -> Iterator[str]:
    """The short name itself, and those with a number behind it, to be tried in turn."""
    yield slug
    yield from (f"{slug}-{number}" for number in range(2, SLUGS_TRIED + 1))


def makes_loop(team_id: str, parent_id: str | None, parents: Mapping[str, str | None]) -> bool:
    """Whether a team under this parent would stand above itself.

    ``parents`` maps every team to its parent.
    """
    seen = set()
    while parent_id is not None and parent_id not in seen:
        if parent_id == team_id:
            return True
        seen.add(parent_id)
        parent_id = parents.get(parent_id)
    return False
