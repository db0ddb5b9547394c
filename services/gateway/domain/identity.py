"""Who is asking, however they showed it."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.domain.accounts import Account

SESSION, TOKEN = "session", "token"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An account, and the session or token by which it asks."""

    account: Account
    credential: str
    credential_digest: str
    scopes: frozenset[str]
