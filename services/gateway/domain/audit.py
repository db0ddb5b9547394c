"""What the audit log says: who did what to what, when, from where, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SIGNED_IN = "account.signed_in"
SIGN_IN_FAILED = "account.sign_in_failed"
SIGNED_OUT = "account.signed_out"
PASSWORD_CHANGED = "account.password_changed"  # noqa: S105  # the name of an action
PASSWORD_RESET_ASKED = "account.password_reset_asked"  # noqa: S105  # the name of an action
PASSWORD_RESET = "account.password_reset"  # noqa: S105  # the name of an action
INVITATION_ACCEPTED = "account.invitation_accepted"
ACCOUNT_INVITED = "account.invited"
ACCOUNT_DISABLED = "account.disabled"
ROLE_CHANGED = "account.role_changed"
TOKEN_CREATED = "token.created"  # noqa: S105  # the name of an action
TOKEN_REVOKED = "token.revoked"  # noqa: S105  # the name of an action
ORGANISATION_SET_UP = "organisation.set_up"
API_WRITE = "api.write"


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One line of the log. ``detail`` holds plain words and numbers, never a secret."""

    id: str
    organisation_id: str | None
    at: datetime
    action: str
    actor_id: str | None
    subject: str
    address: str
    correlation_id: str
    detail: dict[str, str | int]
