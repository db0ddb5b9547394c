"""Wakes a relay when a watched collection is written to, by whichever process."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import structlog
from pymongo.change_stream import ChangeStream
from pymongo.collection import Collection
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

_AWAIT_MS: Final = 500
_AT_ONCE_MS: Final = 1
_BUSY_POLL: Final = 0.05
_BUSY_SECONDS: Final = 2.0
_PAUSE: Final = 5.0
# What wakes: a document that comes with something owed, and an update that makes an outbox or adds the first
# element of an empty one (told by that name). Where others wait already the relay is at work, and finds what
# was added behind them before it rests. Its own removals wake nobody.
_OWING: Final[list[dict[str, Any]]] = [
    {"fullDocument.outbox.0": {"$exists": True}},
    {"updateDescription.updatedFields.outbox.0": {"$exists": True}},
    {
        "$expr": {
            "$ne": [
                {"$type": {"$getField": {"field": "outbox.0", "input": "$updateDescription.updatedFields"}}},
                "missing",
            ]
        }
    },
]
_log = structlog.get_logger("outbox")


class Watch:
    """Sets an event whenever a document of these collections begins to owe something to the bus.

    Without change streams the relay's own polling serves.
    """

    def __init__(self, collections: Sequence[Collection[dict[str, Any]]], wake: threading.Event) -> None:
        """``collections`` are of one database. Nothing is watched before :meth:`follow`."""
        self._names = [collection.name for collection in collections]
        # A change stream knows no other read concern, whatever the client's.
        self._database = (
            collections[0].database.with_options(read_concern=ReadConcern("majority"))
            if collections
            else None
        )
        self._wake = wake
        self._written: set[str] = set()
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

    def written(self) -> set[str]:
        """The names of the collections that have begun to owe something since this was last asked."""
        found: set[str] = set()
        with suppress(KeyError):
            while True:
                found.add(self._written.pop())
        return found

    def _watch(self, stop: threading.Event) -> None:
        pipeline: list[dict[str, Any]] = [
            {
                "$match": {
                    "operationType": {"$in": ["insert", "update", "replace"]},
                    "ns.coll": {"$in": self._names},
                }
            },
            {"$match": {"$or": _OWING}},
            {"$project": {"ns.coll": 1}},
        ]
        busy, token = False, None
        while not stop.is_set() and self._database is not None:
            awaited = _AT_ONCE_MS if busy else _AWAIT_MS
            try:
                with self._database.watch(pipeline, max_await_time_ms=awaited, resume_after=token) as stream:
                    busy = self._follow(stream, stop, busy=busy)
                    token = stream.resume_token
            except PyMongoError as error:
                _log.info("outbox.not_watching", error=repr(error))
                busy, token = False, None
                stop.wait(_PAUSE)

    def _follow(self, stream: ChangeStream[dict[str, Any]], stop: threading.Event, *, busy: bool) -> bool:
        """Wakes at what the stream brings; whether it should be asked as a busy one from then on.

        A stream that waits in the server is woken there by every write to any collection, so while much is
        written it is only looked at now and then.
        """
        seen = time.monotonic()
        while not stop.is_set():
            if names := _drained(stream):
                self._written |= names
                self._wake.set()
                seen = time.monotonic()
                if not busy:
                    return True
            elif busy and time.monotonic() - seen > _BUSY_SECONDS:
                return False
            if busy:
                stop.wait(_BUSY_POLL)
        return busy


def _drained(stream: ChangeStream[dict[str, Any]]) -> set[str]:
    """The collections of what there was; none of it is left."""
    found: set[str] = set()
    while (change := stream.try_next()) is not None:
        found.add(change["ns"]["coll"])
    return found
