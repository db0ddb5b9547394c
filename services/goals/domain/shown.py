"""How objectives and key results are shown on a day.

What was told of them, or what follows without a reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from libs.measures.progress import expected_progress, shown_progress
from libs.measures.status import Facts, Status, judge, running
from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult, Reason
from services.goals.domain.objective import ABANDONED, Objective


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is shown of a key result beside its definition."""

    current: float | None
    raw_progress: float | None
    progress: float | None
    expected: float
    status: str
    confidence: int | None
    reasons: tuple[Reason, ...]
    next_check_in_on: date | None


def key_result_shown(key_result: KeyResult, cycle: Cycle, on: date) -> Shown:
    """The standing that `checkins` told; before the first, what the calendar says."""
    standing = key_result.standing
    if standing is not None:
        return Shown(
            current=standing.current,
            raw_progress=standing.raw_progress,
            progress=standing.progress,
            expected=standing.expected,
            status=standing.status,
            confidence=standing.confidence,
            reasons=standing.reasons,
            next_check_in_on=standing.next_check_in_on,
        )
    return Shown(
        current=None,
        raw_progress=None,
        progress=shown_progress(None, running=running(cycle.state, cycle.starts_on, on)),
        expected=expected_progress(cycle.starts_on, key_result.due_on or cycle.ends_on, on),
        status=Status.ABANDONED.value if key_result.state == ABANDONED else unread_status(cycle, on),
        confidence=None,
        reasons=(),
        next_check_in_on=None,
    )


def unread_status(cycle: Cycle, on: date) -> str:
    """The status of whatever in this cycle has no reading."""
    facts = Facts(
        on=on,
        starts_on=cycle.starts_on,
        due_on=cycle.ends_on,
        progress=None,
        measured=False,
        cycle_state=cycle.state,
    )
    return judge(facts).status.value


def objective_status(objective: Objective, cycle: Cycle, on: date) -> str:
    """The status of the last judgement; an objective made this moment may not have had one."""
    return objective.measured.status or unread_status(cycle, on)
