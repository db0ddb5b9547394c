"""What `checkins` announces. Schemas only grow.

Two numbers order what is said of one key result: ``seq`` counts its check-ins and revisions, ``at`` is the
instant of the judgement. Whoever keeps a copy applies what has the greater ``(seq, at)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One number that a status rests on.

    ``rule`` names it, ``value`` is today's, ``limit`` the line it is held to.

    ``decisive`` tells whether this rule is one that fired.
    """

    rule: str
    value: float | None
    limit: float | None
    decisive: bool = False


@dataclass(frozen=True, kw_only=True)
class StandingFacts:
    """What follows from the check-ins and the clock, as one judgement.

    ``current`` is in the key result's unit; ``raw_progress`` is unclamped; ``progress`` and ``expected`` are
    0 to 1; ``confidence`` 0 to 10; null where there is no reading yet.
    """

    seq: int
    at: datetime
    current: float | None
    raw_progress: float | None
    progress: float | None
    expected: float
    status: str
    confidence: int | None
    as_of: datetime | None
    reasons: tuple[Reason, ...] = ()
    next_check_in_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ProgressRecorded:
    """A check-in, a revision or an undo is stored. The standing is as its writer saw the series.

    ``visibility`` is that of the key result; an event from before it was said has none.
    """

    TYPE: ClassVar[str] = "checkins.progress.recorded.v1"
    check_in_id: str
    key_result_id: str
    objective_id: str
    author_id: str
    standing: StandingFacts
    visibility: str | None = None


@dataclass(frozen=True, kw_only=True)
class StandingChanged:
    """A key result was judged anew, because time passed or because what it stands in changed.

    A check-in tells the standing that it leaves by itself (`ProgressRecorded`); only where it is judged
    otherwise when it is settled, that is said here.

    ``visibility`` is as in `ProgressRecorded`.
    """

    TYPE: ClassVar[str] = "checkins.standing.changed.v1"
    key_result_id: str
    objective_id: str
    previous_status: str | None
    standing: StandingFacts
    visibility: str | None = None


@dataclass(frozen=True, kw_only=True)
class KeyResultAlarm:
    """What mails about a key result need.

    The definition's words, today's numbers, the last note and its author. ``caused_at`` is when the check-in
    was recorded that this follows from; null where time or a changed definition made it so, and in an event
    from before it was said. ``actor_id`` is who checked in or changed the definition so; null where time did,
    and where it is not known.
    """

    key_result_id: str
    objective_id: str
    title: str
    unit: str
    start: float
    target: float
    kind: str
    owner_id: str
    team_id: str | None
    ends_on: date
    epoch: int
    previous_status: str | None
    standing: StandingFacts
    note: str | None = None
    author_id: str | None = None
    noted_at: datetime | None = None
    caused_at: datetime | None = None
    actor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class KeyResultAchieved(KeyResultAlarm):
    """A key result reached its target, for the first time in its cycle."""

    TYPE: ClassVar[str] = "checkins.key_result.achieved.v1"


@dataclass(frozen=True, kw_only=True)
class KeyResultAtRisk(KeyResultAlarm):
    """A key result got worse into behind or at_risk, or stays there with news."""

    TYPE: ClassVar[str] = "checkins.key_result.at_risk.v1"


@dataclass(frozen=True, kw_only=True)
class KeyResultRecovered(KeyResultAlarm):
    """A key result left at_risk for something better."""

    TYPE: ClassVar[str] = "checkins.key_result.recovered.v1"


@dataclass(frozen=True, kw_only=True)
class OwedCheckIn:
    """One key result that awaits its check-in."""

    key_result_id: str
    title: str
    unit: str
    start: float
    target: float
    due_on: date
    status: str
    progress: float | None
    current: float | None


@dataclass(frozen=True, kw_only=True)
class CheckInReminder:
    """A person owes these check-ins. One per person, day (theirs) and kind."""

    person_id: str
    day: date
    team_id: str | None
    owed: tuple[OwedCheckIn, ...]


@dataclass(frozen=True, kw_only=True)
class CheckInDue(CheckInReminder):
    """Check-ins fall due on this local day."""

    TYPE: ClassVar[str] = "checkins.check_in.due.v1"


@dataclass(frozen=True, kw_only=True)
class CheckInOverdue(CheckInReminder):
    """Check-ins were missed; said once."""

    TYPE: ClassVar[str] = "checkins.check_in.overdue.v1"


EVENTS = (
    ProgressRecorded,
    StandingChanged,
    KeyResultAchieved,
    KeyResultAtRisk,
    KeyResultRecovered,
    CheckInDue,
    CheckInOverdue,
)
