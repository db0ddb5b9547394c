"""Key results: their definition, and the standing that `checkins` tells."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.goals.domain.errors import invalid
from services.goals.domain.objective import DELETED, Objective
from services.goals.domain.record import Nested

METRIC, BOOLEAN = "metric", "boolean"
KINDS = (METRIC, BOOLEAN)
COMMITMENTS = ("committed", "aspirational")
HEAVIEST = 100.0


@dataclass(frozen=True)
class Reason:
    """One number that a status rests on."""

    rule: str
    value: float | None
    limit: float | None
    decisive: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What follows from check-ins and clock. Of two, the one with the greater ``(seq, at)`` is the newer."""

    seq: int
    at: datetime
    current: float | None
    raw_progress: float | None
    progress: float | None
    expected: float
    status: str
    confidence: int | None
    as_of: datetime | None
    reasons: tuple[Reason, ...] = ()
    next_check_in_on: date | None = None

    @property
    def order(self) -> tuple[int, datetime]:
        """What decides which of two standings is the newer."""
        return (self.seq, self.at)


@dataclass(frozen=True, kw_only=True)
class KeyResult(Nested):
    """A measured result of one objective, which it never leaves.

    ``cycle_id``, ``team_id``, ``visibility`` and ``objective_*`` repeat the objective's, so that lists and
    copies need no second look; the worker brings them up to date when the objective changes. ``moved_by`` is
    who caused what ``rollup_due`` owes, null where time did.
    """

    objective_id: str
    title: str
    kind: str
    unit: str
    start: float
    target: float
    owner_id: str
    weight: float = 1.0
    commitment: str = "committed"
    delegate_id: str | None = None
    due_on: date | None = None
    description: str = ""
    cycle_id: str
    team_id: str | None
    visibility: str
    objective_title: str
    objective_owner_id: str
    objective_state: str = "open"
    state: str = "open"
    standing: Standing | None = None
    rollup_due: tuple[str, ...] = ()
    moved_by: str | None = None

    def repeating(self, objective: Objective) -> KeyResult:
        """The key result with the facts that it repeats as its objective says them."""
        return replace(
            self,
            objective_title=objective.title,
            objective_owner_id=objective.owner_id,
            objective_state=objective.state,
            team_id=objective.team_id,
            visibility=objective.visibility,
        )

    def removed(self, by: str | None = None) -> KeyResult:
        """The key result as it is once it is gone; what was hung on it meanwhile must be looked for."""
        return replace(self, state=DELETED, rollup_due=(self.objective_id,), moved_by=by, recheck_due=True)


def check_measure(kind: str, start: float, target: float) -> None:
    """Nothing happens when progress from start to target can be measured.

    Raises:
        InvalidFields: start equals target, or the distance is no finite number; names ``target``.
    """
    if kind == BOOLEAN:
        return
    if start == target:
        raise invalid("target", "Start and target are the same, so progress cannot be measured. Change one.")
    if not math.isfinite(target - start):
        raise invalid("target", "Start and target are too far apart to measure. Choose smaller numbers.")


def measure_of(kind: str, unit: str, start: float, target: float) -> tuple[str, float, float]:
    """Unit, start and target as they are kept: done or not has no unit and runs from 0 to 1."""
    return ("", 0.0, 1.0) if kind == BOOLEAN else (unit, start, target)
