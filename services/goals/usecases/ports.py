"""What the use cases need from the world.

Each port has a fake and a real one that pass one contract suite.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Generic, Protocol, TypeVar

from libs.contracts.codec import Payload
from services.goals.domain.cycle import Cycle
from services.goals.domain.folding import Unread
from services.goals.domain.key_result import KeyResult, Standing
from services.goals.domain.objective import Objective
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.record import Nested, Record
from services.goals.domain.team import Team
from services.goals.usecases.neighbours import CheckIns, NoCheckIns

T = TypeVar("T", bound=Record)
N = TypeVar("N", bound=Nested)


class LostRace(Exception):
    """Somebody else wrote the document between our read and our write; read again and decide again."""


class Taken(Exception):
    """Another live document of the organisation has this value; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Slice(Generic[T]):
    """Some items in order; ``after`` continues behind the last one, null at the end."""

    items: Sequence[T]
    after: tuple[str | int, ...] | None = None


@dataclass(frozen=True)
class Window:
    """Where in a list: behind ``after``, at most ``limit``."""

    after: tuple[str | int, ...] | None = None
    limit: int = 50


@dataclass(frozen=True)
class Sight:
    """What of an organisation may be seen.

    Everything, or what visibility shows this person of these teams.
    """

    organisation_id: str
    person_id: str
    team_ids: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(frozen=True, kw_only=True)
class ObjectiveFilter:
    """Which objectives; null means any. ``text`` is contained in the title, whatever the case.

    ``parent_id`` is what they hang under (an objective or a key result), ``under_id`` the objective beneath
    which they are shown.
    """

    cycle_id: str | None = None
    team_id: str | None = None
    owner_id: str | None = None
    level: str | None = None
    parent_id: str | None = None
    under_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class KeyResultFilter:
    """Which key results; null means any. ``owner_id`` also finds those delegated to that person.

    ``unread`` adds to ``statuses`` those that nobody has told a standing of yet.
    """

    cycle_id: str | None = None
    team_id: str | None = None
    owner_id: str | None = None
    objective_id: str | None = None
    statuses: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    text: str | None = None
    unread: bool = False


@dataclass(frozen=True)
class Applied:
    """A standing of one key result as an event told it; ``moved_by`` is who checked in, if anybody did."""

    organisation_id: str
    key_result_id: str
    objective_id: str
    standing: Standing
    moved_by: str | None = None


class Store(Protocol[T]):
    """Documents of one kind. Every write is one document with the events that it causes."""

    def get(self, organisation_id: str, item_id: str) -> T | None:
        """The live document, or None; also when another organisation has it."""

    def many(self, organisation_id: str, item_ids: Collection[str]) -> dict[str, T]:
        """Those of these documents that are live, by id."""

    def add(self, item: T, says: Sequence[Payload] = ()) -> None:
        """The document and its events are stored.

        Raises:
            Taken: a unique field is taken (``_id`` when the id is).
        """

    def made_by(self, organisation_id: str, made_by: str) -> T | None:
        """What this person made with this idempotency key, deleted or not."""

    def save(self, item: T, says: Sequence[Payload] = (), *, edited: bool = True) -> T:
        """The document is replaced if nobody wrote it since it was read; the one now stored is returned.

        ``edited``: its definition changed, so ``rev`` rises.

        Raises:
            LostRace: somebody did.
            Taken: a unique field is taken.
        """


class NestedStore(Store[N], Protocol):
    """Documents that were hung on others, which may have changed or gone in that very instant."""

    def recheck_due(self, limit: int) -> Sequence[N]:
        """Some that must be looked at again, deleted ones too."""

    def rechecked(self, items: Collection[N]) -> None:
        """These need not be looked at again, save those that somebody wrote since they were read."""


class Organisations(Store[Organisation], Protocol):
    """Organisations; each is its own ``organisation_id``."""

    def by_ids(self, organisation_ids: Collection[str]) -> dict[str, Organisation]:
        """These organisations."""

    def time_zones(self) -> Sequence[str]:
        """Every time zone in which one of them lives, for the clock."""

    def unjudged(self, time_zones: Collection[str], today: date, limit: int) -> Sequence[str]:
        """The ids of some that live there and whose objectives were last judged on another day, or never."""


class People(Store[Person], Protocol):
    """People."""

    def page(
        self,
        organisation_id: str,
        text: str | None,
        state: str | None,
        window: Window,
        *,
        ids: Collection[str] | None = None,
    ) -> Slice[Person]:
        """By name. ``text`` is contained in name or address; ``ids`` leaves out all others."""

    def other_admins(self, organisation_id: str, but: Collection[str]) -> int:
        """How many active admins there are besides these people."""

    def names(self, organisation_id: str, person_ids: Collection[str]) -> dict[str, str]:
        """The names of these people, disabled ones included."""


@dataclass(frozen=True)
class Ties:
    """The teams that a person leads, and those that they are a member of."""

    leads: frozenset[str] = frozenset()
    member_of: frozenset[str] = frozenset()


class Teams(NestedStore[Team], Protocol):
    """Teams."""

    def page(self, organisation_id: str, window: Window) -> Slice[Team]:
        """By name."""

    def of_person(self, organisation_id: str, person_id: str) -> Sequence[Team]:
        """The teams that the person leads or is a member of."""

    def ties(self, organisation_id: str, person_id: str) -> Ties:
        """The ids of the same teams, which is far less to read."""

    def parents(self, organisation_id: str) -> Mapping[str, str | None]:
        """Every live team and the one above it."""

    def gone(self, organisation_id: str, team_id: str) -> Team | None:
        """The deleted team, or None."""


class Cycles(Store[Cycle], Protocol):
    """Cycles."""

    def page(self, organisation_id: str, state: str | None, window: Window) -> Slice[Cycle]:
        """The latest first."""

    def by_ids(self, organisation_ids: Collection[str], cycle_ids: Collection[str]) -> dict[str, Cycle]:
        """These cycles of these organisations; for the worker."""

    def with_organisation(
        self, organisation_id: str, cycle_id: str, *, fresh: bool = True
    ) -> tuple[Cycle, Organisation] | None:
        """The cycle and its organisation, in one read; not ``fresh`` may be a second old."""

    def open_ids(self, organisation_id: str) -> Sequence[str]:
        """Those that are not closed."""

    def judge_due(self) -> Sequence[Cycle]:
        """Those whose objectives must be judged anew."""


class Objectives(NestedStore[Objective], Protocol):
    """Objectives."""

    def page(self, sight: Sight, wanted: ObjectiveFilter, window: Window) -> Slice[Objective]:
        """Company first, then teams, then people; oldest first within."""

    def chain(self, organisation_id: str, objective_id: str) -> Sequence[Objective]:
        """The objective and all above it, nearest first."""

    def children(self, sight: Sight, objective_id: str) -> Sequence[Objective]:
        """Those shown directly beneath it, also those that hang on its key results."""

    def has_children(self, organisation_id: str, parent_id: str) -> bool:
        """Whether a live objective has this parent (an objective or a key result), or is shown beneath it."""

    def hanging_on(self, organisation_id: str, parent_id: str) -> Sequence[Objective]:
        """The live objectives with this parent (an objective or a key result), or shown beneath it."""

    def team_has_any(self, organisation_id: str, team_id: str) -> bool:
        """Whether a live objective belongs to the team."""

    def by_ids(
        self, organisation_ids: Collection[str], objective_ids: Collection[str]
    ) -> dict[str, Objective]:
        """These objectives of these organisations, deleted ones too; for the worker."""

    def announce_due(self, limit: int) -> Sequence[Objective]:
        """Those whose key results must be told facts that changed."""

    def announced(self, objective: Objective) -> None:
        """Nothing is owed any more, unless the objective was edited since it was read."""

    def owe_themselves(self, organisation_id: str, cycle_ids: Collection[str]) -> int:
        """Every live objective of these cycles is due to be recomputed; how many."""


class KeyResults(NestedStore[KeyResult], Protocol):
    """Key results."""

    def page(self, sight: Sight, wanted: KeyResultFilter, window: Window) -> Slice[KeyResult]:
        """Oldest first."""

    def of_objectives(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[KeyResult]:
        """All live ones of these objectives, oldest first."""

    def due_outside(self, organisation_id: str, cycle_id: str, starts_on: date, ends_on: date) -> int:
        """How many live ones of the cycle are due outside this span."""

    def apply(self, news: Sequence[Applied]) -> int:
        """Each key result that is known and has no newer standing has this one, and its objective is due.

        How many were changed is returned.
        """


@dataclass(frozen=True)
class Counts:
    """How many key results of a cycle one may see.

    By status (None: no standing told yet), and how many are one's own.
    """

    by_status: Mapping[str | None, int]
    mine: int


class Forest(Protocol):
    """The objectives of a cycle as trees, as rows show them; each call is one read."""

    def tops(self, sight: Sight, cycle_id: str, window: Window) -> Slice[Objective]:
        """Those that hang under nothing, company first."""

    def hidden_tops(self, sight: Sight, cycle_id: str) -> Sequence[str]:
        """The ids of those that hang under nothing and may not be seen; visible ones may hang beneath."""

    def directly_beneath(
        self, organisation_id: str, objective_ids: Collection[str], limit: int
    ) -> Sequence[Objective]:
        """What hangs directly under these objectives, company first; also what may not be seen."""

    def numbers_beneath(self, sight: Sight, objective_ids: Collection[str]) -> Mapping[str, int]:
        """How many that may be seen hang directly under each of these objectives; none is left out."""

    def of_objectives(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[KeyResult]:
        """All live ones of these objectives as rows show them, in no order."""

    def named(self, organisation_id: str, key_result_ids: Collection[str]) -> Sequence[KeyResult]:
        """Return these live key results as rows show them, in no order."""

    def unread(self, sight: Sight, objective_ids: Collection[str]) -> Mapping[str, Unread]:
        """Count the key results of each objective that may be seen; none is left out."""

    def above(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[Objective]:
        """These objectives and all above them, also those that may not be seen."""

    def matching(self, sight: Sight, wanted: ObjectiveFilter) -> Sequence[str]:
        """The ids of the objectives that match."""

    def matching_key_results(self, sight: Sight, wanted: KeyResultFilter) -> Sequence[KeyResult]:
        """The key results that match."""

    def counts(self, sight: Sight, cycle_id: str) -> Counts:
        """How the key results of the cycle stand; may be some seconds old."""


@dataclass(frozen=True)
class Once:
    """Hashes of who asks with which idempotency key, and of what is asked; empty where no key was sent."""

    made_by: str | None = None
    made_of: str | None = None


NO_KEY: Final = Once()


@dataclass(frozen=True)
class Ports:
    """Everything a use case may need; built once."""

    organisations: Organisations
    people: People
    teams: Teams
    cycles: Cycles
    objectives: Objectives
    key_results: KeyResults
    forest: Forest
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    check_ins: CheckIns = field(default_factory=NoCheckIns)
