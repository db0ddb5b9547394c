"""A program comes with a personal API token."""

from __future__ import annotations

from services.gateway.domain.identity import TOKEN, Identity
from services.gateway.domain.secrets import TOKEN_PREFIX, digest
from services.gateway.usecases.ports import Ports

LONGEST = 200


def accept_token(secret: str, ports: Ports) -> Identity | None:
    """Who the token speaks for, or None when it is unknown, revoked or expired."""
    if not secret.startswith(TOKEN_PREFIX) or len(secret) > LONGEST:
        return None
    key = digest(secret)
    found = ports.tokens.identity(key)
    if found is None:
        return None
    token, account = found
    now = ports.clock()
    if token.is_over(now) or not account.honours_token(token.epoch):
        return None
    if token.should_be_noted(now):
        ports.tokens.note_use(key, now)
    return Identity(
        account=account,
        credential=TOKEN,
        credential_digest=key,
        scopes=token.scopes,
        expires_at=token.expires_at,
    )
