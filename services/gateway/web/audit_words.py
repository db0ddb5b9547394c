"""The audit log's lines as sentences."""

from __future__ import annotations

import re
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
    audit.API_WRITE: "Changed something",
}
# What was written where, and the page that shows it; the id in the path stands for the braces.
WRITES: tuple[tuple[str, str, str, str | None], ...] = (
    ("POST", "objectives", "Drafted an objective", None),
    ("PATCH", "objectives/{}", "Changed an objective", "/objectives/{}"),
    ("DELETE", "objectives/{}", "Deleted an objective", None),
    ("POST", "objectives/{}/key-results", "Added a key result", "/objectives/{}"),
    ("PUT", "objectives/{}/followers/me", "Follows an objective", "/objectives/{}"),
    ("DELETE", "objectives/{}/followers/me", "No longer follows an objective", "/objectives/{}"),
    ("PATCH", "key-results/{}", "Changed a key result", "/key-results/{}"),
    ("DELETE", "key-results/{}", "Deleted a key result", None),
    ("POST", "people", "Invited someone", "/admin#people"),
    ("PATCH", "people/{}", "Changed a person", "/admin/people/{}"),
    ("POST", "people/{}/invitation", "Invited someone again", "/admin/people/{}"),
    ("POST", "teams", "Made a team", "/admin#teams"),
    ("PATCH", "teams/{}", "Changed a team", "/admin/teams/{}"),
    ("DELETE", "teams/{}", "Deleted a team", None),
    ("POST", "cycles", "Opened a cycle", "/admin#cycles"),
    ("PATCH", "cycles/{}", "Changed a cycle", "/admin/cycles/{}"),
    ("PATCH", "organisation", "Changed the settings of the organisation", "/admin#thresholds"),
    ("PUT", "me/notifications", "Chose which mails to get", None),
)
WAYS = {"session": "on a page", "token": "with a token"}


def in_words(entry: AuditEntry, directory: Directory) -> dict[str, Any]:
    """One line: when, who, what with the page that shows it, and the details that say more."""
    subject = directory.person(entry.subject)
    about = f": {subject.name}" if subject is not None and entry.subject != entry.actor_id else ""
    what = WORDS.get(entry.action, entry.action.replace(".", " ").replace("_", " ").capitalize())
    line: dict[str, Any] = {
        "at": entry.at,
        "who": directory.person(entry.actor_id),
        "what": f"{what}{about}",
        "url": None,
        "detail": ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in sorted(entry.detail.items())
        ),
        "address": entry.address,
    }
    return line | _write(entry, directory) if entry.action == audit.API_WRITE else line


def _write(entry: AuditEntry, directory: Directory) -> dict[str, Any]:
    """What a write did, named by its method and path."""
    method = str(entry.detail.get("method", ""))
    by = WAYS.get(str(entry.detail.get("by", "")), "")
    for verb, shape, what, page in WRITES:
        found = re.fullmatch(re.escape(shape).replace(r"\{\}", "([^/]+)"), entry.subject)
        if verb == method and found is not None:
            subject = found.group(1) if found.groups() else ""
            person = directory.person(subject) if shape.startswith("people/") else None
            named = f"{what}: {person.name}" if person else what
            return {"what": named, "url": page and page.format(subject), "detail": by}
    resource = entry.subject.split("/", 1)[0].replace("-", " ")
    return {"what": f"{WORDS[audit.API_WRITE]} of {resource}", "detail": by}
