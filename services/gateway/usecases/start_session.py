"""A browser gets a fresh session id at every sign-in, so that an id planted beforehand is worth nothing."""

from __future__ import annotations

from services.gateway.domain.accounts import Account
from services.gateway.domain.secrets import digest, new_secret
from services.gateway.domain.sessions import Session
from services.gateway.usecases.ports import Origin, Ports

LONGEST_AGENT = 200


def start_session(account: Account, *, remembered: bool, origin: Origin, ports: Ports) -> tuple[str, Session]:
    """The account is signed in with the returned cookie value, which is kept nowhere."""
    secret, now = new_secret(), ports.clock()
    session = Session(
        digest=digest(secret),
        person_id=account.person_id,
        organisation_id=account.organisation_id,
        remembered=remembered,
        created_at=now,
        seen_at=now,
        expires_at=ports.session_policy.ends_at(remembered=remembered, created_at=now, seen_at=now),
        address=origin.address,
        agent=origin.agent[:LONGEST_AGENT],
        epoch=account.sessions_epoch,
    )
    ports.sessions.add(session)
    return secret, session
