"""A browser comes back with its session's cookie."""

from __future__ import annotations

from services.gateway.domain.accounts import Account
from services.gateway.domain.identity import SESSION, Identity
from services.gateway.domain.secrets import digest
from services.gateway.domain.sessions import Session
from services.gateway.domain.tokens import SCOPES
from services.gateway.usecases.ports import Ports


def resume_session(secret: str, ports: Ports) -> Identity | None:
    """Who the cookie belongs to, or None when the session is over; its idle time starts anew."""
    key = digest(secret)
    found = find_session(key, ports)
    if found is None:
        return None
    session, account = found
    now = ports.clock()
    if session.should_be_seen(now):
        ends = ports.session_policy.ends_at(
            remembered=session.remembered, created_at=session.created_at, seen_at=now
        )
        ports.sessions.see(key, seen_at=now, expires_at=ends)
    return Identity(account=account, credential=SESSION, credential_digest=key, scopes=frozenset(SCOPES))


def find_session(key: str, ports: Ports) -> tuple[Session, Account] | None:
    """The session of this digest and its account, or None when it is over; nothing is changed."""
    found = ports.sessions.identity(key)
    if found is None:
        return None
    session, account = found
    if session.is_over(ports.clock()) or not account.honours_session(key, session.epoch):
        return None
    return found
