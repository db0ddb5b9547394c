"""One holder at a time, by the database's clock, with a token that rises with every change of holder.

A lease keeps two copies of a worker from doing the same work at once. It cannot stop a holder that was frozen
and wakes late: what a holder writes must therefore bear being done twice, or be guarded by its ``token``.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.database import Database

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN: Final = 0.8  # the holder stops believing in its lease before the database does


@dataclass(frozen=True)
class Lease:
    """The right to do what ``name`` says. A later holder has a greater ``token``."""

    name: str
    holder: str
    token: int
    ttl: float
    safe_until: float

    def is_safe(self) -> bool:
        """Whether nobody else can hold it yet, by this process's own clock and with a margin."""
        return time.monotonic() < self.safe_until


def process_holder() -> str:
    """A name for this process that no other has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Leases:
    """The leases of one service, in the collection ``leases``."""

    def __init__(self, database: Database[dict[str, Any]], holder: str | None = None) -> None:
        """``holder`` must differ between processes; by default it does."""
        self._collection = database["leases"]
        self._holder = holder or process_holder()

    def hold(self, name: str, ttl: float) -> Lease | None:
        """The lease for ``ttl`` seconds, if it is free, has run out, or is this holder's own; else None."""
        lease = self._take(name, ttl)
        if lease is None and self._collection.find_one({"_id": name}, {"_id": 1}) is None:
            # $expr is not allowed in an upsert, so a lease that never was is made first, expired.
            self._collection.update_one(
                {"_id": name},
                {"$setOnInsert": {"holder": None, "token": 0, "expires_at": _EPOCH}},
                upsert=True,
            )
            lease = self._take(name, ttl)
        return lease

    def renew(self, lease: Lease) -> Lease | None:
        """The same lease for another ``ttl``; None if somebody else has taken it."""
        asked = time.monotonic()
        found = self._collection.find_one_and_update(
            {"_id": lease.name, "holder": lease.holder, "token": lease.token},
            [{"$set": {"expires_at": _later(lease.ttl)}}],
            projection={"_id": 1},
        )
        if found is None:
            return None
        return Lease(lease.name, lease.holder, lease.token, lease.ttl, asked + lease.ttl * _MARGIN)

    def release(self, lease: Lease) -> None:
        """The lease is free at once, unless somebody else has it already."""
        self._collection.update_one(
            {"_id": lease.name, "holder": lease.holder, "token": lease.token},
            {"$set": {"holder": None, "expires_at": _EPOCH}},
        )

    def _take(self, name: str, ttl: float) -> Lease | None:
        asked = time.monotonic()
        taken = self._collection.find_one_and_update(
            {"_id": name, "$or": [{"holder": self._holder}, {"$expr": {"$lt": ["$expires_at", "$$NOW"]}}]},
            [{"$set": {"holder": self._holder, "token": {"$add": ["$token", 1]}, "expires_at": _later(ttl)}}],
            return_document=ReturnDocument.AFTER,
        )
        if taken is None:
            return None
        return Lease(name, self._holder, taken["token"], ttl, asked + ttl * _MARGIN)


def _later(ttl: float) -> dict[str, Any]:
    return {"$add": ["$$NOW", round(ttl * 1000)]}
