"""People who owe check-ins are reminded: once on the day, once after it was missed, by their own clock.

The reminders are stored first, each under the person, their day and the kind, and only then the key results
move on to their next ones; both with one write for all. Who dies between the two does it again and stores
nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.contracts import checkins as say
from services.checkins.domain.copies import Person, zone_of
from services.checkins.domain.reminder import DUE, OVERDUE, Reminder, after_saying, kind_today
from services.checkins.domain.situation import Situation
from services.checkins.usecases.announce import reminder
from services.checkins.usecases.ports import Ports

_KINDS: dict[str, type[say.CheckInDue | say.CheckInOverdue]] = {
    DUE: say.CheckInDue,
    OVERDUE: say.CheckInOverdue,
}
_DAY = timedelta(days=1)
Following = tuple[Situation, Reminder]


@dataclass(frozen=True)
class Saying:
    """One reminder of one person, and the key results that it names."""

    organisation_id: str
    kind: str
    payload: say.CheckInDue | say.CheckInOverdue
    named: Sequence[Situation]
    zone: ZoneInfo


def remind_people(ports: Ports, limit: int = 100) -> int:
    """Those whose reminder's time has come are reminded; how many key results were due is returned."""
    now = ports.now()
    due = ports.situations.reminder_due(now, limit)
    by_person: dict[tuple[str, str], list[Situation]] = defaultdict(list)
    for situation in due:
        if situation.reminder is not None:
            by_person[situation.key_result.organisation_id, situation.reminder.person_id].append(situation)
    people = ports.copies.person_of({person_id for _, person_id in by_person})
    following: list[Following] = []
    sayings: list[Saying] = []
    for (organisation_id, person_id), owing in by_person.items():
        person = people.get(person_id)
        if person is None or person.state != "active":
            following += _tomorrow(owing)
        else:
            sayings += _sayings(organisation_id, person, owing, now, ports)
    told = ports.reminders.add([(saying.organisation_id, saying.payload) for saying in sayings])
    for saying, named in zip(sayings, told, strict=True):
        following += _after(saying, named)
    ports.situations.remind_next(following)
    return len(due)


def _sayings(
    organisation_id: str, person: Person, owing: Sequence[Situation], now: datetime, ports: Ports
) -> list[Saying]:
    zone = zone_of(person.time_zone)
    today = now.astimezone(zone).date()
    sayings = []
    for kind, event in _KINDS.items():
        named = _named(kind, organisation_id, person, owing, today, ports)
        if named:
            payload = reminder(event, person.id, today, named)
            sayings.append(Saying(organisation_id, kind, payload, named, zone))
    return sayings


def _after(saying: Saying, told: Collection[str]) -> list[Following]:
    """What comes next for each that was named; what the reminder of that day had left out waits a day."""
    following: list[Following] = []
    for situation in saying.named:
        planned = situation.reminder
        if planned is None:
            continue
        if situation.key_result.id in told:
            later = after_saying(planned, saying.kind, situation.rhythm, saying.zone)
            following.append((situation, later))
        elif planned.at is not None:
            following.append((situation, replace(planned, at=planned.at + _DAY)))
    return following


def _named(
    kind: str, organisation_id: str, person: Person, owing: Sequence[Situation], today: date, ports: Ports
) -> list[Situation]:
    """What one reminder names.

    All whose time has come and, as only one is sent a day, the rest of that day.
    """
    ripe = [found for found in owing if found.reminder and kind_today(found.reminder, today) == kind]
    if not ripe or kind != DUE:
        return ripe
    known = {situation.key_result.id for situation in ripe}
    later = [
        situation
        for situation in ports.situations.owed_by(organisation_id, person.id)
        if situation.key_result.id not in known
        and situation.reminder is not None
        and situation.reminder.person_id == person.id
        and (situation.reminder.kind, situation.reminder.due_on) == (DUE, today)
    ]
    return [*ripe, *later]


def _tomorrow(owing: Sequence[Situation]) -> list[Following]:
    """Nobody is there to be reminded yet: it is looked at again tomorrow."""
    return [
        (situation, replace(situation.reminder, at=situation.reminder.at + _DAY))
        for situation in owing
        if situation.reminder is not None and situation.reminder.at is not None
    ]
