"""What the pages know of an organisation's goals: the resources of the owning services, as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

T = TypeVar("T")
HIDDEN_PARENT = "hidden"  # how a form names a parent that its viewer may not see


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of the organisation; ``state`` is invited, active or disabled."""

    id: str
    name: str
    email: str = ""
    time_zone: str = "UTC"
    locale: str = "en"
    role: str = "member"
    state: str = "active"
    rev: int = 0


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When a team checks in; Monday is weekday 0, ``time`` is HH:MM on the person's own clock."""

    every: str = "weekly"
    weekday: int = 0
    time: str = "09:00"


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team with its place in the organisation."""

    id: str
    name: str
    slug: str = ""
    parent_id: str | None = None
    lead_id: str | None = None
    member_ids: tuple[str, ...] = ()
    rhythm: Rhythm = field(default_factory=Rhythm)
    rev: int = 0

    def has(self, person_id: str) -> bool:
        """Whether this person leads the team or belongs to it."""
        return person_id == self.lead_id or person_id in self.member_ids


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A span of days; ``state`` is planning, active, closing or closed."""

    id: str
    name: str
    starts_on: date
    ends_on: date
    state: str
    rev: int = 0

    def gone(self, on: date) -> float:
        """The share of the cycle that has passed, 0 to 1."""
        days = (self.ends_on - self.starts_on).days
        if days <= 0:
            return 1.0 if on >= self.ends_on else 0.0
        return min(max((on - self.starts_on).days / days, 0.0), 1.0)


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where the organisation draws its lines between statuses. Gaps and shares 0 to 1, confidence 0 to 10."""

    on_track_gap: float = 0.10
    behind_gap: float = 0.25
    too_early_share: float = 0.15
    low_confidence: int = 3
    stale_after_days: int = 3


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """The tenant and what holds for everyone in it."""

    id: str
    name: str
    time_zone: str = "UTC"
    locale: str = "en"
    thresholds: Thresholds = field(default_factory=Thresholds)
    rev: int = 0


@dataclass(frozen=True, kw_only=True)
class Asker:
    """The one who looks, which day it is where they are, and when it began there."""

    person_id: str
    roles: frozenset[str]
    today: date
    day_began: datetime


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One number that a status rests on; ``decisive`` tells that this rule fired."""

    rule: str
    value: float | None
    limit: float | None
    decisive: bool = False


@dataclass(frozen=True, kw_only=True)
class Parent:
    """What an objective rolls up to (an objective) or is carried by (a key result)."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Weakest:
    """The live key result with the least progress below an objective."""

    key_result_id: str
    progress: float
    title: str | None = None
    status: str | None = None


@dataclass(frozen=True, kw_only=True)
class Objective:
    """An objective with what rolled up into it. Shares are 0 to 1; null progress means not measured."""

    id: str
    title: str
    level: str
    cycle_id: str
    owner_id: str
    why: str = ""
    contribution: str = ""
    team_id: str | None = None
    parent: Parent | None = None
    weight: float = 1.0
    visibility: str = "organisation"
    roll_up: str = "both"
    state: str = "open"
    follower_ids: tuple[str, ...] = ()
    progress: float | None = None
    expected: float | None = None
    status: str = "not_started"
    confidence: float | None = None
    weakest: Weakest | None = None
    parent_hidden: bool = False
    rev: int = 0


@dataclass(frozen=True, kw_only=True)
class KeyResult:
    """A key result's definition and its standing. ``current`` is in its unit, confidence 0 to 10.

    ``check_in_due``: a check-in is due today or was missed, as `checkins` said when it was asked.
    """

    id: str
    objective_id: str
    title: str
    kind: str
    start: float
    target: float
    owner_id: str
    unit: str = ""
    current: float | None = None
    weight: float = 1.0
    commitment: str = "committed"
    delegate_id: str | None = None
    due_on: date | None = None
    description: str = ""
    cycle_id: str = ""
    team_id: str | None = None
    state: str = "open"
    progress: float | None = None
    raw_progress: float | None = None
    expected: float | None = None
    status: str = "not_started"
    confidence: int | None = None
    reasons: tuple[Reason, ...] = ()
    as_of: datetime | None = None
    next_check_in_on: date | None = None
    check_in_due: bool = False
    rev: int = 0

    @property
    def falling(self) -> bool:
        """Whether a lower value is better."""
        return self.target < self.start


@dataclass(frozen=True, kw_only=True)
class Crumb:
    """One step of the way from the top to a thing; ``kind`` is objective or key_result.

    ``below_hidden``: what stands directly above it is hidden from the viewer.
    """

    kind: str
    id: str
    title: str
    below_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class ObjectiveDetail:
    """An objective with the way to it and what hangs beneath it."""

    objective: Objective
    ancestors: tuple[Crumb, ...]
    key_results: tuple[KeyResult, ...]
    children: tuple[Objective, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class TreeRow:
    """One row of the OKRs page, in display order; ``depth`` counts from 0 at the top.

    ``more_below``: more hangs under it than the page has room for. ``collapsed``: the ``rows_below`` are not
    among the rows. ``next_check_in_on`` is an objective's, the earliest below it. A row is equal to itself
    alone: whoever keeps something for a row finds it again without comparing all that the row tells.
    """

    depth: int
    has_children: bool = False
    more_below: bool = False
    collapsed: bool = False
    rows_below: int = 0
    next_check_in_on: date | None = None
    objective: Objective | None = None
    key_result: KeyResult | None = None


@dataclass(frozen=True, kw_only=True)
class Tree:
    """One page of the tree; ``counts`` are the cycle's key results: by status, ``total`` and ``mine``."""

    rows: tuple[TreeRow, ...]
    next: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CheckIn:
    """A key result's value at a moment, as it counts; ``versions`` are oldest first, if it was changed."""

    id: str
    key_result_id: str
    value: float | None
    confidence: int | None
    as_of: datetime
    recorded_at: datetime
    seq: int = 0
    note: str = ""
    challenge: str = ""
    adjustment: str = ""
    author_id: str = ""
    progress: float | None = None
    status: str = ""
    withdrawn: bool = False
    versions: tuple[CheckIn, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A check-in that somebody owes: the key result as it stands, and when it falls due."""

    key_result: KeyResult
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """A key result that somebody checked in today; ``before`` is the value that the day began with."""

    key_result: KeyResult
    check_in_id: str
    before: float | None = None


@dataclass(frozen=True, kw_only=True)
class OwedList:
    """What somebody owes: ``due`` today or earlier, ``later`` this week; and what they have ``done`` today.

    ``next_on`` is the first day after today on which they owe a check-in.
    """

    due: tuple[Owed, ...] = ()
    later: tuple[Owed, ...] = ()
    done: tuple[Done, ...] = ()
    next_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Week:
    """A team's current period: the check-ins done, those in all, and the open ones by person and by title."""

    laid: int
    total: int
    open_by_person: Mapping[str, int] = field(default_factory=dict)
    open_titles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Those people that were asked for, and all teams, by id."""

    people: Mapping[str, Person]
    teams: Mapping[str, Team]

    def person(self, person_id: str | None) -> Person | None:
        """The person of this id, or null where it is unknown."""
        return self.people.get(person_id) if person_id else None

    def team(self, team_id: str | None) -> Team | None:
        """The team of this id, or null where it is unknown."""
        return self.teams.get(team_id) if team_id else None

    def teams_of(self, person_id: str) -> tuple[Team, ...]:
        """The teams that this person leads or belongs to, by name."""
        return tuple(
            sorted((team for team in self.teams.values() if team.has(person_id)), key=lambda t: t.name)
        )


@dataclass(frozen=True, kw_only=True)
class MailChoice:
    """A kind of mail, as the notifier words it, and whether one gets it: at_once or off."""

    kind: str
    label: str
    hint: str
    delivery: str


@dataclass(frozen=True, kw_only=True)
class MailChoices:
    """What one chose for every kind of mail, and the revision of it."""

    choices: tuple[MailChoice, ...]
    rev: int = 0


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail of the log; bodies are there only when one mail is read."""

    id: str
    kind: str
    subject: str
    recipient: str
    state: str
    created_at: datetime | None
    address: str = ""
    sent_at: datetime | None = None
    reason: str = ""
    attempts: int = 0
    last_answer: str = ""
    text: str = ""
    html: str = ""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list; ``next`` is an opaque cursor or null."""

    items: tuple[T, ...]
    next: str | None = None
