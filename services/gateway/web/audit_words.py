"""The audit log's lines as sentences."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from services.gateway.domain import audit
from services.gateway.domain.audit import AuditEntry
from services.gateway.domain.okr import Cycle, Directory

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
# What was written where, and the page that shows it. For its braces stands the id of what was made, or else
# the one in the path.
WRITES: tuple[tuple[str, str, str, str | None], ...] = (
    ("POST", "objectives", "Drafted an objective", "/objectives/{}"),
    ("PATCH", "objectives/{}", "Changed an objective", "/objectives/{}"),
    ("DELETE", "objectives/{}", "Deleted an objective", None),
    ("POST", "objectives/{}/key-results", "Added a key result", "/key-results/{}"),
    ("PUT", "objectives/{}/followers/me", "Follows an objective", "/objectives/{}"),
    ("DELETE", "objectives/{}/followers/me", "No longer follows an objective", "/objectives/{}"),
    ("PATCH", "key-results/{}", "Changed a key result", "/key-results/{}"),
    ("DELETE", "key-results/{}", "Deleted a key result", None),
    ("POST", "people", "Invited someone", "/admin/people/{}"),
    ("PATCH", "people/{}", "Changed a person", "/admin/people/{}"),
    ("POST", "people/{}/invitation", "Invited someone again", "/admin/people/{}"),
    ("POST", "teams", "Made a team", "/admin/teams/{}"),
    ("PATCH", "teams/{}", "Changed a team", "/admin/teams/{}"),
    ("DELETE", "teams/{}", "Deleted a team", None),
    ("POST", "cycles", "Opened a cycle", "/admin/cycles/{}"),
    ("PATCH", "cycles/{}", "Changed a cycle", "/admin/cycles/{}"),
    ("PATCH", "organisation", "Changed the settings of the organisation", "/admin#thresholds"),
    ("PUT", "me/notifications", "Chose which mails to get", None),
)
# Of a line that does not know what was made, the page that shows where it was put.
PUT_INTO = {
    "people": "/admin#people",
    "teams": "/admin#teams",
    "cycles": "/admin#cycles",
    "objectives/{}/key-results": "/objectives/{}",
}
SHORT_ID = 8
WAYS = {"session": "on a page", "token": "with a token"}


def in_words(entry: AuditEntry, directory: Directory, cycles: Collection[Cycle] = ()) -> dict[str, Any]:
    """One line: when, who, what with the page that shows it, and the details that say more.

    ``id`` is of a thing that has no name here: one that is gone, or whose title not every admin may see.
    """
    subject = directory.person(entry.subject)
    what = WORDS.get(entry.action, entry.action.replace(".", " ").replace("_", " ").capitalize())
    line: dict[str, Any] = {
        "at": entry.at,
        "who": directory.person(entry.actor_id),
        "what": what,
        "name": subject.name if subject and entry.subject != entry.actor_id else entry.detail.get("name"),
        "id": None,
        "url": None,
        "detail": ", ".join(
            f"{key.replace('_', ' ')} {value}" for key, value in sorted(entry.detail.items()) if key != "name"
        ),
        "address": entry.address,
    }
    return line | _write(entry, directory, cycles) if entry.action == audit.API_WRITE else line


def _write(entry: AuditEntry, directory: Directory, cycles: Collection[Cycle]) -> dict[str, Any]:
    """What a write did, named by its method and path, and to what."""
    detail = WAYS.get(str(entry.detail.get("by", "")), "")
    for verb, shape, what, page in WRITES:
        found = re.fullmatch(re.escape(shape).replace(r"\{\}", "([^/]+)"), entry.subject)
        if verb == entry.detail.get("method") and found is not None:
            named = next(iter(found.groups()), "")
            thing = str(entry.detail.get("made") or ("" if shape in PUT_INTO else named))
            name = _name(thing, directory, cycles)
            return {
                "what": what,
                "name": name,
                "id": thing[-SHORT_ID:] if thing and not name else None,
                "url": _url(page, thing) or _url(PUT_INTO.get(shape), named),
                "detail": detail,
            }
    resource = entry.subject.split("/", 1)[0].replace("-", " ")
    return {"what": f"{WORDS[audit.API_WRITE]} of {resource}", "detail": detail}


def _name(thing: str, directory: Directory, cycles: Collection[Cycle]) -> str | None:
    """What everybody may know of it; titles of objectives and key results are not among that."""
    known = directory.person(thing) or directory.team(thing)
    return known.name if known else next((cycle.name for cycle in cycles if cycle.id == thing), None)


def _url(page: str | None, thing: str) -> str | None:
    if page is None or ("{}" in page and not thing):
        return None
    return page.format(quote(thing, safe=""))
