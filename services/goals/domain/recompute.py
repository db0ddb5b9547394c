"""What an objective is, given its direct children: the whole roll-up, one level at a time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from libs.measures.progress import expected_progress, roll_up
from libs.measures.status import Facts, Status, Thresholds, judge, running
from services.goals.domain.cycle import Cycle
from services.goals.domain.objective import (
    ABANDONED,
    BOTH,
    CHILDREN,
    KEY_RESULTS,
    Measured,
    Objective,
    Weakest,
)

_SEVERITY = {Status.BEHIND: 1, Status.AT_RISK: 2}
_BETTER = (Status.ON_TRACK, Status.BEHIND, Status.TOO_EARLY, Status.ACHIEVED)


class Child(NamedTuple):
    """One live child as its parent sees it. ``progress`` is null where nothing was read yet.

    A tuple, because a hot objective has thousands.
    """

    id: str
    weight: float
    progress: float | None
    confidence: float | None
    read_at: datetime | None
    weakest: Weakest | None = None


@dataclass(frozen=True)
class Children:
    """The live children of one objective, by kind: only objectives whose parent is the objective itself."""

    key_results: Sequence[Child] = ()
    objectives: Sequence[Child] = ()


class Turn(Enum):
    """A change of status that is worth telling."""

    ACHIEVED = "achieved"
    AT_RISK = "at_risk"
    RECOVERED = "recovered"


def recompute(
    objective: Objective, children: Children, cycle: Cycle, thresholds: Thresholds, on: date
) -> tuple[Measured, Turn | None]:
    """What is measured of the objective on day ``on``, and the turn that its status took, if any."""
    begun = running(cycle.state, cycle.starts_on, on)
    counted = _counted(objective.roll_up, children, begun=begun)
    progress = roll_up((child.weight, child.progress) for child in counted)
    read_at = max((child.read_at for child in counted if child.read_at is not None), default=None)
    facts = Facts(
        on=on,
        starts_on=cycle.starts_on,
        due_on=cycle.ends_on,
        progress=progress,
        measured=read_at is not None,
        cycle_state=cycle.state,
        abandoned=objective.state == ABANDONED,
    )
    status = judge(facts, thresholds).status
    measured = replace(
        objective.measured,
        progress=progress,
        weakest=_weakest(counted, frozenset(child.id for child in children.key_results)),
        confidence=_confidence(counted),
        status=status.value,
        read_at=read_at,
    )
    return _turned(objective.measured, measured)


def expected_of(cycle: Cycle, on: date) -> float:
    """How far an objective of this cycle should be on day ``on``."""
    return expected_progress(cycle.starts_on, cycle.ends_on, on)


def _counted(setting: str, children: Children, *, begun: bool) -> list[Child]:
    counted: list[Child] = []
    if setting in (BOTH, KEY_RESULTS):
        # Without a reading a key result counts nothing once the cycle runs; before, it is not measured.
        unread = 0.0 if begun else None
        counted += [
            child._replace(progress=unread) if child.progress is None else child
            for child in children.key_results
        ]
    if setting in (BOTH, CHILDREN):
        counted += children.objectives
    return counted


def _weakest(children: Iterable[Child], key_result_ids: frozenset[str]) -> Weakest | None:
    """The id breaks ties, so that two rollers never disagree."""
    candidates = []
    for child in children:
        if child.id in key_result_ids:
            if child.progress is not None:
                candidates.append((child.progress, child.id))
        elif child.weakest is not None:
            candidates.append((child.weakest.progress, child.weakest.key_result_id))
    if not candidates:
        return None
    progress, key_result_id = min(candidates)
    return Weakest(key_result_id, progress)


def _confidence(children: Iterable[Child]) -> float | None:
    sure = [
        (child.weight, child.confidence)
        for child in children
        if child.confidence is not None and child.weight > 0
    ]
    if not sure:
        return None
    return round(sum(weight * value for weight, value in sure) / sum(weight for weight, _ in sure), 1)


def _turned(old: Measured, new: Measured) -> tuple[Measured, Turn | None]:
    if new.status == old.status:
        return new, None
    epoch = old.epoch + 1
    if new.status == Status.ACHIEVED:
        if old.achieved_epoch is not None:
            return replace(new, epoch=epoch), None
        return replace(new, epoch=epoch, achieved_epoch=epoch), Turn.ACHIEVED
    turned = replace(new, epoch=epoch)
    if _severity(new.status) > _severity(old.status):
        return turned, Turn.AT_RISK
    if old.status == Status.AT_RISK and new.status in _BETTER:
        return turned, Turn.RECOVERED
    return turned, None


def _severity(status: str | None) -> int:
    return _SEVERITY.get(Status(status), 0) if status is not None else 0
