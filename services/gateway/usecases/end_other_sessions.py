"""Someone signs out everywhere else."""

from __future__ import annotations

from services.gateway.domain import audit
from services.gateway.domain.identity import Identity
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Origin, Ports


def end_other_sessions(identity: Identity, origin: Origin, ports: Ports) -> int:
    """Only the browser that asks is still signed in; says how many others were."""
    account = identity.account
    ended = ports.sessions.remove_all(account.person_id, but=identity.credential_digest)
    note_done(
        ports,
        audit.SIGNED_OUT,
        organisation_id=account.organisation_id,
        actor_id=account.person_id,
        subject=account.person_id,
        origin=origin,
        others=ended,
    )
    return ended
