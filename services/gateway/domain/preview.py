"""What would follow from a check-in that nobody has sent yet, by the binding formulas."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from libs.measures.progress import BOOLEAN, clamp, raw_progress
from libs.measures.status import Facts, Thresholds, judge
from services.gateway.domain import okr


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed so far. ``on`` is the day that the check-in is for."""

    value: float
    confidence: int | None
    on: date


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be stored, and where the key result would stand."""

    value: float
    raw_progress: float
    progress: float
    expected: float | None
    status: str


def preview(
    known: okr.KeyResult, cycle: okr.Cycle | None, limits: okr.Thresholds, typed: Typed, today: date
) -> Preview:
    """Judge the typed value as the check-in service will. A late check-in leaves the standing as it is."""
    late = known.as_of is not None and typed.on < known.as_of.date() and known.raw_progress is not None
    current = known.current if late else typed.value
    start, target = (0.0, 1.0) if known.kind == BOOLEAN else (known.start, known.target)
    raw = raw_progress(known.kind, start, target, current) or 0.0
    progress = clamp(raw)
    if late or cycle is None:
        expected, status = known.expected, known.status
    else:
        judged = judge(
            Facts(
                on=today,
                starts_on=cycle.starts_on,
                due_on=known.due_on or cycle.ends_on,
                progress=progress,
                measured=True,
                cycle_state=cycle.state,
                abandoned=known.state == "abandoned",
                confidence=typed.confidence,
            ),
            Thresholds(**asdict(limits)),
        )
        expected, status = judged.expected, judged.status.value
    return Preview(
        value=typed.value, raw_progress=max(raw, 0.0), progress=progress, expected=expected, status=status
    )
