"""The mails there are, and what a person may choose about each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MailKind(StrEnum):
    """One purpose, one template folder, one line in the settings."""

    AT_RISK = "at_risk"
    BACK_ON_TRACK = "back_on_track"
    CELEBRATION = "celebration"
    CHECK_IN_DUE = "check_in_due"
    CHECK_IN_OVERDUE = "check_in_overdue"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # the name of a mail


class Delivery(StrEnum):
    """What a person chose for a kind."""

    AT_ONCE = "at_once"
    OFF = "off"


TRANSACTIONAL = frozenset({MailKind.INVITATION, MailKind.PASSWORD_RESET})
"""Asked for by the one who gets them: no preference, no unsubscribe, and sent to those not active yet."""


@dataclass(frozen=True)
class Choosable:
    """A kind as the settings page words it."""

    kind: MailKind
    label: str
    hint: str


CHOOSABLE = (
    Choosable(
        MailKind.CHECK_IN_DUE,
        "Check-ins due",
        "In the morning of your team's check-in day: all that is due, on one screen.",
    ),
    Choosable(MailKind.CHECK_IN_OVERDUE, "Check-ins overdue", "Once, when a check-in was missed."),
    Choosable(
        MailKind.AT_RISK,
        "At risk",
        "A key result that you are responsible for gets worse, or there is news of one that stays at risk.",
    ),
    Choosable(MailKind.BACK_ON_TRACK, "Back on track", "One of these recovers."),
    Choosable(
        MailKind.CELEBRATION,
        "Celebrations",
        "What your team or an objective that you follow achieved. One mail a team, however much it is.",
    ),
)

CHOOSABLE_KINDS = frozenset(choosable.kind for choosable in CHOOSABLE)


def choices_of(stored: dict[MailKind, Delivery]) -> dict[MailKind, Delivery]:
    """What holds for each choosable kind: what the person chose, else at once."""
    return {choosable.kind: stored.get(choosable.kind, Delivery.AT_ONCE) for choosable in CHOOSABLE}
