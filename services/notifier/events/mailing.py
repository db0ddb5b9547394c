"""Events that people are told about, translated into what is to be planned."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from libs.chassis.bus import Event
from libs.contracts import checkins, gateway, goals
from services.notifier.domain.facts import (
    InvitationFacts,
    Note,
    OwedFacts,
    ProgressFacts,
    ReminderFacts,
    ResetFacts,
)
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee
from services.notifier.domain.occurrences import Occurrence
from services.notifier.events.copying import read
from services.notifier.usecases.plan_account_mails import AccountMail, plan_account_mails
from services.notifier.usecases.plan_alerts import plan_alerts
from services.notifier.usecases.plan_celebrations import plan_celebrations
from services.notifier.usecases.plan_reminders import Reminder, plan_reminders
from services.notifier.usecases.ports import Copies, Ledger, NotYetKnown

Handler = Callable[[Sequence[Event]], None]
_CONFIDENCE_RULE = "confidence"
_PAUSES = (0.1, 0.3, 0.6)


def alarm(payload: type[checkins.KeyResultAlarm], event: Event, now: datetime) -> Occurrence:
    """What an alarm about a key result says."""
    said = read(payload, event)
    standing = said.standing
    note = None
    if said.note and said.author_id:
        note = Note(text=said.note, author_id=said.author_id, noted_at=said.noted_at)
    facts = ProgressFacts(
        subject_kind="key_result",
        subject_id=said.key_result_id,
        objective_id=said.objective_id,
        title=said.title,
        team_id=said.team_id,
        ends_on=said.ends_on,
        status=standing.status,
        previous_status=said.previous_status,
        progress=standing.progress,
        expected=standing.expected,
        seq=standing.seq,
        at=standing.at,
        kind=said.kind,
        unit=said.unit,
        start=said.start,
        target=said.target,
        current=standing.current,
        confidence=standing.confidence,
        confidence_decides=any(
            _CONFIDENCE_RULE in reason.rule and reason.decisive for reason in standing.reasons
        ),
        note=note,
        caused_at=said.caused_at,
    )
    actor_id = said.actor_id
    if actor_id is None and said.caused_at is not None:
        actor_id = said.author_id  # of an event from before the actor was said
    return replace(_occurrence(event, facts, said.owner_id, said.epoch, now), actor_id=actor_id)


def objective_achieved(event: Event, now: datetime) -> Occurrence:
    """What the achievement of an objective says."""
    said = read(goals.ObjectiveAchieved, event)
    facts = ProgressFacts(
        subject_kind="objective",
        subject_id=said.objective_id,
        objective_id=said.objective_id,
        title=said.title,
        team_id=said.team_id,
        ends_on=said.ends_on,
        status="achieved",
        previous_status=None,
        progress=1.0,
        expected=None,
        seq=event.seq,
        at=event.time,
        caused_at=event.time,
    )
    occurrence = _occurrence(event, facts, said.owner_id, said.epoch, now)
    return replace(occurrence, actor_id=said.actor_id)


def _occurrence(event: Event, facts: ProgressFacts, owner_id: str, epoch: int, now: datetime) -> Occurrence:
    return Occurrence(
        organisation_id=event.organisation_id,
        facts=facts,
        owner_id=owner_id,
        epoch=epoch,
        correlation_id=event.correlation_id,
        heard_at=now,
    )


def reminder(payload: type[checkins.CheckInReminder], event: Event) -> Reminder:
    """What somebody owes on a day."""
    said = read(payload, event)
    owed = tuple(
        OwedFacts(
            key_result_id=item.key_result_id,
            title=item.title,
            unit=item.unit,
            start=item.start,
            target=item.target,
            due_on=item.due_on,
            status=item.status,
            progress=item.progress,
            current=item.current,
        )
        for item in said.owed
    )
    facts = ReminderFacts(day=said.day, team_id=said.team_id, owed=owed, said_at=event.time)
    return Reminder(
        organisation_id=event.organisation_id,
        person_id=said.person_id,
        facts=facts,
        correlation_id=event.correlation_id,
    )


def invitation(event: Event, now: datetime) -> AccountMail:
    """An invitation with its link."""
    said = read(gateway.AccountInvited, event)
    facts = InvitationFacts(
        organisation_name=said.organisation_name,
        invited_by_name=said.invited_by_name,
        link=said.link,
        expires_at=said.expires_at,
    )
    return _account_mail(event, said, facts, now)


def password_reset(event: Event, now: datetime) -> AccountMail:
    """A password reset with its link."""
    said = read(gateway.PasswordResetRequested, event)
    return _account_mail(event, said, ResetFacts(link=said.link, expires_at=said.expires_at), now)


def _account_mail(
    event: Event,
    said: gateway.AccountInvited | gateway.PasswordResetRequested,
    facts: InvitationFacts | ResetFacts,
    now: datetime,
) -> AccountMail:
    return AccountMail(
        organisation_id=event.organisation_id,
        person_id=said.person_id,
        addressee=Addressee(name=said.name, email=said.email, locale=said.locale, time_zone=said.time_zone),
        facts=facts,
        correlation_id=event.correlation_id,
        heard_at=now,
    )


def _patiently(plan: Callable[[], None]) -> None:
    # A copy that is on its way in the other queue is here in a moment; the bus would wait ten seconds.
    for pause in _PAUSES:
        try:
            return plan()
        except NotYetKnown:
            time.sleep(pause)
    return plan()


class Planning:
    """Handlers that write ledger rows and nothing else: a mail outage leaves the queue empty."""

    def __init__(
        self,
        copies: Copies,
        ledger: Ledger,
        now: Callable[[], datetime],
        *,
        alert_hold: timedelta,
        celebration_batch: timedelta,
    ) -> None:
        """``alert_hold`` and ``celebration_batch`` are how long such mails wait.

        For an undo, or for company.
        """
        self._copies = copies
        self._ledger = ledger
        self._now = now
        self._hold = alert_hold
        self._window = celebration_batch

    def at_risk(self, events: Sequence[Event]) -> None:
        """Those who answer for these key results are owed a mail."""
        alarms = [alarm(checkins.KeyResultAtRisk, event, self._now()) for event in events]
        _patiently(lambda: plan_alerts(MailKind.AT_RISK, alarms, self._hold, self._copies, self._ledger))

    def recovered(self, events: Sequence[Event]) -> None:
        """The same are owed good news."""
        alarms = [alarm(checkins.KeyResultRecovered, event, self._now()) for event in events]
        _patiently(
            lambda: plan_alerts(MailKind.BACK_ON_TRACK, alarms, self._hold, self._copies, self._ledger)
        )

    def recovery_celebrated(self, events: Sequence[Event]) -> None:
        """And the rest of the team and the followers hear of it in the team's celebration."""
        alarms = [alarm(checkins.KeyResultRecovered, event, self._now()) for event in events]
        _patiently(lambda: plan_celebrations(alarms, self._window, self._copies, self._ledger))

    def achieved(self, events: Sequence[Event]) -> None:
        """Owner, team and followers are owed a celebration."""
        alarms = [alarm(checkins.KeyResultAchieved, event, self._now()) for event in events]
        _patiently(lambda: plan_celebrations(alarms, self._window, self._copies, self._ledger))

    def objective_achieved(self, events: Sequence[Event]) -> None:
        """The same for a whole objective."""
        occurrences = [objective_achieved(event, self._now()) for event in events]
        _patiently(lambda: plan_celebrations(occurrences, self._window, self._copies, self._ledger))

    def check_in_due(self, events: Sequence[Event]) -> None:
        """Those who owe check-ins today are owed a reminder."""
        reminders = [reminder(checkins.CheckInDue, event) for event in events]
        plan_reminders(MailKind.CHECK_IN_DUE, reminders, self._ledger)

    def check_in_overdue(self, events: Sequence[Event]) -> None:
        """Those who missed check-ins are owed one word about it."""
        reminders = [reminder(checkins.CheckInOverdue, event) for event in events]
        plan_reminders(MailKind.CHECK_IN_OVERDUE, reminders, self._ledger)

    def invited(self, events: Sequence[Event]) -> None:
        """The invited are owed their link."""
        plan_account_mails(
            MailKind.INVITATION, [invitation(event, self._now()) for event in events], self._ledger
        )

    def reset_requested(self, events: Sequence[Event]) -> None:
        """Whoever forgot a password is owed a link."""
        mails = [password_reset(event, self._now()) for event in events]
        plan_account_mails(MailKind.PASSWORD_RESET, mails, self._ledger)
