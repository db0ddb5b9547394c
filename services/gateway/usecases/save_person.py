"""An admin invites someone, or changes their name, role or access."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import Person
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services


def save_person(
    services: Services,
    typed: Mapping[str, str],
    *,
    person: Person | None = None,
    rev: int = 0,
    idempotency_key: str = "",
) -> Person:
    """The person as stored; a new one gets an invitation by mail.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    fields = reader.changes(
        {
            "name": lambda: reader.text("name", needed="Write the name."),
            "email": lambda: reader.text("email", needed="Write the e-mail address."),
            "role": lambda: reader.choice("role") or "member",
            "state": lambda: reader.choice("state"),
        }
    )
    reader.done()
    if fields.get("state") is None:
        fields.pop("state", None)
    if person is None:
        return services.goals.invite(fields, idempotency_key)
    return services.goals.change_person(person.id, fields, rev) if fields else person
