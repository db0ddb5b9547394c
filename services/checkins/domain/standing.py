"""What follows from a series and the clock, as one judgement with its numbers."""

from __future__ import annotations

import hashlib
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

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits; two standings share them only where they say the same."""
        said = (
            self.seq,
            self.current,
            self.raw_progress,
            self.progress,
            self.expected,
            self.status,
            self.confidence,
            self.as_of and self.as_of.timestamp(),
            [(reason.rule, reason.value, reason.limit, reason.decisive) for reason in self.reasons],
            self.next_check_in_on and self.next_check_in_on.toordinal(),
        )
        return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()
