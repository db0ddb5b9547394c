"""What changes seldom and is on every page, kept for some seconds, so that a page costs few calls.

What takes long to read is kept longer: reading it again never takes more than a fiftieth of the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from threading import Lock
from typing import Any, TypeVar

from cachetools import TLRUCache

T = TypeVar("T")

SECONDS = 5.0
TIMES_ITS_COST = 50
ANSWERS_AT_MOST = 16_384


class Remembered:
    """Answers by organisation and question. Safe to share between threads."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """``seconds`` is how old an answer may be."""
        self._seconds = seconds
        self._kept: TLRUCache[tuple[str, str], tuple[Any, float]] = TLRUCache(
            ANSWERS_AT_MOST, lambda _key, kept, now: now + kept[1], time.monotonic
        )
        self._lock = Lock()

    def of(self, organisation_id: str, what: str, read: Callable[[], T]) -> T:
        """The answer kept, else the one read now. Two at once may read twice; neither waits for the other."""
        key = (organisation_id, what)
        with self._lock:
            if key in self._kept:
                kept: T = self._kept[key][0]
                return kept
        began = time.monotonic()
        answer = read()
        self.keep(organisation_id, what, answer, cost=time.monotonic() - began)
        return answer

    def many(self, organisation_id: str, what: str, names: Collection[str]) -> dict[str, Any]:
        """Of the answers kept as ``what`` and a name those to these names."""
        keys = {name: (organisation_id, f"{what} {name}") for name in names}
        with self._lock:
            found = {name: self._kept.get(key) for name, key in keys.items()}
        return {name: kept[0] for name, kept in found.items() if kept is not None}

    def keep(self, organisation_id: str, what: str, answer: object, *, cost: float = 0.0) -> None:
        """The answer is kept from now on; it took ``cost`` seconds to read."""
        with self._lock:
            self._kept[organisation_id, what] = (answer, max(self._seconds, cost * TIMES_ITS_COST))

    def drop(self, organisation_id: str, what: str) -> None:
        """The next answer to this question is read anew."""
        with self._lock:
            self._kept.pop((organisation_id, what), None)

    def forget(self, organisation_id: str) -> None:
        """The next answers for this organisation are read anew."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == organisation_id]:
                del self._kept[key]
