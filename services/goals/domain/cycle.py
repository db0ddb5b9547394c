"""Cycles: the spans that objectives belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.goals.domain.errors import CycleIsClosed, invalid
from services.goals.domain.record import Record

PLANNING, ACTIVE, CLOSING, CLOSED = "planning", "active", "closing", "closed"
STATES = (PLANNING, ACTIVE, CLOSING, CLOSED)
# A cycle may be taken back one step: closing too early is an honest mistake.
NEXT = {
    PLANNING: {ACTIVE},
    ACTIVE: {PLANNING, CLOSING, CLOSED},
    CLOSING: {ACTIVE, CLOSED},
    CLOSED: {CLOSING},
}


@dataclass(frozen=True, kw_only=True)
class Cycle(Record):
    """A span from its first to its last day. ``judge_due``: its objectives must be judged anew."""

    name: str
    starts_on: date
    ends_on: date
    state: str = ACTIVE
    judge_due: bool = False

    @property
    def closed(self) -> bool:
        """Whether its goals stand still."""
        return self.state == CLOSED

    def require_open(self) -> None:
        """Nothing happens unless the cycle is closed.

        Raises:
            CycleIsClosed: it is.
        """
        if self.closed:
            raise CycleIsClosed

    def require_within(self, due_on: date | None) -> None:
        """Nothing happens when the day lies in the cycle.

        Raises:
            InvalidFields: it does not; names ``due_on``.
        """
        if due_on is not None and not self.starts_on <= due_on <= self.ends_on:
            message = f"The due date must lie in the cycle, from {self.starts_on} to {self.ends_on}."
            raise invalid("due_on", message)


def check_span(starts_on: date, ends_on: date) -> None:
    """Nothing happens when the span has at least two days.

    Raises:
        InvalidFields: it ends before or when it begins; names ``ends_on``.
    """
    if ends_on <= starts_on:
        raise invalid("ends_on", "The cycle must end after it starts.")


def check_transition(old: str, new: str) -> None:
    """Nothing happens when a cycle may go from the old state to the new one.

    Raises:
        InvalidFields: it may not; names ``state``.
    """
    if new != old and new not in NEXT[old]:
        raise invalid("state", f"A cycle that is {old} cannot become {new}.")
