"""What `gateway` announces.

Schemas only grow. Links hold secrets: who stores them must forget them once sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class AccountInvited:
    """Someone may make their account with this link until it expires."""

    TYPE: ClassVar[str] = "gateway.account.invited.v1"
    person_id: str
    name: str
    email: str
    locale: str
    time_zone: str
    organisation_name: str
    invited_by_name: str | None
    link: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested:
    """Someone asked for a new password for this account; the link works once."""

    TYPE: ClassVar[str] = "gateway.account.password_reset_requested.v1"
    person_id: str
    name: str
    email: str
    locale: str
    time_zone: str
    link: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AccountActivated:
    """An invitation was accepted: the person is active from now on."""

    TYPE: ClassVar[str] = "gateway.account.activated.v1"
    person_id: str


EVENTS = (AccountInvited, PasswordResetRequested, AccountActivated)
