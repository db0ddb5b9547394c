"""What the notifier hears, and what happens then: event on the left, what happens on the right.

Two queues, so that a flood of announcements (a republish) holds no alert up, and an alert that waits for a
copy holds no copy up.
"""

from __future__ import annotations

from libs.chassis.bus import Subscription
from libs.contracts import checkins, gateway, goals
from services.notifier.events.copying import (
    copying,
    judging,
    key_result,
    key_result_checked_in,
    key_result_judged,
    noting_activations,
    objective,
    objective_standing,
    organisation,
    person,
    team,
)
from services.notifier.events.mailing import Planning
from services.notifier.usecases.ports import Copies

COPIES_QUEUE = "notifier.copies.v1"
ALERTS_QUEUE = "notifier.alerts.v1"


def copies_subscriptions(copies: Copies) -> tuple[Subscription, ...]:
    """What keeps the copies new."""
    return (
        Subscription(goals.OrganisationChanged.TYPE, copying(organisation, copies)),
        Subscription(goals.PersonChanged.TYPE, copying(person, copies)),
        Subscription(goals.TeamChanged.TYPE, copying(team, copies)),
        Subscription(goals.ObjectiveChanged.TYPE, copying(objective, copies)),
        Subscription(goals.KeyResultChanged.TYPE, copying(key_result, copies)),
        Subscription(goals.ObjectiveProgressed.TYPE, judging(objective_standing, copies)),
        Subscription(checkins.StandingChanged.TYPE, judging(key_result_judged, copies)),
        Subscription(checkins.ProgressRecorded.TYPE, judging(key_result_checked_in, copies)),
        Subscription(gateway.AccountActivated.TYPE, noting_activations(copies)),
    )


def alerts_subscriptions(planning: Planning) -> tuple[Subscription, ...]:
    """What somebody is owed a mail about."""
    return (
        Subscription(checkins.KeyResultAtRisk.TYPE, planning.at_risk),
        Subscription(checkins.KeyResultRecovered.TYPE, planning.recovered),
        Subscription(checkins.KeyResultRecovered.TYPE, planning.recovery_celebrated),
        Subscription(checkins.KeyResultAchieved.TYPE, planning.achieved),
        Subscription(goals.ObjectiveAchieved.TYPE, planning.objective_achieved),
        Subscription(checkins.CheckInDue.TYPE, planning.check_in_due),
        Subscription(checkins.CheckInOverdue.TYPE, planning.check_in_overdue),
        Subscription(gateway.AccountInvited.TYPE, planning.invited),
        Subscription(gateway.PasswordResetRequested.TYPE, planning.reset_requested),
    )
