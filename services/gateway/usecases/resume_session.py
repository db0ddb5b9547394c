"""A browser comes back with its cookie."""

from __future__ import annotations

from services.gateway.domain.accounts import ACTIVE
from services.gateway.domain.identity import SESSION, Identity
from services.gateway.domain.secrets import digest
from services.gateway.domain.tokens import SCOPES
from services.gateway.usecases.ports import Ports


def resume_session(secret: str, ports: Ports) -> Identity | None:
    """Who the cookie belongs to, or None when the session is over; its idle time starts anew."""
    key = digest(secret)
    found = ports.sessions.identity(key)
    if found is None:
        return None
    session, account = found
    now = ports.clock()
    if session.is_over(now) or account.state != ACTIVE:
        return None
    if session.should_be_seen(now):
        ends = ports.session_policy.ends_at(
            remembered=session.remembered, created_at=session.created_at, seen_at=now
        )
        ports.sessions.see(key, seen_at=now, expires_at=ends)
    return Identity(account=account, credential=SESSION, credential_digest=key, scopes=frozenset(SCOPES))
