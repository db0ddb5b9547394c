"""What `goals` announces. Definitions are announced whole, so a copy needs only the newest.

Schemas only grow: a field is never removed or given another meaning; a new one has a default.
Shares are numbers from 0 to 1; ids are opaque strings; days are dates without a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When a team checks in: ``every`` is weekly, biweekly or monthly.

    Monday is weekday 0; ``time`` is HH:MM.
    """

    every: str
    weekday: int
    time: str


@dataclass(frozen=True, kw_only=True)
class ParentRef:
    """What an objective rolls up to or is carried by: ``kind`` is objective or key_result."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Weakest:
    """The live key result with the least progress below an objective."""

    key_result_id: str
    progress: float


@dataclass(frozen=True, kw_only=True)
class ThresholdSettings:
    """Where an organisation draws its lines between statuses. Gaps and shares 0 to 1, confidence 0 to 10."""

    on_track_gap: float = 0.10
    behind_gap: float = 0.25
    too_early_share: float = 0.15
    low_confidence: int = 3
    stale_after_days: int = 3


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged:
    """An organisation was made or its settings changed."""

    TYPE: ClassVar[str] = "goals.organisation.changed.v1"
    organisation_id: str
    name: str
    time_zone: str
    locale: str
    thresholds: ThresholdSettings


@dataclass(frozen=True, kw_only=True)
class PersonChanged:
    """A person was invited, changed, activated or disabled.

    ``role`` is admin, leader, member or viewer; ``state`` is invited, active or disabled.
    ``invitation`` counts the invitations asked for, so that asking again sends another mail.
    """

    TYPE: ClassVar[str] = "goals.person.changed.v1"
    person_id: str
    name: str
    email: str
    time_zone: str
    locale: str
    role: str
    state: str
    invitation: int = 0
    invited_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class TeamChanged:
    """A team was made, changed or removed (``state`` is live or deleted)."""

    TYPE: ClassVar[str] = "goals.team.changed.v1"
    team_id: str
    name: str
    slug: str
    parent_id: str | None
    lead_id: str | None
    member_ids: tuple[str, ...]
    rhythm: Rhythm
    state: str = "live"


@dataclass(frozen=True, kw_only=True)
class CycleChanged:
    """A cycle was made or changed; ``state`` is planning, active, closing or closed."""

    TYPE: ClassVar[str] = "goals.cycle.changed.v1"
    cycle_id: str
    name: str
    starts_on: date
    ends_on: date
    state: str


@dataclass(frozen=True, kw_only=True)
class ObjectiveChanged:
    """An objective's definition changed; ``state`` is open, abandoned or deleted."""

    TYPE: ClassVar[str] = "goals.objective.changed.v1"
    objective_id: str
    title: str
    level: str
    cycle_id: str
    team_id: str | None
    owner_id: str
    parent: ParentRef | None
    visibility: str
    follower_ids: tuple[str, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class KeyResultChanged:
    """A key result's definition changed; ``state`` is open, abandoned or deleted.

    ``kind`` is metric or boolean. ``team_id``, ``cycle_id``, ``objective_owner_id`` and ``visibility`` are
    those of its objective, repeated so that a copy answers alone who may see it, who may check in, and when.
    ``objective_state`` is open or abandoned; an event from before it was said counts as open. ``actor_id`` is
    who changed it; null where nobody did, such as where its objective changed, and where it is not known.
    """

    TYPE: ClassVar[str] = "goals.key_result.changed.v1"
    key_result_id: str
    objective_id: str
    objective_title: str
    objective_owner_id: str
    title: str
    kind: str
    unit: str
    start: float
    target: float
    weight: float
    commitment: str
    owner_id: str
    delegate_id: str | None
    due_on: date | None
    cycle_id: str
    team_id: str | None
    visibility: str
    state: str
    created_on: date | None = None
    objective_state: str = "open"
    actor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectiveProgressed:
    """What rolled up into an objective changed; ``seq`` of the event orders them.

    Null progress: not measured. ``visibility`` is the objective's; an event from before it was said has none.
    """

    TYPE: ClassVar[str] = "goals.objective.progressed.v1"
    objective_id: str
    cycle_id: str
    team_id: str | None
    parent: ParentRef | None
    progress: float | None
    expected: float
    status: str
    weakest: Weakest | None
    visibility: str | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectiveAchieved:
    """Every child is done.

    Progress reached 1 for the first time in this cycle (``epoch`` rises with each real change). ``actor_id``
    is whoever's check-in or edit alone did it; null where several did, or time, or where it is not known.
    """

    TYPE: ClassVar[str] = "goals.objective.achieved.v1"
    objective_id: str
    title: str
    owner_id: str
    team_id: str | None
    epoch: int
    ends_on: date
    actor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectiveAtRisk:
    """An objective got worse into behind or at_risk. ``actor_id`` is as in `ObjectiveAchieved`."""

    TYPE: ClassVar[str] = "goals.objective.at_risk.v1"
    objective_id: str
    title: str
    owner_id: str
    team_id: str | None
    epoch: int
    status: str
    previous_status: str
    progress: float
    expected: float
    actor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectiveRecovered:
    """An objective left at_risk for something better. ``actor_id`` is as in `ObjectiveAchieved`."""

    TYPE: ClassVar[str] = "goals.objective.recovered.v1"
    objective_id: str
    title: str
    owner_id: str
    team_id: str | None
    epoch: int
    status: str
    progress: float
    expected: float
    actor_id: str | None = None


EVENTS = (
    OrganisationChanged,
    PersonChanged,
    TeamChanged,
    CycleChanged,
    ObjectiveChanged,
    KeyResultChanged,
    ObjectiveProgressed,
    ObjectiveAchieved,
    ObjectiveAtRisk,
    ObjectiveRecovered,
)
