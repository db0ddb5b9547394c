"""Wakes a relay when a watched collection is written to, by whichever process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import structlog
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

_AWAIT_MS: Final = 500
_PAUSE: Final = 5.0
_log = structlog.get_logger("outbox")


class Watch:
    """Sets an event whenever documents are inserted or changed.

    Without change streams the relay's own polling serves.
    """

    def __init__(self, collections: Sequence[Collection[dict[str, Any]]], wake: threading.Event) -> None:
        """``collections`` are of one database. Nothing is watched before :meth:`follow`."""
        self._names = [collection.name for collection in collections]
        self._database = collections[0].database if collections else None
        self._wake = wake
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, *, active: bool) -> None:
        """Writes are watched, or not."""
        if active and self._thread is None and self._database is not None:
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._watch, args=(self._stop,), name="outbox:watch", daemon=True
            )
            self._thread.start()
        elif not active and self._thread is not None:
            self._stop.set()
            self._thread = None

    def _watch(self, stop: threading.Event) -> None:
        pipeline: list[dict[str, Any]] = [
            {
                "$match": {
                    "operationType": {"$in": ["insert", "update", "replace"]},
                    "ns.coll": {"$in": self._names},
                }
            },
            # An insert shows whether it owes anything; an update does not carry its document, so each wakes,
            # the relay's own removals too: a look in vain is one read of an index that is empty by then.
            {"$match": {"$or": [{"fullDocument.outbox.0": {"$exists": True}}, {"operationType": "update"}]}},
            {"$project": {"_id": 1}},
        ]
        while not stop.is_set() and self._database is not None:
            try:
                with self._database.watch(pipeline, max_await_time_ms=_AWAIT_MS) as stream:
                    while not stop.is_set():
                        if stream.try_next() is not None:
                            self._wake.set()
            except PyMongoError as error:
                _log.info("outbox.not_watching", error=repr(error))
                stop.wait(_PAUSE)
