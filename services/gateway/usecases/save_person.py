"""An admin invites someone, or changes their name, role or access."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import Person
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services


def save_person(
    services: Services, typed: Mapping[str, str], *, person: Person | None = None, idempotency_key: str = ""
) -> Person:
    """The person as stored; a new one gets an invitation by mail.

    Raises:
        Findings: a field needs a look; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    fields = {"name": reader.text("name", needed="Write the name.")}
    fields["email"] = reader.text("email", needed="Write the e-mail address.")
    fields["role"] = reader.choice("role") or "member"
    state = reader.choice("state")
    if person is not None and state is not None and state != person.state:
        fields["state"] = state
    reader.done()
    if person is None:
        return services.goals.invite(fields, idempotency_key)
    return services.goals.change_person(person.id, fields, person.rev)
