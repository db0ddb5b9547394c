"""What every route needs to know of the one who calls."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from flask import request

from libs.chassis.auth import current_principal, current_principal_in_scope
from libs.chassis.web import decode_cursor, encode_cursor, idempotency_key
from libs.contracts.permissions import Action, Reach, reach
from services.goals.domain.viewer import Viewer
from services.goals.usecases.identify_viewer import identify_viewer
from services.goals.usecases.ports import Once, Ports, Slice, Window

OPTIONAL_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text that is new for each new write; repeating it repeats the answer, not the write.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


def viewer_of(ports: Ports) -> Viewer:
    """Who calls, with their teams.

    Raises:
        Forbidden: their token may only read, and this writes.
    """
    principal = current_principal_in_scope()
    viewer = identify_viewer(ports, principal.organisation_id, principal.person_id, principal.roles)
    return replace(viewer, credential=request.headers.get("Authorization", "").partition(" ")[2].strip())


def reader_of(ports: Ports) -> Viewer:
    """Who reads; their teams are looked up only where it depends on them what may be seen."""
    principal = current_principal_in_scope()
    if reach(principal.roles, Action.OBJECTIVE_READ) is Reach.ORGANISATION:
        return Viewer(principal.person_id, principal.organisation_id, principal.roles)
    return viewer_of(ports)


def system_viewer() -> Viewer:
    """Who calls an internal route; only the platform itself may."""
    principal = current_principal()
    return Viewer(principal.person_id, principal.organisation_id, principal.roles)


def once_of(viewer: Viewer) -> Once:
    """What makes a repetition of this request known; empty when no Idempotency-Key was sent."""
    if "Idempotency-Key" not in request.headers:
        return Once()
    made_by = f"{viewer.person_id}\n{request.path}\n{idempotency_key()}"
    return Once(_hash(made_by.encode()), _hash(request.get_data(cache=True)))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def window_of(query: dict[str, Any], *types: type) -> Window:
    """The part of a list that is asked for; ``types`` are those of its sort keys.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    return Window(decode_cursor(query["cursor"], *types), query["limit"])


def cursor_of(part: Slice[Any]) -> str | None:
    """The cursor that continues behind this part; None at the end."""
    return None if part.after is None else encode_cursor(*part.after)


ETAG = {"ETag": {"description": "The revision, for If-Match.", "schema": {"type": "string"}}}
