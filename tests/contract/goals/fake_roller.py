"""The roll-up's port in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from libs.contracts.codec import Payload
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import OPEN, Objective
from services.goals.domain.recompute import Child, Children
from services.goals.usecases.roller_ports import Debt
from tests.contract.goals.fake_trees import FakeKeyResults, FakeObjectives


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
            Debt(kind, item.id, item.organisation_id, item.seq, frozenset(item.rollup_due), item.moved_by)
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
                known,
                measured=item.measured,
                rollup_due=item.rollup_due,
                moved_by=item.moved_by,
                seq=item.seq + 1,
            )
            self.objectives.said += [(item.seq + 1, payload) for payload in says]
            stored.add(item.id)
        return frozenset(stored)

    def paid(self, debts: Sequence[Debt], unpaid: Collection[str] = ()) -> None:
        """Struck out, unless written meanwhile."""
        for each in debts:
            debt = replace(each, owed_to=each.owed_to - set(unpaid))
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
