"""Personal API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

READ, WRITE = "read", "write"
SCOPES = (READ, WRITE)
LONGEST = timedelta(days=365)
USUAL = timedelta(days=90)
AT_MOST = 20
USED_AGAIN_AFTER = timedelta(minutes=1)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """A token of one person, kept as its digest; ``hint`` is its beginning, so that one knows it again.

    ``epoch`` is its account's when it was made.
    """

    id: str
    digest: str
    hint: str
    person_id: str
    organisation_id: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    epoch: int = 0

    def is_over(self, at: datetime) -> bool:
        """Whether the token has expired."""
        return at >= self.expires_at

    def should_be_noted(self, at: datetime) -> bool:
        """Whether its last use is old enough to be worth a write."""
        return self.last_used_at is None or at - self.last_used_at >= USED_AGAIN_AFTER


def scope_for(method: str) -> str:
    """The scope that a request of this method needs."""
    return READ if method in SAFE_METHODS else WRITE
