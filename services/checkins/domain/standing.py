"""What follows from a series and the clock, as one judgement with its numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from libs.measures.status import Reason


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One judgement of one key result: of two, the one with the greater ``(seq, at)`` is the newer."""

    seq: int
    at: datetime
    current: float | None
    raw_progress: float | None
    progress: float | None
    expected: float
    status: str
    confidence: int | None
    as_of: datetime | None
    reasons: tuple[Reason, ...]
    next_check_in_on: date | None

    def says_the_same(self, other: Standing) -> bool:
        """Whether nothing but the instant of the judgement differs."""
        return replace(self, at=other.at) == other
