"""What every stored thing has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.goals.domain.errors import Stale


@dataclass(frozen=True, kw_only=True)
class Record:
    """A thing of one organisation, with two counters.

    ``rev`` counts changes of its definition: people edit against it (the ETag).
    ``seq`` counts every write, measured values included: writers compare and set on it, and it orders its
    events. They differ because a check-in elsewhere must not make the form that somebody has open stale.
    ``made_by`` and ``made_of`` are hashes of who made it with which idempotency key, and of what was asked.
    """

    id: str
    organisation_id: str
    created_at: datetime
    updated_at: datetime
    rev: int = 1
    seq: int = 1
    made_by: str | None = None
    made_of: str | None = None

    def require_rev(self, rev: int | None) -> None:
        """Nothing happens when this is the revision that was read; None: whichever it is.

        Raises:
            Stale: it is another one.
        """
        if rev is not None and rev != self.rev:
            raise Stale


@dataclass(frozen=True, kw_only=True)
class Nested(Record):
    """A thing that may hang beneath another one.

    ``recheck_due``: the other one may have changed or gone in the instant in which this one was written.
    """

    recheck_due: bool = False
