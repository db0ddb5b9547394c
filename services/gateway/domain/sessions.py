"""How long a signed-in browser stays signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SEEN_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class SessionPolicy:
    """A session ends after ``idle`` without a request, and after ``absolute`` whatever happens.

    A remembered one ("keep me signed in on this device") has the longer pair.
    """

    idle: timedelta = timedelta(hours=8)
    absolute: timedelta = timedelta(hours=24)
    remembered_idle: timedelta = timedelta(days=14)
    remembered_absolute: timedelta = timedelta(days=60)

    def ends_at(self, *, remembered: bool, created_at: datetime, seen_at: datetime) -> datetime:
        """The instant from which the session no longer counts, if nothing more is seen of it."""
        idle = self.remembered_idle if remembered else self.idle
        absolute = self.remembered_absolute if remembered else self.absolute
        return min(seen_at + idle, created_at + absolute)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser, kept as the digest of its cookie; ``epoch`` is its account's at sign-in."""

    digest: str
    person_id: str
    organisation_id: str
    remembered: bool
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    epoch: int = 0

    def is_over(self, at: datetime) -> bool:
        """Whether the session has ended."""
        return at >= self.expires_at

    def should_be_seen(self, at: datetime) -> bool:
        """Whether its last sight is old enough to be worth a write."""
        return at - self.seen_at >= SEEN_AGAIN_AFTER
