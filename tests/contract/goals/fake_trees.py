"""Objectives and key results in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.goals.domain.folding import Unread, next_check_in
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.tree import rank
from services.goals.usecases.ports import (
    Applied,
    Counts,
    KeyResultFilter,
    ObjectiveFilter,
    Sight,
    Slice,
    Window,
)
from tests.contract.goals.fake_stores import FakeNested, part


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


class FakeObjectives(FakeNested[Objective]):
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
        return bool(self.hanging_on(organisation_id, parent_id))

    def hanging_on(self, organisation_id: str, parent_id: str) -> Sequence[Objective]:
        """What hangs on it."""
        found = [
            item
            for item in self._of(organisation_id)
            if item.under_id == parent_id or (item.parent is not None and item.parent.id == parent_id)
        ]
        return sorted((item for item in found if self.live(item)), key=lambda item: item.id)

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
            self.items[item.id] = replace(item, rollup_due=owed, moved_by=None, seq=item.seq + 1)
        return len(found)


class FakeKeyResults(FakeNested[KeyResult]):
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
                item,
                standing=told.standing,
                rollup_due=(item.objective_id,),
                moved_by=told.moved_by,
                seq=item.seq + 1,
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

    def directly_beneath(
        self, organisation_id: str, objective_ids: Collection[str], limit: int
    ) -> Sequence[Objective]:
        """One level."""
        found = [
            item
            for item in self.objectives.items.values()
            if item.organisation_id == organisation_id
            and item.under_id in objective_ids
            and self.objectives.live(item)
        ]
        return sorted(found, key=rank)[:limit]

    def numbers_beneath(self, sight: Sight, objective_ids: Collection[str]) -> Mapping[str, int]:
        """Of what is seen."""
        below = self.directly_beneath(sight.organisation_id, objective_ids, 10**6)
        return Counter(item.under_id for item in below if item.under_id and seen(sight, item))

    def of_objectives(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[KeyResult]:
        """All of them."""
        return self.key_results.of_objectives(organisation_id, objective_ids)

    def named(self, organisation_id: str, key_result_ids: Collection[str]) -> Sequence[KeyResult]:
        """These of them."""
        found = self.key_results.items.values()
        return [
            item
            for item in found
            if (item.organisation_id == organisation_id and item.id in key_result_ids)
            and self.key_results.live(item)
        ]

    def unread(self, sight: Sight, objective_ids: Collection[str]) -> Mapping[str, Unread]:
        """Numbers of them."""
        found: dict[str, list[KeyResult]] = {}
        for item in self.of_objectives(sight.organisation_id, objective_ids):
            if seen(sight, item):
                found.setdefault(item.objective_id, []).append(item)
        return {
            objective_id: Unread(len(items), min(filter(None, map(next_check_in, items)), default=None))
            for objective_id, items in found.items()
        }

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
