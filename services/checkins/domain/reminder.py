"""When a person is reminded of an owed check-in: on its day, and once more when it was missed.

Never a third time, whatever of its day, time or person changes in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.checkins.domain.rhythm import instant_of

DUE, OVERDUE, DONE = "due", "overdue", "done"
GRACE = timedelta(minutes=2)
"""A reminder whose time is already past waits this long.

Who enters a month of late check-ins is not nagged between two.
"""
_DAY = timedelta(days=1)
Told = tuple[str, str]
"""A person and the kind of reminder that they got."""


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """What is said next about the check-in of day ``due_on`` to ``person_id``, at the instant ``at``.

    ``kind`` is due, overdue, or done when both were said. ``at`` is null then, and while the person cannot
    be reminded. ``since`` and ``told`` remember who got which reminder of this owed check-in: it stays the
    same one until the series moves on from the reading of ``since``. ``not_before``: the person had their one
    reminder of the day before.
    """

    due_on: date
    person_id: str
    kind: str
    at: datetime | None
    since: datetime | None = None
    told: frozenset[Told] = frozenset()
    not_before: date | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What a reminder depends on, as it is now.

    ``since`` is the reading that the day follows from. ``time`` is local HH:MM in the person's ``zone``.
    ``reachable``: the person is known, active and allowed to check in.
    """

    due_on: date
    person_id: str
    since: datetime | None
    time: str
    zone: ZoneInfo
    reachable: bool


def plan(current: Reminder | None, owed: Owed | None, now: datetime) -> Reminder | None:
    """Return what to say next, given what was said already; planning twice changes nothing.

    Where nothing is owed for now (a cycle closed and opened again), what was said is remembered all the same.
    """
    if owed is None:
        return replace(current, at=None) if current is not None and current.told else None
    same = current is not None and current.since == owed.since
    known = current if same else None
    told = known.told if known else frozenset()
    kind = _next_kind(owed.person_id, told)
    theirs = known if known and known.person_id == owed.person_id else None
    planned = Reminder(
        due_on=owed.due_on,
        person_id=owed.person_id,
        kind=kind,
        at=None,
        since=owed.since,
        told=told,
        not_before=theirs.not_before if theirs else None,
    )
    if kind == DONE or not owed.reachable:
        return planned
    return replace(planned, at=_instant(planned, owed, theirs, now))


def kind_today(reminder: Reminder, today: date) -> str:
    """Return what is said when its time has come.

    A day that went by unsaid (everything stood still) is overdue at once.
    """
    return OVERDUE if reminder.kind == OVERDUE or today > reminder.due_on else DUE


def after_saying(reminder: Reminder, kind: str, owed: Owed, now: datetime) -> Reminder | None:
    """Return what comes next once ``kind`` was said: after due, overdue a day later; then nothing."""
    said = {(reminder.person_id, DUE), (reminder.person_id, kind)}
    return plan(replace(reminder, told=reminder.told | said), owed, now)


def a_day_later(reminder: Reminder, today: date, owed: Owed, now: datetime) -> Reminder | None:
    """Return the same reminder for tomorrow, where the person had one of this kind today without it."""
    return plan(replace(reminder, not_before=today + _DAY), owed, now)


def _next_kind(person_id: str, told: frozenset[Told]) -> str:
    if (person_id, OVERDUE) in told:
        return DONE
    return OVERDUE if (person_id, DUE) in told else DUE


def _instant(planned: Reminder, owed: Owed, before: Reminder | None, now: datetime) -> datetime:
    day = planned.due_on + _DAY if planned.kind == OVERDUE else planned.due_on
    if planned.not_before is not None:
        day = max(day, planned.not_before)
    instant = instant_of(day, owed.time, owed.zone)
    if instant > now:
        return instant
    soon = now + GRACE
    waiting = before is not None and before.kind == planned.kind and before.at is not None
    # What waits already is not put off by every new plan.
    return min(before.at, soon) if waiting and before and before.at else soon
