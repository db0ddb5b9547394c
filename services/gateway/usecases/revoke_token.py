"""Someone takes a token back."""

from __future__ import annotations

from services.gateway.domain import audit
from services.gateway.domain.accounts import Account
from services.gateway.domain.errors import TokenUnknown
from services.gateway.usecases.note_done import note_done
from services.gateway.usecases.ports import Origin, Ports


def revoke_token(account: Account, token_id: str, origin: Origin, ports: Ports) -> None:
    """The token opens nothing any longer.

    Raises:
        TokenUnknown: the person has no such token.
    """
    revoked = ports.tokens.remove(account.person_id, token_id)
    if revoked is None:
        raise TokenUnknown
    note_done(
        ports,
        audit.TOKEN_REVOKED,
        organisation_id=account.organisation_id,
        actor_id=account.person_id,
        subject=token_id,
        origin=origin,
        name=revoked.name,
    )
