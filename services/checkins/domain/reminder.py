"""When a person is reminded of an owed check-in: on its day, and once more when it was missed.

Never a third time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.checkins.domain.copies import Rhythm
from services.checkins.domain.rhythm import instant_of

DUE, OVERDUE, DONE = "due", "overdue", "done"
GRACE = timedelta(minutes=2)
"""A reminder whose time is already past waits this long.

Who enters a month of late check-ins is not nagged between two.
"""


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """What is said next about the check-in of day ``due_on`` to ``person_id``, at the instant ``at``.

    ``kind`` is due, overdue, or done when both were said (``at`` is null then).
    """

    due_on: date
    person_id: str
    kind: str
    at: datetime | None


def plan(
    current: Reminder | None,
    due_on: date | None,
    person_id: str,
    rhythm: Rhythm,
    zone: ZoneInfo,
    now: datetime,
) -> Reminder | None:
    """What to say next; what was already said about this day to this person is not begun anew."""
    if due_on is None:
        return None
    if current is not None and (current.due_on, current.person_id) == (due_on, person_id):
        return current
    return _at(due_on, person_id, rhythm, zone, now)


def _at(due_on: date, person_id: str, rhythm: Rhythm, zone: ZoneInfo, now: datetime) -> Reminder:
    instant = instant_of(due_on, rhythm.time, zone)
    return Reminder(
        due_on=due_on, person_id=person_id, kind=DUE, at=instant if instant > now else now + GRACE
    )


def kind_today(reminder: Reminder, today: date) -> str:
    """What is said when its time has come.

    A day that went by unsaid (everything stood still) is overdue at once.
    """
    return OVERDUE if reminder.kind == OVERDUE or today > reminder.due_on else DUE


def after_saying(reminder: Reminder, kind: str, rhythm: Rhythm, zone: ZoneInfo) -> Reminder:
    """What comes next once ``kind`` was said: after due, overdue a day later; after overdue, nothing."""
    if kind == DUE:
        again = instant_of(reminder.due_on + timedelta(days=1), rhythm.time, zone)
        return Reminder(due_on=reminder.due_on, person_id=reminder.person_id, kind=OVERDUE, at=again)
    return Reminder(due_on=reminder.due_on, person_id=reminder.person_id, kind=DONE, at=None)
