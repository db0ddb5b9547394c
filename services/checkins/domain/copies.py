"""What this service knows of things that `goals` owns: only the fields that it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from libs.measures.status import Thresholds


@dataclass(frozen=True)
class Rhythm:
    """When a team checks in: ``every`` is weekly, biweekly or monthly; Monday is weekday 0.

    ``time`` is local HH:MM.
    """

    every: str = "weekly"
    weekday: int = 0
    time: str = "09:00"


@dataclass(frozen=True, kw_only=True)
class KeyResult:
    """A key result's definition, with its objective's ``objective_state``.

    ``state`` is open, abandoned or deleted.
    """

    id: str
    organisation_id: str
    objective_id: str
    objective_title: str
    objective_owner_id: str
    title: str
    kind: str
    unit: str
    start: float
    target: float
    owner_id: str
    delegate_id: str | None
    due_on: date | None
    cycle_id: str
    team_id: str | None
    visibility: str
    state: str = "open"
    created_on: date | None = None
    objective_state: str = "open"


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A span of days. ``state`` is planning, active, closing or closed."""

    id: str
    organisation_id: str
    starts_on: date
    ends_on: date
    state: str


@dataclass(frozen=True, kw_only=True)
class Team:
    """Who leads a team, who is in it, and when it checks in. ``state`` is live or deleted."""

    id: str
    organisation_id: str
    name: str
    lead_id: str | None
    member_ids: tuple[str, ...] = ()
    rhythm: Rhythm = field(default_factory=Rhythm)
    state: str = "live"


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Where an organisation's days begin, and where it draws its lines."""

    id: str
    time_zone: str = "UTC"
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom a reminder reaches, and when it is morning there. ``state`` is invited, active or disabled."""

    id: str
    organisation_id: str
    name: str
    time_zone: str
    state: str
    role: str = "member"


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
