"""What the gateway says, and when. Each event is written in the same document as what it tells of."""

from __future__ import annotations

from typing import Final

from libs.contracts.gateway import AccountActivated, AccountInvited, PasswordResetRequested
from services.gateway.usecases.ports import Announcement

PUBLICATIONS: Final[dict[type[Announcement], str]] = {
    AccountInvited: "a person was invited, or invited again: the link is made",
    AccountActivated: "an invitation was accepted",
    PasswordResetRequested: "somebody asked for a new password for an account that exists",
}
