"""Somebody changed something of the organisation, on a page or through the API; the audit log says so.

Check-ins are left out: they are their own log, with author and time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.gateway.domain import audit
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Origin, Ports

LONGEST_SUBJECT = 200
LONGEST_ID = 64
CREATED = 201
PREFIX = "/api/v1/"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A write that a service took. ``by`` is how its maker was known: session or token.

    ``made`` is the id of what is new; the address of such a write names only where it was put.
    """

    person_id: str
    organisation_id: str
    method: str
    path: str
    status: int
    by: str
    made: str | None = None


def note_change(change: Change, origin: Origin, ports: Ports) -> None:
    """The change stands in the audit log: who, what, and from where; where that fails, in the process's."""
    note_done(
        ports,
        audit.API_WRITE,
        organisation_id=change.organisation_id,
        actor_id=change.person_id,
        subject=change.path.removeprefix(PREFIX)[:LONGEST_SUBJECT],
        origin=origin,
        method=change.method,
        status=change.status,
        by=change.by,
        **({"made": change.made} if change.made else {}),
    )


def id_of_made(method: str, status: int, answer: Callable[[], object]) -> str | None:
    """The id of what this write made, as the service's answer has it; null where it made nothing.

    Never its title: who may read the log may not be somebody who may see that.
    """
    if method != "POST" or status != CREATED:
        return None
    told = answer()
    made = told.get("id") if isinstance(told, Mapping) else None
    return made if isinstance(made, str) and 0 < len(made) <= LONGEST_ID else None
