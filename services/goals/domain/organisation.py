"""The tenant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from libs.measures.status import Thresholds
from services.goals.domain.record import Record

STANDARD = Thresholds()
STEPPING_DOWN_LASTS = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class SteppingDown:
    """An admin who is about to stop being one; void ``until`` then, should that never have happened."""

    person_id: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Organisation(Record):
    """A company.

    ``judged_on`` is the local day that its objectives were last judged on; None: owed at once.
    ``stepping_down`` are admins who no longer count as such, though their own documents may not say so yet:
    two who step down at once both write here first, so the second one sees the first.
    """

    name: str
    slug: str
    time_zone: str
    locale: str
    thresholds: Thresholds = STANDARD
    judged_on: date | None = None
    stepping_down: tuple[SteppingDown, ...] = ()

    def others_stepping_down(self, person_id: str, now: datetime) -> tuple[SteppingDown, ...]:
        """Those besides this person who are stepping down right now."""
        return tuple(one for one in self.stepping_down if one.person_id != person_id and one.until > now)

    def today(self, now: datetime) -> date:
        """The calendar day where the organisation lives."""
        return local_day(self.time_zone, now)


def local_day(time_zone: str, now: datetime) -> date:
    """The calendar day of an instant in a time zone; UTC's where nobody knows the zone (any more)."""
    try:
        return now.astimezone(ZoneInfo(time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return now.astimezone(UTC).date()


def slug_of(name: str) -> str:
    """The name as it can stand in an address.

    Lower case, ASCII, hyphens, at most 60 characters; never empty.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "team"
