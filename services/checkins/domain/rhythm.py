"""When check-ins fall due. Days are local days; an instant exists only for a day in a time zone.

Bi-weekly rhythms count from one fixed Monday, so that all of a team's key results share their weeks;
monthly ones fall on the first such weekday of the month.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.checkins.domain.copies import Rhythm

EARLY_DAYS = 2
"""A check-in this many days before a rhythm day already counts for it.

Who lays the stone on Saturday owes none on Monday.
"""

_FIRST_MONDAY = date(1970, 1, 5)
_WEEK = timedelta(days=7)


def due_day_from(rhythm: Rhythm, day: date) -> date:
    """The first rhythm day on or after ``day``."""
    if rhythm.every == "monthly":
        this_month = _first_weekday_of_month(day, rhythm.weekday)
        return this_month if this_month >= day else _first_weekday_of_month(_next_month(day), rhythm.weekday)
    candidate = day + timedelta(days=(rhythm.weekday - day.weekday()) % 7)
    if rhythm.every == "biweekly" and _odd_week(candidate):
        candidate += _WEEK
    return candidate


def first_due_day(rhythm: Rhythm, created_on: date | None, starts_on: date) -> date:
    """When a new key result owes its first check-in.

    The first rhythm day after its making, or of its cycle.
    """
    earliest = starts_on if created_on is None else max(created_on + timedelta(days=1), starts_on)
    return due_day_from(rhythm, earliest)


def next_due_day(rhythm: Rhythm, checked_in_on: date) -> date:
    """The first rhythm day that a check-in on that day does not cover."""
    return due_day_from(rhythm, checked_in_on + timedelta(days=EARLY_DAYS + 1))


def due_day_of_period(rhythm: Rhythm, day: date) -> date:
    """The rhythm day of the week, fortnight or month that ``day`` lies in; it may be past or to come."""
    if rhythm.every == "monthly":
        return _first_weekday_of_month(day, rhythm.weekday)
    monday = day - timedelta(days=day.weekday())
    if rhythm.every == "biweekly" and _odd_week(monday):
        monday -= _WEEK
    return monday + timedelta(days=rhythm.weekday)


def instant_of(day: date, at: str, zone: ZoneInfo) -> datetime:
    """That local time of that day, in UTC.

    Where clocks are put forward and the time does not exist, the instant just after the gap by as much;
    where they are put back and it exists twice, the first.
    """
    hours, minutes = at.split(":")
    return datetime.combine(day, time(int(hours), int(minutes)), zone).astimezone(UTC)


def midnight_after(now: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the next local day begins, in UTC."""
    return instant_of(now.astimezone(zone).date() + timedelta(days=1), "00:00", zone)


def _odd_week(day: date) -> bool:
    return ((day - _FIRST_MONDAY).days // 7) % 2 == 1


def _first_weekday_of_month(day: date, weekday: int) -> date:
    first = day.replace(day=1)
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
