"""Random lives of a small company's OKRs, for proving that the incremental roll-up is never wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.goals.domain.errors import GoalsError
from services.goals.domain.objective import DELETED, Measured, Objective, Parent
from services.goals.domain.recompute import recompute
from services.goals.domain.viewer import Viewer
from services.goals.usecases.apply_progress import apply_progress
from services.goals.usecases.change_key_result import change_key_result
from services.goals.usecases.change_objective import change_objective
from services.goals.usecases.delete_key_result import delete_key_result
from services.goals.usecases.delete_objective import delete_objective
from services.goals.usecases.ports import Applied, Ports
from services.goals.usecases.roll_up import roll_up
from services.goals.usecases.roller_ports import Roller
from tests.contract.goals.fakes import NOON
from tests.contract.goals.makings import (
    ORG,
    cycle,
    key_result,
    objective,
    organisation,
    person,
    standing,
    team,
)

OBJECTIVES = [f"o{number}" for number in range(6)]
ABOVE = {"o1": "o0", "o2": "o1", "o3": "o0", "o4": "o3"}
KEY_RESULTS = [f"k{number}" for number in range(7)]
ADMIN = Viewer("ann", ORG, frozenset({"admin"}))

_objectives, _key_results = st.sampled_from(OBJECTIVES), st.sampled_from(KEY_RESULTS)
_weights = st.floats(min_value=0.01, max_value=100)


@dataclass(frozen=True)
class CheckIn:
    """A standing is told, perhaps late, perhaps twice, perhaps after a newer one."""

    key_result_id: str
    seq: int
    minutes: int


@dataclass(frozen=True)
class Edit:
    """Somebody changes, moves or removes something."""

    kind: str
    id: str
    changes: dict[str, Any] | None


@dataclass(frozen=True)
class Roll:
    """The worker pays a part of what is owed."""

    limit: int


Step = CheckIn | Edit | Roll

_parents = (
    st.none()
    | st.builds(Parent, st.just("objective"), _objectives)
    | st.builds(Parent, st.just("key_result"), _key_results)
)
_objective_changes = st.one_of(
    st.fixed_dictionaries({"parent": _parents}),
    st.fixed_dictionaries({"weight": _weights}),
    st.fixed_dictionaries({"roll_up": st.sampled_from(["both", "key_results", "children"])}),
    st.fixed_dictionaries({"state": st.sampled_from(["open", "abandoned"])}),
    st.fixed_dictionaries({"title": st.sampled_from(["A", "B"])}),
)
_key_result_changes = st.one_of(
    st.fixed_dictionaries({"weight": _weights}),
    st.fixed_dictionaries({"state": st.sampled_from(["open", "abandoned"])}),
)
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.builds(
            CheckIn,
            _key_results,
            st.integers(1, 4),
            st.integers(0, 3),
        ),
        st.builds(Edit, st.just("objective"), _objectives, _objective_changes | st.none()),
        st.builds(Edit, st.just("key_result"), _key_results, _key_result_changes | st.none()),
        st.builds(Roll, st.integers(1, 6)),
    ),
    min_size=8,
    max_size=40,
)


def begin(ports: Ports, roller: Roller) -> None:
    """Six objectives, most of them in a tree, with seven key results among them; nothing is owed."""
    ports.organisations.add(organisation())
    ports.people.add(person("ann", role="admin"))
    ports.teams.add(team("t1"))
    ports.cycles.add(cycle())
    for name in OBJECTIVES:
        fields = {"level": "company", "team_id": None, "under": ABOVE.get(name)}
        ports.objectives.add(objective(name, rollup_due=(name,), **fields))
    for number, name in enumerate(KEY_RESULTS):
        parent = OBJECTIVES[number % len(OBJECTIVES)]
        ports.key_results.add(key_result(name, parent, rollup_due=(parent,)))
    settle(ports, roller)


def live(steps: Sequence[Step], ports: Ports, roller: Roller) -> None:
    """The steps are taken one after the other; what the rules refuse does not happen."""
    for step in steps:
        take(step, ports, roller)


def take(step: Step, ports: Ports, roller: Roller) -> None:
    """The step is taken, unless the rules refuse it."""
    if isinstance(step, CheckIn):
        _check_in(step, ports)
    elif isinstance(step, Roll):
        roll_up(ports, roller, step.limit)
    else:
        with contextlib.suppress(GoalsError):
            _edit(step, ports)


def newest_told(steps: Sequence[Step], alive: Collection[str]) -> dict[str, tuple[int, datetime]]:
    """The greatest ``(seq, at)`` that was told of each of these key results."""
    told: dict[str, tuple[int, datetime]] = {}
    for step in steps:
        if isinstance(step, CheckIn) and step.key_result_id in alive:
            order = (step.seq, _instant(step))
            told[step.key_result_id] = max(order, told.get(step.key_result_id, order))
    return told


def settle(ports: Ports, roller: Roller) -> int:
    """Everything owed is paid; how many batches it took.

    Raises:
        AssertionError: it does not come to rest.
    """
    for number in range(200):
        if not roll_up(ports, roller, 3).debts:
            return number
    raise AssertionError("the roll-up does not come to rest")


def recomputed(ports: Ports, roller: Roller) -> dict[str, Measured]:
    """Every live objective as a full recompute says, from the leaves up.

    Without looking at what was stored.
    """
    stored = ports.objectives.by_ids([ORG], OBJECTIVES)
    alive = {name: item for name, item in stored.items() if item.state != DELETED}
    organisation_, cycle_ = ports.organisations.get(ORG, ORG), ports.cycles.get(ORG, "q4")
    assert organisation_ is not None
    assert cycle_ is not None
    results: dict[str, Measured] = {}
    for item in _leaves_first(alive):
        children = roller.children_of([item])[item.id]
        fresh = [
            child._replace(
                progress=got.progress,
                weakest=got.weakest,
                confidence=got.confidence,
                read_at=got.read_at,
            )
            for child in children.objectives
            for got in (results[child.id],)
        ]
        computed = recompute(
            replace(item, measured=Measured()),
            replace(children, objectives=fresh),
            cycle_,
            organisation_.thresholds,
            organisation_.today(NOON),
        )[0]
        results[item.id] = comparable(computed)
    return results


def comparable(measured: Measured) -> Measured:
    """What a full recompute can know: epochs tell the way that was taken."""
    return replace(measured, epoch=0, achieved_epoch=None)


def _leaves_first(alive: dict[str, Objective]) -> list[Objective]:
    def depth(item: Objective) -> int:
        number = 0
        while item.under_id is not None and item.under_id in alive:
            item, number = alive[item.under_id], number + 1
        return number

    return sorted(alive.values(), key=depth, reverse=True)


def _check_in(step: CheckIn, ports: Ports) -> None:
    known = ports.key_results.get(ORG, step.key_result_id)
    if known is None:
        return
    at = _instant(step)
    # Of one (seq, at) there is one standing: what a duplicate says is what was said before.
    progress = (step.seq * 5 + step.minutes * 3) % 8 / 7
    told = standing(progress, step.seq, at, confidence=step.seq)
    apply_progress([Applied(ORG, known.id, known.objective_id, told)], ports)


def _instant(step: CheckIn) -> datetime:
    return NOON - timedelta(hours=1) + timedelta(minutes=step.minutes)


def _edit(step: Edit, ports: Ports) -> None:
    if step.kind == "objective" and step.changes is None:
        delete_objective(step.id, None, ADMIN, ports)
    elif step.kind == "objective":
        change_objective(step.id, step.changes or {}, None, ADMIN, ports)
    elif step.changes is None:
        delete_key_result(step.id, None, ADMIN, ports)
    else:
        change_key_result(step.id, step.changes, None, ADMIN, ports)
