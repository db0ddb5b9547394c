"""The ports of goals in memory. They pass the same suite as those on MongoDB."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Generic, TypeVar

from libs.contracts.codec import Payload
from services.goals.domain.cycle import CLOSED, Cycle
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import OPEN, Objective
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.recompute import Child, Children
from services.goals.domain.record import Record
from services.goals.domain.team import LIVE, Team
from services.goals.domain.tree import rank
from services.goals.usecases.ports import (
    Applied,
    Counts,
    Debt,
    KeyResultFilter,
    LostRace,
    ObjectiveFilter,
    Ports,
    Sight,
    Slice,
    Taken,
    Window,
)

T = TypeVar("T", bound=Record)
NOON = datetime(2031, 11, 18, 12, tzinfo=UTC)


class FakeStore(Generic[T]):
    """Documents of one kind in a dictionary; what they say is kept in ``said``."""

    def __init__(self) -> None:
        self.items: dict[str, T] = {}
        self.said: list[tuple[int, Payload]] = []
        self.before_save: Callable[[], None] = lambda: None

    def live(self, item: T) -> bool:
        """Whether the item is not deleted."""
        return getattr(item, "state", LIVE) != "deleted"

    def unique(self, item: T) -> Mapping[str, object]:
        """What no other item of the organisation may have, by field."""
        del item
        return {}

    def get(self, organisation_id: str, item_id: str) -> T | None:
        """The live item, or None."""
        return self.many(organisation_id, [item_id]).get(item_id)

    def many(self, organisation_id: str, item_ids: Collection[str]) -> dict[str, T]:
        """Those that are live."""
        found = (self.items[item_id] for item_id in item_ids if item_id in self.items)
        return {
            item.id: item for item in found if item.organisation_id == organisation_id and self.live(item)
        }

    def add(self, item: T, says: Sequence[Payload] = ()) -> None:
        """The item is stored."""
        if item.id in self.items:
            raise Taken("_id")
        self._check_unique(item)
        self.items[item.id] = item
        self.said += [(item.seq, payload) for payload in says]

    def made_by(self, organisation_id: str, made_by: str) -> T | None:
        """What was made with this key."""
        return next((item for item in self._of(organisation_id) if item.made_by == made_by), None)

    def save(self, item: T, says: Sequence[Payload] = (), *, edited: bool = True) -> T:
        """The item is replaced unless somebody was quicker."""
        self.before_save()
        known = self.items.get(item.id)
        if known is None or known.seq != item.seq:
            raise LostRace
        self._check_unique(item)
        stored = replace(item, seq=item.seq + 1, rev=item.rev + 1 if edited else item.rev)
        self.items[item.id] = stored
        self.said += [(stored.seq, payload) for payload in says]
        return stored

    def _of(self, organisation_id: str) -> list[T]:
        return [item for item in self.items.values() if item.organisation_id == organisation_id]

    def _check_unique(self, item: T) -> None:
        for other in self.items.values():
            if other.id == item.id:
                continue
            same = other.organisation_id == item.organisation_id
            if same and item.made_by is not None and other.made_by == item.made_by:
                raise Taken("_id")
            theirs = self.unique(other)
            for name, value in self.unique(item).items():
                if theirs.get(name) == value:
                    raise Taken(name)


Key = Callable[[T], tuple[str | int, ...]]


def part(items: Iterable[T], key: Key[T], window: Window, *, latest_first: bool = False) -> Slice[T]:
    """The part of a list that the window shows."""
    ordered = sorted(items, key=key, reverse=latest_first)
    if window.after is not None:
        after = window.after
        ordered = [item for item in ordered if (key(item) < after if latest_first else key(item) > after)]
    shown = ordered[: window.limit]
    return Slice(shown, key(shown[-1]) if len(ordered) > len(shown) else None)


class FakeOrganisations(FakeStore[Organisation]):
    """Organisations."""

    def unique(self, item: Organisation) -> Mapping[str, object]:
        """The slug, platform-wide."""
        return {"slug": item.slug}

    def by_ids(self, organisation_ids: Collection[str]) -> dict[str, Organisation]:
        """These."""
        return {item_id: self.items[item_id] for item_id in organisation_ids if item_id in self.items}

    def everyone(self) -> Iterable[Organisation]:
        """All."""
        return list(self.items.values())


class FakePeople(FakeStore[Person]):
    """People."""

    def unique(self, item: Person) -> Mapping[str, object]:
        """The address within the organisation."""
        return {"email": (item.organisation_id, item.email_key)}

    def page(
        self, organisation_id: str, text: str | None, state: str | None, window: Window
    ) -> Slice[Person]:
        """By name."""
        found = [
            item
            for item in self._of(organisation_id)
            if (state is None or item.state == state)
            and (text is None or text.casefold() in item.name.casefold() or text.casefold() in item.email_key)
        ]
        return part(found, lambda item: (item.name.casefold(), item.id), window)

    def other_admins(self, organisation_id: str, person_id: str) -> int:
        """How many govern beside them."""
        return sum(item.governs and item.id != person_id for item in self._of(organisation_id))

    def names(self, organisation_id: str, person_ids: Collection[str]) -> dict[str, str]:
        """Their names."""
        return {item.id: item.name for item in self._of(organisation_id) if item.id in person_ids}


class FakeTeams(FakeStore[Team]):
    """Teams."""

    def unique(self, item: Team) -> Mapping[str, object]:
        """The slug of live teams within the organisation."""
        return {"slug": (item.organisation_id, item.slug)} if item.state == LIVE else {}

    def page(self, organisation_id: str, window: Window) -> Slice[Team]:
        """By name."""
        return part(self._live_of(organisation_id), lambda item: (item.name.casefold(), item.id), window)

    def of_person(self, organisation_id: str, person_id: str) -> Sequence[Team]:
        """Led by or with them."""
        found = self._live_of(organisation_id)
        return [item for item in found if person_id == item.lead_id or person_id in item.member_ids]

    def parents(self, organisation_id: str) -> Mapping[str, str | None]:
        """Who is under whom."""
        return {item.id: item.parent_id for item in self._live_of(organisation_id)}

    def _live_of(self, organisation_id: str) -> list[Team]:
        return [item for item in self._of(organisation_id) if self.live(item)]


class FakeCycles(FakeStore[Cycle]):
    """Cycles."""

    def page(self, organisation_id: str, state: str | None, window: Window) -> Slice[Cycle]:
        """The latest first."""
        found = [item for item in self._of(organisation_id) if state is None or item.state == state]
        return part(found, lambda item: (item.starts_on.isoformat(), item.id), window, latest_first=True)

    def by_ids(self, organisation_ids: Collection[str], cycle_ids: Collection[str]) -> dict[str, Cycle]:
        """These."""
        found = [self.items[item_id] for item_id in cycle_ids if item_id in self.items]
        return {item.id: item for item in found if item.organisation_id in organisation_ids}

    def open_ids(self, organisation_id: str) -> Sequence[str]:
        """Those not closed."""
        return [item.id for item in self._of(organisation_id) if item.state != CLOSED]

    def judge_due(self) -> Sequence[Cycle]:
        """Those owed a judgement."""
        return [item for item in self.items.values() if item.judge_due]


def seen(sight: Sight, thing: Objective | KeyResult) -> bool:
    """Whether the sight shows the thing."""
    if thing.organisation_id != sight.organisation_id or thing.state == "deleted":
        return False
    own = {thing.owner_id}
    if isinstance(thing, KeyResult):
        own |= {thing.objective_owner_id, thing.delegate_id or ""}
    in_team = thing.visibility == "team" and thing.team_id in sight.team_ids
    return sight.everything or thing.visibility == "organisation" or sight.person_id in own or in_team


def _wanted(wanted: ObjectiveFilter, item: Objective) -> bool:
    pairs = (
        (wanted.cycle_id, item.cycle_id),
        (wanted.team_id, item.team_id),
        (wanted.owner_id, item.owner_id),
        (wanted.level, item.level),
        (wanted.parent_id, item.parent.id if item.parent is not None else None),
        (wanted.under_id, item.under_id),
    )
    named = wanted.text is None or wanted.text.casefold() in item.title.casefold()
    return named and all(asked in (None, given) for asked, given in pairs)


def _wanted_key_result(wanted: KeyResultFilter, item: KeyResult) -> bool:
    status = None if item.standing is None else item.standing.status
    fits = wanted.statuses is None or status in wanted.statuses or (status is None and wanted.unread)
    pairs = (
        (wanted.cycle_id, item.cycle_id),
        (wanted.team_id, item.team_id),
        (wanted.objective_id, item.objective_id),
    )
    named = wanted.text is None or wanted.text.casefold() in item.title.casefold()
    listed = wanted.ids is None or item.id in wanted.ids
    tied = wanted.owner_id is None or wanted.owner_id in (item.owner_id, item.delegate_id)
    return fits and named and listed and tied and all(asked in (None, given) for asked, given in pairs)


class FakeObjectives(FakeStore[Objective]):
    """Objectives."""

    def page(self, sight: Sight, wanted: ObjectiveFilter, window: Window) -> Slice[Objective]:
        """Company first."""
        return part(
            (item for item in self.items.values() if seen(sight, item) and _wanted(wanted, item)),
            rank,
            window,
        )

    def chain(self, organisation_id: str, objective_id: str) -> Sequence[Objective]:
        """Upwards."""
        chain: list[Objective] = []
        current = self.get(organisation_id, objective_id)
        while current is not None and current not in chain:
            chain.append(current)
            current = self.get(organisation_id, current.under_id) if current.under_id is not None else None
        return chain

    def children(self, sight: Sight, objective_id: str) -> Sequence[Objective]:
        """Directly beneath."""
        found = [item for item in self.items.values() if seen(sight, item) and item.under_id == objective_id]
        return sorted(found, key=lambda item: item.id)

    def has_children(self, organisation_id: str, parent_id: str) -> bool:
        """Whether anything hangs on it."""
        return any(
            item.under_id == parent_id or (item.parent is not None and item.parent.id == parent_id)
            for item in self._of(organisation_id)
            if self.live(item)
        )

    def team_has_any(self, organisation_id: str, team_id: str) -> bool:
        """Whether the team has one."""
        return any(item.team_id == team_id and self.live(item) for item in self._of(organisation_id))

    def by_ids(
        self, organisation_ids: Collection[str], objective_ids: Collection[str]
    ) -> dict[str, Objective]:
        """These, deleted ones too."""
        found = [self.items[item_id] for item_id in objective_ids if item_id in self.items]
        return {item.id: item for item in found if item.organisation_id in organisation_ids}

    def announce_due(self, limit: int) -> Sequence[Objective]:
        """Those owing."""
        return [item for item in self.items.values() if item.announce_due][:limit]

    def announced(self, objective: Objective) -> None:
        """Paid, unless edited."""
        known = self.items[objective.id]
        if known.rev == objective.rev:
            self.items[objective.id] = replace(known, announce_due=False)

    def owe_themselves(self, organisation_id: str, cycle_ids: Collection[str]) -> int:
        """All of these cycles are due."""
        found = [item for item in self._of(organisation_id) if self.live(item) and item.cycle_id in cycle_ids]
        for item in found:
            owed = tuple(sorted({*item.rollup_due, item.id}))
            self.items[item.id] = replace(item, rollup_due=owed, seq=item.seq + 1)
        return len(found)


class FakeKeyResults(FakeStore[KeyResult]):
    """Key results."""

    def page(self, sight: Sight, wanted: KeyResultFilter, window: Window) -> Slice[KeyResult]:
        """Oldest first."""
        found = [
            item for item in self.items.values() if seen(sight, item) and _wanted_key_result(wanted, item)
        ]
        return part(found, lambda item: (item.id,), window)

    def of_objectives(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[KeyResult]:
        """Of these objectives."""
        found = [
            item
            for item in self._of(organisation_id)
            if self.live(item) and item.objective_id in objective_ids
        ]
        return sorted(found, key=lambda item: item.id)

    def due_outside(self, organisation_id: str, cycle_id: str, starts_on: date, ends_on: date) -> int:
        """How many are cut off."""
        return sum(
            item.cycle_id == cycle_id and item.due_on is not None and not starts_on <= item.due_on <= ends_on
            for item in self._of(organisation_id)
            if self.live(item)
        )

    def apply(self, news: Sequence[Applied]) -> int:
        """The newer standing stays."""
        changed = 0
        for told in news:
            item = self.items.get(told.key_result_id)
            if item is None or (item.organisation_id, item.objective_id) != (
                told.organisation_id,
                told.objective_id,
            ):
                continue
            if item.standing is not None and item.standing.order >= told.standing.order:
                continue
            self.items[item.id] = replace(
                item, standing=told.standing, rollup_due=(item.objective_id,), seq=item.seq + 1
            )
            changed += 1
        return changed


@dataclass
class FakeForest:
    """The trees."""

    objectives: FakeObjectives
    key_results: FakeKeyResults

    def tops(self, sight: Sight, cycle_id: str, window: Window) -> Slice[Objective]:
        """Visible ones under nothing."""
        return part((item for item in self._tops(cycle_id) if seen(sight, item)), rank, window)

    def hidden_tops(self, sight: Sight, cycle_id: str) -> Sequence[str]:
        """Hidden ones under nothing."""
        mine = [item for item in self._tops(cycle_id) if item.organisation_id == sight.organisation_id]
        return [item.id for item in sorted(mine, key=rank) if not seen(sight, item)]

    def beneath(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[Objective]:
        """These and all beneath."""
        found = self.objectives.many(organisation_id, objective_ids)
        while True:
            more = {
                item.id: item
                for item in self.objectives.items.values()
                if item.under_id in found and self.objectives.live(item) and item.id not in found
            }
            if not more:
                return list(found.values())
            found |= more

    def above(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[Objective]:
        """These and all above."""
        found = {
            item.id: item
            for objective_id in objective_ids
            for item in self.objectives.chain(organisation_id, objective_id)
        }
        return list(found.values())

    def matching(self, sight: Sight, wanted: ObjectiveFilter) -> Sequence[str]:
        """Ids of those that match."""
        return [
            item.id for item in self.objectives.items.values() if seen(sight, item) and _wanted(wanted, item)
        ]

    def matching_key_results(self, sight: Sight, wanted: KeyResultFilter) -> Sequence[KeyResult]:
        """Those that match."""
        return self.key_results.page(sight, wanted, Window(limit=10**6)).items

    def counts(self, sight: Sight, cycle_id: str) -> Counts:
        """By status."""
        found = self.matching_key_results(sight, KeyResultFilter(cycle_id=cycle_id))
        by_status = Counter(None if item.standing is None else item.standing.status for item in found)
        return Counts(by_status, sum(sight.person_id in (item.owner_id, item.delegate_id) for item in found))

    def _tops(self, cycle_id: str) -> list[Objective]:
        return [
            item
            for item in self.objectives.items.values()
            if item.cycle_id == cycle_id and item.under_id is None and self.objectives.live(item)
        ]


def _left(owed_to: tuple[str, ...], debt: Debt) -> tuple[str, ...]:
    return tuple(owed for owed in owed_to if owed not in debt.owed_to)


@dataclass
class FakeRoller:
    """The roll-up's port. ``after_reading`` is where a test lets somebody else write."""

    objectives: FakeObjectives
    key_results: FakeKeyResults
    after_reading: Callable[[], None] = field(default=lambda: None)

    def debts(self, limit: int) -> Sequence[Debt]:
        """What is due."""
        due: list[tuple[str, KeyResult | Objective]] = [
            *(("key_result", item) for item in self.key_results.items.values()),
            *(("objective", item) for item in self.objectives.items.values()),
        ]
        found = [
            Debt(kind, item.id, item.organisation_id, item.seq, frozenset(item.rollup_due))
            for kind, item in due
            if item.rollup_due
        ]
        return found[:limit]

    def children_of(self, objectives: Sequence[Objective]) -> dict[str, Children]:
        """Live children."""
        found = {item.id: self._children(item.id) for item in objectives}
        self.after_reading()
        return found

    def store(self, changes: Sequence[tuple[Objective, Sequence[Payload]]]) -> frozenset[str]:
        """Those not written meanwhile."""
        stored = set()
        for item, says in changes:
            known = self.objectives.items[item.id]
            if known.seq != item.seq:
                continue
            self.objectives.items[item.id] = replace(
                known, measured=item.measured, rollup_due=item.rollup_due, seq=item.seq + 1
            )
            self.objectives.said += [(item.seq + 1, payload) for payload in says]
            stored.add(item.id)
        return frozenset(stored)

    def paid(self, debts: Sequence[Debt]) -> None:
        """Struck out, unless written meanwhile."""
        for debt in debts:
            if debt.kind == "objective":
                item = self.objectives.items[debt.id]
                if item.seq == debt.seq:
                    self.objectives.items[debt.id] = replace(item, rollup_due=_left(item.rollup_due, debt))
            else:
                found = self.key_results.items[debt.id]
                if found.seq == debt.seq:
                    self.key_results.items[debt.id] = replace(found, rollup_due=_left(found.rollup_due, debt))

    def _children(self, objective_id: str) -> Children:
        key_results = [
            Child(
                id=item.id,
                weight=item.weight,
                progress=item.standing.progress if item.standing else None,
                confidence=item.standing.confidence if item.standing else None,
                read_at=item.standing.as_of if item.standing else None,
            )
            for item in self.key_results.items.values()
            if item.objective_id == objective_id and item.state == OPEN
        ]
        below = [
            Child(
                id=item.id,
                weight=item.weight,
                progress=item.measured.progress,
                confidence=item.measured.confidence,
                read_at=item.measured.read_at,
                weakest=item.measured.weakest,
            )
            for item in self.objectives.items.values()
            if item.moves == objective_id and item.state == OPEN
        ]
        return Children(key_results, below)


@dataclass
class FakeWorld:
    """All fakes together, with a clock that stands still until it is set."""

    organisations: FakeOrganisations = field(default_factory=FakeOrganisations)
    people: FakePeople = field(default_factory=FakePeople)
    teams: FakeTeams = field(default_factory=FakeTeams)
    cycles: FakeCycles = field(default_factory=FakeCycles)
    objectives: FakeObjectives = field(default_factory=FakeObjectives)
    key_results: FakeKeyResults = field(default_factory=FakeKeyResults)
    instant: datetime = NOON

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        self.roller = FakeRoller(self.objectives, self.key_results)
        self.ports = Ports(
            organisations=self.organisations,
            people=self.people,
            teams=self.teams,
            cycles=self.cycles,
            objectives=self.objectives,
            key_results=self.key_results,
            forest=FakeForest(self.objectives, self.key_results),
            now=lambda: self.instant,
            new_id=lambda: f"id-{next(numbers):06}",
        )
