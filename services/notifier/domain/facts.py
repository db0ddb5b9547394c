"""What each mail says, as it was when its event came: stored in the ledger, worded when the mail is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.notifier.domain.kinds import MailKind


@dataclass(frozen=True, kw_only=True)
class Note:
    """The last check-in's line and who wrote it."""

    text: str
    author_id: str
    noted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProgressFacts:
    """A key result's or an objective's numbers at the moment of an event.

    ``subject_kind`` is key_result or objective; an objective has no unit, start, target, current or
    confidence. ``kind`` is metric or boolean. Shares are 0 to 1. ``confidence_decides`` tells that low
    confidence alone is a reason. ``at`` is when it was judged; ``caused_at`` when the check-in was recorded
    that it follows from, of an objective when it was rolled up; null where neither did it: ``at`` counts.
    """

    subject_kind: str
    subject_id: str
    objective_id: str
    title: str
    team_id: str | None
    ends_on: date
    status: str
    previous_status: str | None
    progress: float | None
    expected: float | None
    seq: int
    at: datetime
    kind: str = "metric"
    unit: str = ""
    start: float | None = None
    target: float | None = None
    current: float | None = None
    confidence: int | None = None
    confidence_decides: bool = False
    note: Note | None = None
    caused_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OwedFacts:
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
class ReminderFacts:
    """What a person owes on one of their days."""

    day: date
    team_id: str | None
    owed: tuple[OwedFacts, ...]
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class InvitationFacts:
    """``link`` is a secret: emptied once the mail is sent."""

    organisation_name: str
    invited_by_name: str | None
    link: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ResetFacts:
    """``link`` is a secret: emptied once the mail is sent."""

    link: str
    expires_at: datetime


Facts = ProgressFacts | ReminderFacts | InvitationFacts | ResetFacts

FACTS_OF: dict[MailKind, type[ProgressFacts | ReminderFacts | InvitationFacts | ResetFacts]] = {
    MailKind.AT_RISK: ProgressFacts,
    MailKind.BACK_ON_TRACK: ProgressFacts,
    MailKind.CELEBRATION: ProgressFacts,
    MailKind.CHECK_IN_DUE: ReminderFacts,
    MailKind.CHECK_IN_OVERDUE: ReminderFacts,
    MailKind.INVITATION: InvitationFacts,
    MailKind.PASSWORD_RESET: ResetFacts,
}
