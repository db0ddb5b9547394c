"""What changes seldom and is on every page, kept for some seconds, so that a page costs few calls."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from cachetools import TTLCache

T = TypeVar("T")

SECONDS = 5.0
ANSWERS_AT_MOST = 4096


class Remembered:
    """Answers by organisation and question. Safe to share between threads."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """``seconds`` is how old an answer may be."""
        self._kept: TTLCache[tuple[str, str], Any] = TTLCache(ANSWERS_AT_MOST, seconds)
        self._lock = Lock()

    def of(self, organisation_id: str, what: str, read: Callable[[], T]) -> T:
        """The answer kept, else the one read now. Two at once may read twice; neither waits for the other."""
        key = (organisation_id, what)
        with self._lock:
            if key in self._kept:
                kept: T = self._kept[key]
                return kept
        answer = read()
        self.keep(organisation_id, what, answer)
        return answer

    def keep(self, organisation_id: str, what: str, answer: object) -> None:
        """The answer is kept from now on."""
        with self._lock:
            self._kept[organisation_id, what] = answer

    def drop(self, organisation_id: str, what: str) -> None:
        """The next answer to this question is read anew."""
        with self._lock:
            self._kept.pop((organisation_id, what), None)

    def forget(self, organisation_id: str) -> None:
        """The next answers for this organisation are read anew."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == organisation_id]:
                del self._kept[key]
