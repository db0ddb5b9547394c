"""Someone leaves."""

from __future__ import annotations

from services.gateway.domain import audit
from services.gateway.domain.identity import Identity
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Origin, Ports


def sign_out(identity: Identity, origin: Origin, ports: Ports) -> None:
    """The session's cookie opens nothing any longer."""
    ports.sessions.remove(identity.credential_digest)
    note_done(
        ports,
        audit.SIGNED_OUT,
        organisation_id=identity.account.organisation_id,
        actor_id=identity.account.person_id,
        subject=identity.account.person_id,
        origin=origin,
    )
