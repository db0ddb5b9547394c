"""Who is asking, however they showed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.gateway.domain.accounts import Account

SESSION, TOKEN = "session", "token"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An account, and the session or token by which it asks; ``expires_at`` is the token's."""

    account: Account
    credential: str
    credential_digest: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
