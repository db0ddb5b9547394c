"""What the use cases need from the world.

Each port has a fake and a real one that pass one contract suite.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from libs.contracts.checkins import CheckInDue, CheckInOverdue
from libs.contracts.codec import Payload
from services.checkins.domain.alarm import Alarm
from services.checkins.domain.check_in import CheckIn, Entry
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Team
from services.checkins.domain.reminder import Reminder
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing
from services.checkins.domain.viewer import Viewer

T = TypeVar("T")


class LostRace(Exception):
    """Somebody else wrote between our read and our write; read again and decide again."""


class Repeated(Exception):
    """The request was carried out before; ``request`` and ``check_in`` are what it was and what it made."""

    def __init__(self, request: Request, check_in: CheckIn) -> None:
        super().__init__(request.id)
        self.request = request
        self.check_in = check_in


@dataclass(frozen=True)
class Request:
    """What makes a request recognisable: ``id`` of who asked under which key, ``body`` of what was asked."""

    id: str
    body: str


@dataclass(frozen=True)
class Slice(Generic[T]):
    """Some items in order; ``after`` continues behind the last one, null at the end."""

    items: Sequence[T]
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Window:
    """Where in a list: behind ``after``, at most ``limit``."""

    after: tuple[datetime, int] | None = None
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class Debt:
    """A check-in whose key result's standing is not settled yet.

    ``alarms``: whether it may alarm anybody. ``told`` is the fingerprint of the standing that its own event
    tells. ``author_id`` is who wrote it, ``correlation_id`` that of the request that made it.
    """

    check_in_id: str
    key_result_id: str
    state: State
    alarms: bool
    told: str | None = None
    author_id: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What a key result's standing becomes, with the events that say so.

    ``evaluate_at`` is when time alone may change it; null: never. ``correlation_id`` is that of the request
    that caused it; null where time did.
    """

    situation: Situation
    state: State
    standing: Standing
    alarm: Alarm
    reminder: Reminder | None
    evaluate_at: datetime | None
    says: tuple[Payload, ...] = ()
    correlation_id: str | None = None


@dataclass(frozen=True)
class Learnt(Generic[T]):
    """A copy of what another service owns; applied only over one with a smaller ``seq``.

    ``actor_id`` is who changed it, null where nobody did and where it is not known.
    """

    item: T
    seq: int
    actor_id: str | None = None


OwnReminder = tuple[str, CheckInDue | CheckInOverdue]
"""An organisation, and what a person of it is reminded of."""
ANY_EVENT_IS_NEWER = 0
"""The ``seq`` of a copy that was asked for: whatever is announced replaces it."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """A key result as its owner tells it, with what its judgement needs."""

    key_result: KeyResult
    cycle: Cycle
    team: Team | None = None


class CheckIns(Protocol):
    """The series. Append-only; every write is one document with the events that it causes."""

    def last(self, organisation_id: str, key_result_id: str) -> CheckIn | None:
        """The entry with the greatest ``seq``."""

    def states(
        self, organisation_id: str, key_result_ids: Collection[str], before: datetime | None = None
    ) -> dict[str, State]:
        """What each of these series says now, or said ``before``; those without an entry are left out."""

    def series(self, organisation_id: str, key_result_id: str) -> Sequence[CheckIn]:
        """Every entry, oldest first."""

    def get(self, organisation_id: str, check_in_id: str) -> CheckIn | None:
        """One entry, also a revision."""

    def durable(self, organisation_id: str, check_in_id: str) -> CheckIn | None:
        """The same, and no failover takes it back; the database's own error where that is not certain yet."""

    def versions(self, organisation_id: str, first_id: str) -> Sequence[CheckIn]:
        """Every version of one check-in, oldest first."""

    def made_by(self, organisation_id: str, request_id: str) -> tuple[Request, CheckIn] | None:
        """What this request made, if it was carried out before; no failover takes it back.

        Where that is not certain yet, the database's own error says so: it is to be asked again.
        """

    def add(self, check_in: CheckIn, says: Sequence[Payload], request: Request | None = None) -> None:
        """The entry and its events are stored, and its standing is due.

        Raises:
            LostRace: the series has an entry with this ``seq``.
            Repeated: the request was carried out before, durably.
        """

    def page(self, organisation_id: str, key_result_id: str, window: Window) -> Slice[Entry]:
        """Check-ins with their versions, the latest ``as_of`` first; undone ones are included."""

    def unsettled(self, now: datetime, limit: int) -> Sequence[Debt]:
        """Some of what is not settled and not set aside beyond ``now``, in the order of its recording."""

    def settled(self, check_in_ids: Collection[str]) -> None:
        """Nothing is due any more for these."""

    def set_aside(self, check_in_ids: Collection[str], until: datetime) -> None:
        """What these owe is still due, but not found before ``until``."""


class Situations(Protocol):
    """Key results with all that their judgement needs, and the only way to write their standing."""

    def get(self, organisation_id: str, key_result_id: str) -> Situation | None:
        """The situation; None where the key result or its cycle is not known here."""

    def many(self, key_result_ids: Collection[str]) -> dict[str, Situation]:
        """These, of whatever organisation; for the worker."""

    def owed_by(self, organisation_id: str, person_id: str) -> Sequence[Situation]:
        """Every open key result that the person owns or stands in for, in a cycle that is not closed."""

    def of_team(self, organisation_id: str, team_id: str) -> Sequence[Situation]:
        """Every open key result of the team, in a cycle that is not closed."""

    def evaluation_due(self, now: datetime, limit: int) -> Sequence[Situation]:
        """Some of those that time alone may have changed.

        Those whose cycle is not known here are looked at again some minutes later, or when it is announced.
        """

    def reminder_due(self, now: datetime, limit: int) -> Sequence[Situation]:
        """Some of those whose reminder's time has come; without a known cycle, some minutes later."""

    def settle(self, settlements: Sequence[Settlement]) -> frozenset[str]:
        """Each standing is stored with its events, if nobody wrote the key result since it was read.

        The ids of those stored are returned.
        """

    def put_off(self, situations: Sequence[Situation], until: datetime) -> None:
        """Time judges these at ``until``, unless somebody wrote the key result since it was read."""

    def standing_after(self, key_result_id: str, limit: int) -> Sequence[Situation]:
        """Some of those that have a standing, in the order of their ids, behind this one.

        Of all organisations.
        """

    def say_again(self, situations: Sequence[Situation], says: Mapping[str, Payload]) -> None:
        """Each key result has this event to send; nothing else of it changes."""

    def remind_next(self, reminders: Sequence[tuple[Situation, Reminder | None]]) -> None:
        """Each has this reminder next, or none, unless it was planned anew since it was read."""


class Reminders(Protocol):
    """What people were reminded of: one per person, day and kind."""

    def add(self, reminders: Sequence[OwnReminder]) -> list[frozenset[str]]:
        """Each reminder and its event are stored, unless there was one of this kind that day.

        The key results that each stored one names are returned, in the same order.
        """


class Copies(Protocol):
    """What other services told. Telling twice, or an old thing late, changes nothing.

    What makes a cycle, a team, an organisation or a person another one for its key results lets them be
    judged anew; a new name does not.
    """

    def keep(self, told: Surroundings) -> None:
        """What was asked for is known until it is announced.

        The key result will be judged; no other one is touched.
        """

    def key_results(self, learnt: Sequence[Learnt[KeyResult]]) -> None:
        """The definitions are known, and their standings will be judged anew."""

    def cycles(self, learnt: Sequence[Learnt[Cycle]]) -> None:
        """The cycles are known; where they changed, their key results will be judged anew.

        Not those that were deleted.
        """

    def teams(self, learnt: Sequence[Learnt[Team]]) -> None:
        """The teams are known; where they changed, what still runs of theirs will be judged anew."""

    def organisations(self, learnt: Sequence[Learnt[Organisation]]) -> None:
        """The organisations are known; where they changed, what still runs there will be judged anew."""

    def outdate(self, organisation_id: str, key_results: Mapping[str, int], teams: Mapping[str, int]) -> None:
        """Copies of these with a smaller ``seq`` are marked as outdated, until a newer one is known.

        A key result that is not known yet is marked too: its first copy may be as old.
        """

    def people(self, learnt: Sequence[Learnt[Person]]) -> None:
        """The people are known; where they changed, what still runs of theirs will be judged anew."""

    def person_of(self, person_ids: Collection[str]) -> dict[str, Person]:
        """These people; for the worker."""

    def team(self, organisation_id: str, team_id: str) -> Team | None:
        """One team."""

    def organisation(self, organisation_id: str) -> Organisation:
        """The organisation; with the platform's defaults where it is not known yet."""

    def person(self, organisation_id: str, person_id: str) -> Person | None:
        """One person."""


class Goals(Protocol):
    """The service that owns key results, asked in the viewer's name."""

    def surroundings(self, key_result_id: str, viewer: Viewer) -> Surroundings | None:
        """The key result, or None where it does not exist for the viewer.

        Raises:
            Unreachable: the service does not answer.
        """


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything a use case may need; built once."""

    check_ins: CheckIns
    situations: Situations
    reminders: Reminders
    copies: Copies
    goals: Goals
    now: Callable[[], datetime]
    new_id: Callable[[], str]
