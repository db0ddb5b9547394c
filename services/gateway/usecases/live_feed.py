"""Open pages wait for changes of their organisation; each has a short queue of its own.

A page that does not keep up loses its oldest changes rather than anybody's memory: what it draws next is read
anew, so a lost hint costs a moment, never a wrong number.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from services.gateway.domain.live import LiveChange

KEPT = 64
PAGES_OF_A_SESSION = 6


class LiveFull(Exception):
    """As many pages are open as this process serves."""


class LiveFeed:
    """Whom to tell of a change, in this process. Safe to share between threads."""

    def __init__(self, at_most: int) -> None:
        """``at_most`` pages may wait at once."""
        self._at_most = at_most
        self._waiting: dict[str, set[queue.Queue[LiveChange | None]]] = {}
        self._by_session: dict[str, list[queue.Queue[LiveChange | None]]] = {}
        self._count = 0
        self._closed = False
        self._lock = threading.Lock()

    def listens(self, organisation_id: str) -> bool:
        """Whether a page of this organisation is open here."""
        return organisation_id in self._waiting

    def tell(self, change: LiveChange) -> None:
        """Every open page of the organisation has the change in its queue."""
        with self._lock:
            waiting = tuple(self._waiting.get(change.organisation_id, ()))
        for page in waiting:
            _put(page, change)

    def close(self) -> None:
        """No page waits here any longer: each comes back and finds another process, or this one anew."""
        with self._lock:
            self._closed = True
            waiting = [page for pages in self._waiting.values() for page in pages]
        for page in waiting:
            _put(page, None)

    @contextmanager
    def listen(self, organisation_id: str, session: str) -> Iterator[queue.Queue[LiveChange | None]]:
        """Within the block, the queue gets what changes in this organisation; None when it is to leave.

        A browser that went from page to page is only noticed when something is written to it; so that one
        person's trail does not keep others out, a session's oldest page leaves for its newest.

        Raises:
            LiveFull: as many pages are open as this process serves, or it is about to end.
        """
        page: queue.Queue[LiveChange | None] = queue.Queue(KEPT)
        with self._lock:
            own = self._by_session.get(session, [])
            if self._closed or (self._count >= self._at_most and not own):
                raise LiveFull
            leaving = own[:1] if len(own) >= PAGES_OF_A_SESSION or self._count >= self._at_most else []
            for oldest in leaving:
                self._forget(organisation_id, session, oldest)
            self._count += 1
            self._waiting.setdefault(organisation_id, set()).add(page)
            self._by_session.setdefault(session, []).append(page)
        for oldest in leaving:
            _put(oldest, None)
        try:
            yield page
        finally:
            with self._lock:
                self._forget(organisation_id, session, page)

    def _forget(self, organisation_id: str, session: str, page: queue.Queue[LiveChange | None]) -> None:
        if page not in self._waiting.get(organisation_id, ()):
            return
        self._count -= 1
        self._waiting[organisation_id].remove(page)
        self._by_session[session].remove(page)
        if not self._waiting[organisation_id]:
            del self._waiting[organisation_id]
        if not self._by_session[session]:
            del self._by_session[session]


def _put(page: queue.Queue[LiveChange | None], change: LiveChange | None) -> None:
    while True:
        try:
            page.put_nowait(change)
        except queue.Full:
            _drop_oldest(page)
        else:
            return


def _drop_oldest(page: queue.Queue[LiveChange | None]) -> None:
    try:
        page.get_nowait()
    except queue.Empty:
        return
