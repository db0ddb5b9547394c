"""Which of several cycles is meant by "now"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar

RUNNING = frozenset({"active", "closing"})


class Span(Protocol):
    """A cycle: what can be chosen from."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def starts_on(self) -> date:
        """Its first day."""

    @property
    def ends_on(self) -> date:
        """Its last day."""

    @property
    def state(self) -> str:
        """One of planning, active, closing, closed."""


S = TypeVar("S", bound=Span)


def current_cycle(cycles: Sequence[S], on: date) -> S | None:
    """Return the shortest cycle that runs on this day.

    Where none does, return one that is said to run, else the next that is planned, else the last one. Of
    several as short, the one that started later is meant, then the first by name.
    """
    running = [cycle for cycle in cycles if cycle.state in RUNNING]
    now = [cycle for cycle in running if cycle.starts_on <= on <= cycle.ends_on] or running
    if now:
        return min(now, key=_shortest)
    planned = [cycle for cycle in cycles if cycle.state == "planning"]
    if planned:
        first = min(cycle.starts_on for cycle in planned)
        return min((cycle for cycle in planned if cycle.starts_on == first), key=_shortest)
    last = max((cycle.ends_on for cycle in cycles), default=None)
    return min((cycle for cycle in cycles if cycle.ends_on == last), key=_shortest, default=None)


def _shortest(cycle: Span) -> tuple[timedelta, int, str, str]:
    return (cycle.ends_on - cycle.starts_on, -cycle.starts_on.toordinal(), cycle.name.casefold(), cycle.id)
