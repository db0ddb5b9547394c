"""What a new organisation needs before people can check in: five steps, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

MONTHS_A_QUARTER: Final = 3
LAST_QUARTER: Final = 4


class Step(StrEnum):
    """One of the five."""

    COMPANY = "company"
    CYCLE = "cycle"
    TEAM = "team"
    PEOPLE = "people"
    OBJECTIVE = "objective"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Which steps are done, which were skipped; what was skipped and done later is done."""

    done: frozenset[Step]
    skipped: frozenset[Step] = frozenset()

    @property
    def next_step(self) -> Step | None:
        """The first step that is neither done nor skipped."""
        return next((step for step in Step if step not in self.done | self.skipped), None)

    @property
    def left(self) -> tuple[Step, ...]:
        """The steps that are not done, skipped or not."""
        return tuple(step for step in Step if step not in self.done)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to show on Today."""
        return self.next_step is None


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """A quarter of the calendar year."""

    name: str
    starts_on: date
    ends_on: date


def quarter_of(day: date) -> Quarter:
    """Return the quarter that runs on this day."""
    number = (day.month - 1) // MONTHS_A_QUARTER + 1
    starts_on = date(day.year, MONTHS_A_QUARTER * (number - 1) + 1, 1)
    following = (
        date(day.year + 1, 1, 1)
        if number == LAST_QUARTER
        else date(day.year, MONTHS_A_QUARTER * number + 1, 1)
    )
    return Quarter(name=f"Q{number} {day.year}", starts_on=starts_on, ends_on=following - timedelta(days=1))
