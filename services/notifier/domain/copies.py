"""What other services own and mails need: the newest known copy of each thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DEFAULT_LOCALE = "en"
DEFAULT_TIME_ZONE = "UTC"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone who may get mail.

    ``activated`` tells that they accepted their invitation, whatever ``state`` says yet.
    """

    id: str
    organisation_id: str
    name: str
    email: str
    time_zone: str
    locale: str
    role: str
    state: str
    activated: bool = False

    @property
    def active(self) -> bool:
        """Whether they may get mail that they did not ask for this minute."""
        return self.state == "active" or (self.state == "invited" and self.activated)


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team; ``weekday`` is its check-in day, Monday is 0."""

    id: str
    organisation_id: str
    name: str
    lead_id: str | None
    member_ids: tuple[str, ...]
    every: str
    weekday: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Objective:
    """An objective's definition, as far as mails speak of it."""

    id: str
    organisation_id: str
    title: str
    owner_id: str
    team_id: str | None
    visibility: str
    follower_ids: tuple[str, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class KeyResult:
    """A key result's definition, as far as mails speak of it."""

    id: str
    organisation_id: str
    objective_id: str
    objective_title: str
    objective_owner_id: str
    title: str
    owner_id: str
    delegate_id: str | None
    team_id: str | None
    visibility: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """The tenant's name, for the last line of a mail."""

    id: str
    organisation_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The newest known judgement of a key result or an objective; ``(seq, at)`` orders them.

    ``confidence_before`` is the last confidence that differed. ``checked_in_at`` is when a check-in was
    last recorded. ``next_check_in_on`` is the day (YYYY-MM-DD) of the next one, null where none is owed,
    empty where that was not told.
    """

    id: str
    organisation_id: str
    seq: int
    at: datetime
    status: str
    progress: float | None = None
    expected: float | None = None
    confidence: int | None = None
    confidence_before: int | None = None
    checked_in_at: datetime | None = None
    next_check_in_on: str | None = ""
