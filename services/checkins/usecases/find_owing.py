"""Who owes a key result's next check-in, and whether it is due. Every list, page and mail asks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.checkins.domain.copies import KeyResult, Person, zone_of
from services.checkins.domain.owing import next_check_in
from services.checkins.domain.reminder import Owed
from services.checkins.domain.rhythm import instant_of
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.usecases.authorise import may_answer_reminders
from services.checkins.usecases.ports import Ports

_SUNDAY = 6
People = Mapping[str, Person]


@dataclass(frozen=True, kw_only=True)
class Owing:
    """The next check-in of one key result: ``next_on`` is its day, null where none is owed.

    ``person_id`` is who owes it, ``today`` the day that it is where they are, ``day_began`` when it began.
    """

    person_id: str
    next_on: date | None
    today: date
    day_began: datetime
    reminder: Owed | None

    @property
    def due(self) -> bool:
        """Whether it is due today or was missed."""
        return self.next_on is not None and self.next_on <= self.today

    @property
    def later_this_week(self) -> bool:
        """Whether it falls due after today, up to Sunday."""
        sunday = self.today + timedelta(days=_SUNDAY - self.today.weekday())
        return self.next_on is not None and self.today < self.next_on <= sunday


def find_owing(situation: Situation, state: State, people: People, now: datetime) -> Owing:
    """Return who owes the check-in that follows this state of the series, and when."""
    person_id = responsible_for(situation.key_result, people)
    person = people.get(person_id)
    zone = zone_of(person.time_zone) if person else situation.zone
    next_on = next_check_in(situation, state, situation.local_day(now))
    reminder = None
    if next_on is not None:
        reminder = Owed(
            due_on=next_on,
            person_id=person_id,
            since=state.as_of,
            time=situation.rhythm.time,
            zone=zone,
            reachable=person is not None and may_answer_reminders(person),
        )
    today = now.astimezone(zone).date()
    return Owing(
        person_id=person_id,
        next_on=next_on,
        today=today,
        day_began=instant_of(today, "00:00", zone),
        reminder=reminder,
    )


def responsible_for(key_result: KeyResult, people: People) -> str:
    """Return who owes the check-ins: the delegate while they can check in, else the owner.

    Somebody whose announcement has not arrived is believed to be able.
    """
    delegate_id = key_result.delegate_id
    if delegate_id is None:
        return key_result.owner_id
    delegate = people.get(delegate_id)
    return delegate_id if delegate is None or may_answer_reminders(delegate) else key_result.owner_id


def people_of(situations: Iterable[Situation], ports: Ports) -> People:
    """Return the owners and delegates of these key results."""
    ids = {
        person_id
        for situation in situations
        for person_id in (situation.key_result.owner_id, situation.key_result.delegate_id)
        if person_id is not None
    }
    return ports.copies.person_of(ids)
