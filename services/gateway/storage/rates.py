"""Counters of attempts, shared by every process, one write a try.

A counter is lost when a primary dies before a secondary has it: that costs somebody a few more tries, where
waiting for a majority would cost every request of the API several milliseconds.
"""

from __future__ import annotations

from datetime import timedelta

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from libs.chassis.mongo import Document, now, translate_errors
from services.gateway.domain.throttle import Allowance, Limit

COLLECTION = "rates"


class MongoRates:
    """Fixed windows that begin with their first try."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))

    def take(self, key: str, limit: Limit) -> Allowance:
        """Count one try and say whether it is within the limit."""
        at = now()
        with translate_errors():
            try:
                counter = self._count(key, limit)
            except DuplicateKeyError:  # two first tries at once: the other one made the window
                counter = self._count(key, limit)
        count = int(counter["count"])
        reset = max(1, round((counter["ends_at"] - at).total_seconds()))
        return Allowance(
            allowed=count <= limit.count, limit=limit, remaining=max(0, limit.count - count), reset=reset
        )

    def give_back(self, key: str) -> None:
        """Uncount one try, because it turned out to be welcome."""
        with translate_errors():
            self._collection.update_one({"_id": key, "count": {"$gt": 0}}, {"$inc": {"count": -1}})

    def _count(self, key: str, limit: Limit) -> Document:
        """The server's clock judges, so that processes whose clocks differ share one window."""
        over = {"$lte": [{"$ifNull": ["$ends_at", "$$NOW"]}, "$$NOW"]}
        window = {"$add": ["$$NOW", int(timedelta(seconds=limit.seconds) / timedelta(milliseconds=1))]}
        updated: Document | None = self._collection.find_one_and_update(
            {"_id": key},
            [
                {
                    "$set": {
                        "count": {"$cond": [over, 1, {"$add": ["$count", 1]}]},
                        "ends_at": {"$cond": [over, window, "$ends_at"]},
                    }
                }
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return updated or {}
