"""The ports in memory, for rules without a server. They pass the same contract suite as the real ones."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from libs.contracts.checkins import CheckInDue, CheckInOverdue
from libs.contracts.codec import Payload
from services.checkins.domain.check_in import CheckIn, Entry
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Team
from services.checkins.domain.errors import Unreachable
from services.checkins.domain.reminder import Reminder
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.judge_each import TRY_AGAIN
from services.checkins.usecases.ports import (
    Debt,
    Learnt,
    LostRace,
    OwnReminder,
    Ports,
    Repeated,
    Request,
    Settlement,
    Slice,
    Surroundings,
    Window,
)
from tests.unit.checkins.memory_copies import MemoryCopies

T = TypeVar("T")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class MemoryCheckIns:
    """The port ``CheckIns``."""

    def __init__(self, said: list[Payload]) -> None:
        self.entries: list[CheckIn] = []
        self.requests: dict[str, tuple[Request, CheckIn]] = {}
        self.due: dict[str, CheckIn] = {}
        self.aside: dict[str, datetime] = {}
        self._said = said
        self._lock = threading.Lock()

    def last(self, organisation_id: str, key_result_id: str) -> CheckIn | None:
        series = self.series(organisation_id, key_result_id)
        return series[-1] if series else None

    def states(
        self, organisation_id: str, key_result_ids: Collection[str], before: datetime | None = None
    ) -> dict[str, State]:
        said = {name: self.series(organisation_id, name) for name in key_result_ids}
        found = {
            name: [entry for entry in series if before is None or entry.recorded_at < before]
            for name, series in said.items()
        }
        return {name: series[-1].state for name, series in found.items() if series}

    def series(self, organisation_id: str, key_result_id: str) -> Sequence[CheckIn]:
        found = [
            entry
            for entry in self.entries
            if (entry.organisation_id, entry.key_result_id) == (organisation_id, key_result_id)
        ]
        return sorted(found, key=lambda entry: entry.seq)

    def get(self, organisation_id: str, check_in_id: str) -> CheckIn | None:
        found = (
            entry
            for entry in self.entries
            if (entry.organisation_id, entry.id) == (organisation_id, check_in_id)
        )
        return next(found, None)

    def durable(self, organisation_id: str, check_in_id: str) -> CheckIn | None:
        return self.get(organisation_id, check_in_id)

    def versions(self, organisation_id: str, first_id: str) -> Sequence[CheckIn]:
        found = [
            entry
            for entry in self.entries
            if (entry.organisation_id, entry.first_id) == (organisation_id, first_id)
        ]
        return sorted(found, key=lambda entry: entry.seq)

    def made_by(self, organisation_id: str, request_id: str) -> tuple[Request, CheckIn] | None:
        made = self.requests.get(request_id)
        return made if made and made[1].organisation_id == organisation_id else None

    def add(self, check_in: CheckIn, says: Sequence[Payload], request: Request | None = None) -> None:
        with self._lock:
            if request and request.id in self.requests:
                raise Repeated(*self.requests[request.id])
            if any((e.key_result_id, e.seq) == (check_in.key_result_id, check_in.seq) for e in self.entries):
                raise LostRace
            self.entries.append(check_in)
            self.due[check_in.id] = check_in
            if request:
                self.requests[request.id] = (request, check_in)
            self._said.extend(says)

    def page(self, organisation_id: str, key_result_id: str, window: Window) -> Slice[Entry]:
        firsts = [entry for entry in self.series(organisation_id, key_result_id) if entry.revision_of is None]
        keyed = sorted(
            ((entry.as_of, entry.seq, entry) for entry in firsts), key=lambda item: item[:2], reverse=True
        )
        if window.after is not None:
            keyed = [item for item in keyed if item[:2] < window.after]
        shown = [item[2] for item in keyed[: window.limit]]
        more = len(keyed) > window.limit
        after = (shown[-1].as_of, shown[-1].seq) if more else None
        return Slice(
            [Entry(versions=tuple(self.versions(organisation_id, first.id))) for first in shown], after
        )

    def unsettled(self, now: datetime, limit: int) -> Sequence[Debt]:
        due = [entry for entry in self.due.values() if self.aside.get(entry.id, now) <= now]
        owing = sorted(due, key=lambda entry: entry.recorded_at)[:limit]
        return [
            Debt(
                check_in_id=entry.id,
                key_result_id=entry.key_result_id,
                state=entry.state,
                alarms=entry.alarms,
                told=entry.seen.fingerprint,
                author_id=entry.author_id,
            )
            for entry in owing
        ]

    def settled(self, check_in_ids: Collection[str]) -> None:
        for check_in_id in check_in_ids:
            self.due.pop(check_in_id, None)
            self.aside.pop(check_in_id, None)

    def set_aside(self, check_in_ids: Collection[str], until: datetime) -> None:
        self.aside.update({check_in_id: until for check_in_id in check_in_ids if check_in_id in self.due})


class MemorySituations:
    """The port ``Situations``."""

    def __init__(self, copies: MemoryCopies, said: list[Payload]) -> None:
        self.copies, self._said = copies, said
        self.settled: dict[str, Settlement] = {}
        self.reminders: dict[str, Reminder | None] = {}

    def _situation(self, key_result: KeyResult) -> Situation | None:
        cycle = self.copies._of(Cycle, key_result.cycle_id)
        if cycle is None or cycle.organisation_id != key_result.organisation_id:
            return None
        plain = Situation(
            key_result=key_result,
            cycle=cycle,
            team=self.copies.team(key_result.organisation_id, key_result.team_id or ""),
            organisation=self.copies.organisation(key_result.organisation_id),
            rev=self.copies.revs[key_result.id],
            is_outdated=self.copies.is_outdated(key_result),
            defined_by=self.copies.defined_by.get(key_result.id),
        )
        settled = self.settled.get(key_result.id)
        if settled is None:
            return plain
        return replace(
            plain,
            state=settled.state,
            standing=settled.standing,
            alarm=settled.alarm,
            reminder=self.reminders.get(key_result.id),
        )

    def _all(self) -> list[Situation]:
        every = (self._situation(copy.item) for copy in self.copies.kept[KeyResult].values())
        return [situation for situation in every if situation is not None]

    def get(self, organisation_id: str, key_result_id: str) -> Situation | None:
        found = self.many([key_result_id]).get(key_result_id)
        return found if found and found.key_result.organisation_id == organisation_id else None

    def many(self, key_result_ids: Collection[str]) -> dict[str, Situation]:
        return {found.key_result.id: found for found in self._all() if found.key_result.id in key_result_ids}

    def owed_by(self, organisation_id: str, person_id: str) -> Sequence[Situation]:
        return [
            found
            for found in self._all()
            if found.key_result.organisation_id == organisation_id
            and person_id in (found.key_result.owner_id, found.key_result.delegate_id)
            and found.takes_check_ins
        ]

    def of_team(self, organisation_id: str, team_id: str) -> Sequence[Situation]:
        return [
            found
            for found in self._all()
            if (found.key_result.organisation_id, found.key_result.team_id) == (organisation_id, team_id)
            and found.takes_check_ins
        ]

    def evaluation_due(self, now: datetime, limit: int) -> Sequence[Situation]:
        instants = {
            key: instant for key, instant in self.copies.evaluate_at.items() if instant and instant <= now
        }
        due = [found for found in self._all() if found.key_result.id in instants]
        for waiting in instants.keys() - {found.key_result.id for found in due}:
            self.copies.evaluate_at[waiting] = now + TRY_AGAIN
        return sorted(due, key=lambda found: instants[found.key_result.id])[:limit]

    def reminder_due(self, now: datetime, limit: int) -> Sequence[Situation]:
        due = [
            found
            for found in self._all()
            if found.reminder and found.reminder.at and found.reminder.at <= now
        ]
        return sorted(due, key=lambda found: (found.reminder and found.reminder.at) or BEGINNING)[:limit]

    def settle(self, settlements: Sequence[Settlement]) -> frozenset[str]:
        stored = set()
        for settlement in settlements:
            key_result_id = settlement.situation.key_result.id
            if self.copies.revs[key_result_id] != settlement.situation.rev:
                continue
            self.settled[key_result_id] = settlement
            self.reminders[key_result_id] = settlement.reminder
            self.copies.evaluate_at[key_result_id] = settlement.evaluate_at
            self.copies.defined_by[key_result_id] = None
            self.copies.revs[key_result_id] += 1
            self._said.extend(settlement.says)
            stored.add(key_result_id)
        return frozenset(stored)

    def put_off(self, situations: Sequence[Situation], until: datetime) -> None:
        for situation in situations:
            if self.copies.revs[situation.key_result.id] == situation.rev:
                self.copies.evaluate_at[situation.key_result.id] = until

    def standing_after(self, key_result_id: str, limit: int) -> Sequence[Situation]:
        standing = [found for found in self._all() if found.standing and found.key_result.id > key_result_id]
        return sorted(standing, key=lambda found: found.key_result.id)[:limit]

    def say_again(self, situations: Sequence[Situation], says: Mapping[str, Payload]) -> None:
        self._said.extend(says[found.key_result.id] for found in situations if found.key_result.id in says)

    def remind_next(self, reminders: Sequence[tuple[Situation, Reminder | None]]) -> None:
        for situation, following in reminders:
            key_result_id = situation.key_result.id
            if self.reminders.get(key_result_id) == situation.reminder:
                self.reminders[key_result_id] = following
                self.copies.revs[key_result_id] += 1


class MemoryReminders:
    """The port ``Reminders``."""

    def __init__(self, said: list[Payload]) -> None:
        self.kept: dict[tuple[str, ...], frozenset[str]] = {}
        self._said = said

    def add(self, reminders: Sequence[OwnReminder]) -> list[frozenset[str]]:
        return [self._add(organisation_id, payload) for organisation_id, payload in reminders]

    def _add(self, organisation_id: str, payload: CheckInDue | CheckInOverdue) -> frozenset[str]:
        key = (organisation_id, payload.person_id, payload.day.isoformat(), payload.TYPE)
        if key not in self.kept:
            self.kept[key] = frozenset(owed.key_result_id for owed in payload.owed)
            self._said.append(payload)
        return self.kept[key]


@dataclass
class ScriptedGoals:
    """The port ``Goals``: it knows what a test tells it, or is down."""

    known: dict[str, Surroundings] = field(default_factory=dict)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def surroundings(self, key_result_id: str, viewer: Viewer) -> Surroundings | None:
        self.asked.append(key_result_id)
        if self.down:
            raise Unreachable
        found = self.known.get(key_result_id)
        return found if found and found.key_result.organisation_id == viewer.organisation_id else None


class World:
    """All ports in memory, a clock that a test moves, and everything that was said."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.said: list[Payload] = []
        self.check_ins = MemoryCheckIns(self.said)
        self.copies = MemoryCopies(lambda: self.now)
        self.situations = MemorySituations(self.copies, self.said)
        self.reminders = MemoryReminders(self.said)
        self.goals = ScriptedGoals()
        numbers = count(1)
        self.ports = Ports(
            check_ins=self.check_ins,
            situations=self.situations,
            reminders=self.reminders,
            copies=self.copies,
            goals=self.goals,
            now=lambda: self.now,
            new_id=lambda: f"id-{next(numbers)}",
        )

    def learn(
        self,
        *items: KeyResult | Cycle | Team | Organisation | Person,
        seq: int = 1,
        actor_id: str | None = None,
    ) -> None:
        """What other services told, and who did it."""
        keep: dict[type, Any] = {
            KeyResult: self.copies.key_results,
            Cycle: self.copies.cycles,
            Team: self.copies.teams,
            Organisation: self.copies.organisations,
            Person: self.copies.people,
        }
        for item in items:
            keep[type(item)]([Learnt(item, seq, actor_id)])

    def pass_time(self, **duration: float) -> None:
        """It is later."""
        self.now += timedelta(**duration)

    def heard(self, cls: type[T]) -> list[T]:
        """What was said of this kind, and forgotten now."""
        found: list[T] = [payload for payload in self.said if isinstance(payload, cls)]
        self.said[:] = [payload for payload in self.said if not isinstance(payload, cls)]
        return found
