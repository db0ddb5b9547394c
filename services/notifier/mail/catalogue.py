"""Every mail there is, and the function that gathers what its templates read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from services.notifier.domain.kinds import MailKind
from services.notifier.domain.letters import Letter
from services.notifier.mail.at_risk.context import context as at_risk
from services.notifier.mail.back_on_track.context import context as back_on_track
from services.notifier.mail.celebration.context import context as celebration
from services.notifier.mail.check_in_due.context import context as check_in_due
from services.notifier.mail.check_in_overdue.context import context as check_in_overdue
from services.notifier.mail.figures import Figures
from services.notifier.mail.invitation.context import context as invitation
from services.notifier.mail.password_reset.context import context as password_reset


class Context(Protocol):
    """What the frame reads of every mail."""

    @property
    def title(self) -> str:
        """The heading."""

    @property
    def preheader(self) -> str:
        """What an inbox shows beside the subject."""

    @property
    def reason(self) -> str:
        """Why this person gets this mail."""


CONTEXTS: dict[MailKind, Callable[[Letter, Figures], Context]] = {
    MailKind.AT_RISK: at_risk,
    MailKind.BACK_ON_TRACK: back_on_track,
    MailKind.CELEBRATION: celebration,
    MailKind.CHECK_IN_DUE: check_in_due,
    MailKind.CHECK_IN_OVERDUE: check_in_overdue,
    MailKind.INVITATION: invitation,
    MailKind.PASSWORD_RESET: password_reset,
}
