"""The audit log's lines as sentences."""

from __future__ import annotations

from typing import Any

from services.gateway.domain import audit
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.okr import Directory

WORDS = {
    audit.SIGNED_IN: "Signed in",
    audit.SIGN_IN_FAILED: "Sign-in failed",
    audit.SIGNED_OUT: "Signed out",
    audit.PASSWORD_CHANGED: "Changed the password",
    audit.PASSWORD_RESET_ASKED: "Asked for a new password",
    audit.PASSWORD_RESET: "Set a new password",
    audit.INVITATION_ACCEPTED: "Accepted the invitation",
    audit.ACCOUNT_INVITED: "Invited",
    audit.ACCOUNT_DISABLED: "Access ended",
    audit.ROLE_CHANGED: "Role changed",
    audit.TOKEN_CREATED: "Made a token",
    audit.TOKEN_REVOKED: "Revoked a token",
    audit.ORGANISATION_SET_UP: "Set up the organisation",
    audit.API_WRITE: "Changed through the API",
}


def in_words(entry: AuditEntry, directory: Directory) -> dict[str, Any]:
    """One line: when, who, what, and the details that say more."""
    subject = directory.person(entry.subject)
    about = f": {subject.name}" if subject is not None and entry.subject != entry.actor_id else ""
    if entry.action == audit.API_WRITE:
        about = f": {entry.subject}"
    what = WORDS.get(entry.action, entry.action.replace(".", " ").replace("_", " ").capitalize())
    return {
        "at": entry.at,
        "who": directory.person(entry.actor_id),
        "what": f"{what}{about}",
        "detail": ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in sorted(entry.detail.items())
        ),
        "address": entry.address,
    }
