"""Remind people who owe check-ins: once on the day, once after it was missed, by their own clock.

What a reminder depends on may have changed since it was planned, so it is planned anew when its time has
come. The reminders are stored first, each under the person, their day and the kind, and only then the key
results move on to their next ones; both with one write for all. Who dies between the two does it again and
stores nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from libs.contracts import checkins as say
from services.checkins.domain.reminder import (
    DUE,
    OVERDUE,
    Owed,
    Reminder,
    a_day_later,
    after_saying,
    kind_today,
    plan,
)
from services.checkins.domain.situation import Situation
from services.checkins.usecases.announce import reminder
from services.checkins.usecases.as_of_now import as_of_now
from services.checkins.usecases.find_owing import find_owing, people_of
from services.checkins.usecases.ports import Ports

_KINDS: dict[str, type[say.CheckInDue | say.CheckInOverdue]] = {
    DUE: say.CheckInDue,
    OVERDUE: say.CheckInOverdue,
}
Following = tuple[Situation, Reminder | None]


@dataclass(frozen=True)
class Planned:
    """A key result with the reminder that it has by what is true now, if any.

    ``read`` is as it was found, with the reminder that was planned before; ``present`` as it is now.
    """

    read: Situation
    present: Situation
    reminder: Reminder | None
    owed: Owed | None
    today: date

    def ripe(self, now: datetime) -> bool:
        """Tell whether the reminder's time has come."""
        return self.reminder is not None and self.reminder.at is not None and self.reminder.at <= now

    def names(self, kind: str) -> bool:
        """Tell whether its reminder of today is of this kind."""
        return self.reminder is not None and kind_today(self.reminder, self.today) == kind


@dataclass(frozen=True)
class Saying:
    """One reminder of one person, and the key results that it names."""

    organisation_id: str
    kind: str
    payload: say.CheckInDue | say.CheckInOverdue
    named: Sequence[Planned]


def remind_people(ports: Ports, limit: int = 100) -> int:
    """Remind those whose reminder's time has come; return how many key results were looked at."""
    now = ports.now()
    found = ports.situations.reminder_due(now, limit)
    planned = _plan(found, now, ports)
    following: list[Following] = [(one.read, one.reminder) for one in planned if not one.ripe(now)]
    by_person: dict[tuple[str, str], list[Planned]] = defaultdict(list)
    for one in planned:
        if one.reminder is not None and one.ripe(now):
            by_person[one.read.key_result.organisation_id, one.reminder.person_id].append(one)
    sayings = [saying for person, ripe in by_person.items() for saying in _sayings(*person, ripe, now, ports)]
    told = ports.reminders.add([(saying.organisation_id, saying.payload) for saying in sayings])
    for saying, named in zip(sayings, told, strict=True):
        following += [_after(one, saying.kind, named, now) for one in saying.named]
    ports.situations.remind_next(following)
    return len(found)


def _plan(found: Sequence[Situation], now: datetime, ports: Ports) -> list[Planned]:
    """Plan the reminders of these anew, by what their series say at this moment."""
    people = people_of(found, ports)
    by_organisation: dict[str, list[Situation]] = defaultdict(list)
    for situation in found:
        by_organisation[situation.key_result.organisation_id].append(situation)
    planned = []
    for organisation_id, theirs in by_organisation.items():
        present = as_of_now(theirs, organisation_id, ports)
        for read, as_it_is in zip(theirs, present, strict=True):
            owing = find_owing(as_it_is, as_it_is.state, people, now)
            following = plan(read.reminder, owing.reminder, now)
            shown = replace(as_it_is, reminder=following)
            planned.append(Planned(read, shown, following, owing.reminder, owing.today))
    return planned


def _sayings(
    organisation_id: str, person_id: str, ripe: Sequence[Planned], now: datetime, ports: Ports
) -> Iterable[Saying]:
    for kind, event in _KINDS.items():
        named = [one for one in ripe if one.names(kind)]
        if named and kind == DUE:
            named += _rest_of_the_day(organisation_id, person_id, named, now, ports)
        if named:
            payload = reminder(event, person_id, named[0].today, [one.present for one in named])
            yield Saying(organisation_id, kind, payload, named)


def _rest_of_the_day(
    organisation_id: str, person_id: str, ripe: Sequence[Planned], now: datetime, ports: Ports
) -> list[Planned]:
    """Return what falls due later that day: only one such reminder is sent a day."""
    known = {one.read.key_result.id for one in ripe}
    others = ports.situations.owed_by(organisation_id, person_id)
    planned = _plan([found for found in others if found.key_result.id not in known], now, ports)
    return [
        one
        for one in planned
        if one.reminder is not None
        and one.reminder.at is not None
        and (one.reminder.person_id, one.reminder.kind, one.reminder.due_on) == (person_id, DUE, one.today)
    ]


def _after(one: Planned, kind: str, told: Collection[str], now: datetime) -> Following:
    """Return what comes next; what the reminder of that day had left out waits a day."""
    if one.reminder is None or one.owed is None:
        return (one.read, one.reminder)
    if one.read.key_result.id in told:
        return (one.read, after_saying(one.reminder, kind, one.owed, now))
    return (one.read, a_day_later(one.reminder, one.today, one.owed, now))
