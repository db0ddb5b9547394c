"""What changed below moves what is above: a batch at a time, one level at a time.

What is owed stands in the changed document (``rollup_due``: the objectives to recompute because of it). A
batch takes such documents, recomputes each of those objectives once from its direct children, and strikes
out what is paid. An objective that changed owes its own parent in the same write, which a following batch
pays; so a check-in costs at most the depth of the tree, and a root on which thousands of them meet is
recomputed once a batch.

Why nothing is lost with any number of rollers at work:
* the objective is read before its children, and stored only if nobody wrote it in between, so a slow roller
  that counted old children cannot overwrite one that counted newer ones;
* an objective that stays as it is, is stored all the same: its new ``seq`` stops a slow roller that counted
  children which have changed and changed back since;
* a debt is struck out only if its document has not been written since it was read, so a child that changed
  after it was counted stays due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from libs.chassis.failpoints import failpoint
from libs.contracts.codec import Payload
from services.goals.domain.cycle import Cycle
from services.goals.domain.objective import DELETED, Measured, Objective
from services.goals.domain.organisation import Organisation
from services.goals.domain.recompute import Children, Turn, expected_of, recompute
from services.goals.usecases.announce import objective_progressed, objective_turned
from services.goals.usecases.ports import Ports
from services.goals.usecases.roller_ports import Debt, Roller

_LATE = timedelta(hours=24)


@dataclass(frozen=True)
class RollUp:
    """What a batch did: debts seen, objectives written, races lost."""

    debts: int
    written: int
    lost: int


@dataclass(frozen=True)
class _Context:
    organisations: Mapping[str, Organisation]
    cycles: Mapping[str, Cycle]
    children: Mapping[str, Children]
    now: datetime
    by_itself: frozenset[str]
    movers: Mapping[str, frozenset[str | None]]

    def mover(self, target: Objective) -> str | None:
        """Return who alone moved this objective, null where that was several people, or time."""
        movers = self.movers.get(target.id, frozenset())
        return next(iter(movers)) if len(movers) == 1 else None


def roll_up(ports: Ports, roller: Roller, limit: int = 500) -> RollUp:
    """A batch of debts is paid; those whose objective somebody else wrote meanwhile stay for the next."""
    debts = roller.debts(limit)
    if not debts:
        return RollUp(0, 0, 0)
    owed_to = frozenset[str]().union(*(debt.owed_to for debt in debts))
    targets = ports.objectives.by_ids({debt.organisation_id for debt in debts}, owed_to)
    live = [target for target in targets.values() if target.state != DELETED]
    context = _context(live, debts, ports, roller)
    changes = [change for target in live if (change := _change(target, context)) is not None]
    failpoint("rollup.after_compute")
    stored = roller.store(changes)
    failpoint("rollup.after_set")
    lost = {objective.id for objective, _ in changes} - stored
    same = {item.id: item.seq for item, _ in changes if item.measured == targets[item.id].measured}
    # A document that this very batch has moved has a newer `seq`, so its own debts stay for the next batch:
    # the one it has just taken on must not be struck out with the older ones.
    roller.paid([_as_stored(debt, same, stored) for debt in debts], lost)
    return RollUp(len(debts), len(stored - same.keys()), len(lost))


def _as_stored(debt: Debt, same: Mapping[str, int], stored: Collection[str]) -> Debt:
    """The debt of a document that this batch has stored as it was is found under its new ``seq``."""
    return replace(debt, seq=debt.seq + 1) if debt.id in stored and same.get(debt.id) == debt.seq else debt


def _context(live: Sequence[Objective], debts: Sequence[Debt], ports: Ports, roller: Roller) -> _Context:
    organisation_ids = {target.organisation_id for target in live}
    return _Context(
        organisations=ports.organisations.by_ids(organisation_ids),
        cycles=ports.cycles.by_ids(organisation_ids, {target.cycle_id for target in live}),
        children=roller.children_of(live),
        now=ports.now(),
        by_itself=frozenset(debt.id for debt in debts if debt.id in debt.owed_to),
        movers=_movers(debts),
    )


def _movers(debts: Sequence[Debt]) -> dict[str, frozenset[str | None]]:
    """Return who caused what is owed to each objective."""
    found: dict[str, set[str | None]] = defaultdict(set)
    for debt in debts:
        for target_id in debt.owed_to:
            found[target_id].add(debt.moved_by)
    return {target_id: frozenset(movers) for target_id, movers in found.items()}


def _change(target: Objective, context: _Context) -> tuple[Objective, Sequence[Payload]] | None:
    """The objective as it is to be stored with what it says; None where it cannot be judged."""
    organisation, cycle = (
        context.organisations.get(target.organisation_id),
        context.cycles.get(target.cycle_id),
    )
    if organisation is None or cycle is None:
        return None  # neither can be deleted; a restored backup may lack them, and must not stop the others
    on = organisation.today(context.now)
    children = context.children.get(target.id, Children())
    measured, turn = recompute(target, children, cycle, organisation.thresholds, on)
    if measured == target.measured:
        return target, ()
    owed, mover = target.rollup_due, context.mover(target)
    if target.moves is not None and _moves(target.measured, measured):
        owed = tuple(sorted({*owed, target.moves}))
    alone = mover if not target.rollup_due or target.moved_by == mover else None
    changed = replace(target, measured=measured, rollup_due=owed, moved_by=alone)
    loud = turn if turn is not None and _is_news(target, measured, context) else None
    return changed, _says(target, measured, loud, cycle, on, mover)


def _moves(old: Measured, new: Measured) -> bool:
    """Whether the parent can tell the difference."""
    return (old.progress, old.weakest, old.confidence, old.read_at) != (
        new.progress,
        new.weakest,
        new.confidence,
        new.read_at,
    )


def _is_news(target: Objective, measured: Measured, context: _Context) -> bool:
    """A late update says something of the past and alarms nobody; time and edits speak of today."""
    if target.id in context.by_itself:
        return True
    return measured.read_at is not None and context.now - measured.read_at <= _LATE


def _says(
    target: Objective, measured: Measured, turn: Turn | None, cycle: Cycle, on: date, mover: str | None
) -> Sequence[Payload]:
    old = target.measured
    if (old.progress, old.weakest, old.status) == (measured.progress, measured.weakest, measured.status):
        return ()
    expected = expected_of(cycle, on)
    says: list[Payload] = [objective_progressed(target, measured, expected)]
    if turn is not None:
        says.append(objective_turned(target, measured, turn, cycle, expected, mover))
    return says
