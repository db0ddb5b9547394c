"""How the key results of a cycle stand, counted seldom.

Counting reads every key result of the cycle, showing a page reads a screen of them. So that a page costs the
same in a large organisation as in a small one, a count is kept for some seconds, and for longer the longer it
took: counting never takes more than a fiftieth of a thread's time. Who asks while it is counted anew gets the
old count.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

from cachetools import LRUCache
from pymongo.collection import Collection as MongoCollection

from services.goals.storage.documents import Document
from services.goals.storage.queries import LIVE, restricted
from services.goals.usecases.ports import Counts, Sight

KEPT_SECONDS: Final = 2.0
KEPT_TIMES_ITS_COST: Final = 50
KEPT_AT_MOST: Final = 10_000

Numbers = dict[str | None, int]


class Tallies:
    """The counts of one process. Thread-safe."""

    def __init__(
        self, key_results: MongoCollection[Document], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._key_results = key_results
        self._kept = Kept(clock)

    def counts(self, sight: Sight, cycle_id: str) -> Counts:
        """What one may see: what all may see is counted for all at once, the rest for each."""
        scope = (sight.organisation_id, cycle_id)
        if sight.everything:
            by_status = self._kept.of((*scope, "all"), lambda: self._by_status(*scope, {}))
        else:
            open_to_all = {"visibility": "organisation"}
            by_status = dict(self._kept.of((*scope, "open"), lambda: self._by_status(*scope, open_to_all)))
            narrow = restricted(sight)
            more = self._kept.of((*scope, sight), lambda: self._by_status(*scope, narrow))
            for status, number in more.items():
                by_status[status] = by_status.get(status, 0) + number
        mine = self._kept.of((*scope, "mine", sight.person_id), lambda: self._mine(*scope, sight.person_id))
        return Counts(by_status, mine)

    def _by_status(self, organisation_id: str, cycle_id: str, narrow: Document) -> Numbers:
        wanted = {"organisation_id": organisation_id, "cycle_id": cycle_id, **LIVE, **narrow}
        steps: list[Document] = [
            {"$match": wanted},
            {"$group": {"_id": "$standing.status", "number": {"$sum": 1}}},
        ]
        return {group["_id"]: group["number"] for group in self._key_results.aggregate(steps)}

    def _mine(self, organisation_id: str, cycle_id: str, person_id: str) -> int:
        tied = [{"owner_id": person_id}, {"delegate_id": person_id}]
        wanted = {"organisation_id": organisation_id, "cycle_id": cycle_id, "$or": tied, **LIVE}
        return self._key_results.count_documents(wanted)


@dataclass
class _Entry:
    value: Any
    until: float


class Kept:
    """Answers that may be some seconds old. Thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: LRUCache[Hashable, _Entry] = LRUCache(KEPT_AT_MOST)
        self._lock = threading.Lock()

    def of(self, key: Hashable, read: Callable[[], Any]) -> Any:
        """The answer kept, else the one read now; of many who find it too old one reads."""
        began = self._clock()
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                if began < entry.until:
                    return entry.value
                entry.until = (
                    began + KEPT_SECONDS
                )  # the others do not wait for this reader, nor for its failure
        value = read()
        ended = self._clock()
        until = ended + max(KEPT_SECONDS, (ended - began) * KEPT_TIMES_ITS_COST)
        with self._lock:
            self._entries[key] = _Entry(value, until)
        return value
