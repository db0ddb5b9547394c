"""Counters of attempts, shared by every process, one write a try.

A counter is lost when a primary dies before a secondary has it: that costs somebody a few more tries, where
waiting for a majority would cost every request of the API several milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Final

from cachetools import LRUCache
from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from libs.chassis.mongo import Document, now, translate_errors
from services.gateway.domain.throttle import Allowance, Limit

COLLECTION = "rates"
REMEMBERED: Final = 10_000
# Of a limit at most a fiftieth is counted ahead, so that no number of processes makes it much stricter.
SHARE_AHEAD: Final = 0.02


@dataclass
class _Allotment:
    """Tries that are counted already; ``beyond`` are left to others of the window that ``ends``."""

    left: int
    beyond: int
    ends: float


class MongoRates:
    """Fixed windows that begin with their first try. Safe to share between threads."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        self._allotments: LRUCache[str, _Allotment] = LRUCache(REMEMBERED)
        self._lock = Lock()

    def take(self, key: str, limit: Limit, *, ahead: int = 1) -> Allowance:
        """Count one try and say whether it is within the limit."""
        ahead = max(1, min(ahead, int(limit.count * SHARE_AHEAD)))
        if ahead > 1 and (allowance := self._spend(key, limit)) is not None:
            return allowance
        with translate_errors():
            try:
                counter = self._count(key, limit, ahead)
            except DuplicateKeyError:  # two first tries at once: the other one made the window
                counter = self._count(key, limit, ahead)
        before = int(counter["count"]) - ahead
        seconds = (counter["ends_at"] - now()).total_seconds()
        left = min(ahead, limit.count - before) - 1
        if left > 0:
            self._allot(key, _Allotment(left, max(0, limit.count - before - ahead), monotonic() + seconds))
        return Allowance(
            allowed=before < limit.count,
            limit=limit,
            remaining=max(0, limit.count - before - 1),
            reset=max(1, round(seconds)),
        )

    def _allot(self, key: str, allotment: _Allotment) -> None:
        with self._lock:
            self._allotments[key] = allotment

    def _spend(self, key: str, limit: Limit) -> Allowance | None:
        with self._lock:
            allotment = self._allotments.get(key)
            seconds = 0.0 if allotment is None else allotment.ends - monotonic()
            if allotment is None or allotment.left < 1 or seconds <= 0:
                return None
            allotment.left -= 1
            remaining = allotment.beyond + allotment.left
        return Allowance(allowed=True, limit=limit, remaining=remaining, reset=max(1, round(seconds)))

    def give_back(self, key: str) -> None:
        """Uncount one try, because it turned out to be welcome."""
        with translate_errors():
            self._collection.update_one({"_id": key, "count": {"$gt": 0}}, {"$inc": {"count": -1}})

    def _count(self, key: str, limit: Limit, tries: int) -> Document:
        """The server's clock judges, so that processes whose clocks differ share one window."""
        over = {"$lte": [{"$ifNull": ["$ends_at", "$$NOW"]}, "$$NOW"]}
        window = {"$add": ["$$NOW", int(timedelta(seconds=limit.seconds) / timedelta(milliseconds=1))]}
        updated: Document | None = self._collection.find_one_and_update(
            {"_id": key},
            [
                {
                    "$set": {
                        "count": {"$cond": [over, tries, {"$add": ["$count", tries]}]},
                        "ends_at": {"$cond": [over, window, "$ends_at"]},
                    }
                }
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return updated or {}
