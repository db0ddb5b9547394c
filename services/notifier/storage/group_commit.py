"""Senders share their writes to the ledger: while one bulk is on its way, the next gathers.

A write on a majority and in the journal takes some milliseconds, however many rows it speaks of. So a sender
that waits for its mark costs its neighbours nothing, and all of them together cost little more than one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final

from pymongo import UpdateOne
from pymongo.collection import Collection

from libs.chassis import mongo, telemetry
from libs.chassis.problems import Unavailable
from services.notifier.storage.documents import Document

_AT_ONCE: Final = 200
_PAUSE: Final = 0.5
_log = telemetry.logger("ledger")


@dataclass(frozen=True)
class Entry:
    """Some writes that belong together. ``landed`` is what their documents, and only they, match afterwards.

    ``insist``: they are tried until the database answers.
    """

    writes: Sequence[UpdateOne]
    landed: Document
    insist: bool = False
    done: Future[bool] = field(default_factory=Future)


class GroupCommit:
    """Writes entries to one collection, in the order of their coming, by a thread of its own."""

    def __init__(self, collection: Collection[Document]) -> None:
        """The thread begins with the first entry."""
        self._collection = collection
        self._entries: SimpleQueue[Entry] = SimpleQueue()
        self._unanswered: set[Future[bool]] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, entry: Entry) -> Future[bool]:
        """Whether all of the entry's documents were there to be written.

        The future raises ``Unavailable`` where the database does not answer and the entry does not insist.
        """
        with self._lock:
            self._unanswered.add(entry.done)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ledger:commit", daemon=True)
                self._thread.start()
        entry.done.add_done_callback(self._answered)
        self._entries.put(entry)
        return entry.done

    def flush(self, within: float) -> bool:
        """Whether everything that was added before is written, after so many seconds at most."""
        with self._lock:
            unanswered = set(self._unanswered)
        return not wait(unanswered, within).not_done

    def _answered(self, done: Future[bool]) -> None:
        with self._lock:
            self._unanswered.discard(done)

    def _run(self) -> None:
        while True:
            entries = [self._entries.get()]
            while len(entries) < _AT_ONCE:
                try:
                    entries.append(self._entries.get_nowait())
                except Empty:
                    break
            self._commit(entries)

    def _commit(self, entries: Sequence[Entry]) -> None:
        writes = [write for entry in entries for write in entry.writes]
        try:
            with mongo.translate_errors():
                complete = self._collection.bulk_write(writes, ordered=False).matched_count == len(writes)
                answers = [complete or self._landed(entry) for entry in entries]
        except Exception as error:  # noqa: BLE001  # whoever waits for the entry is told
            self._fail(entries, error)
        else:
            for entry, answer in zip(entries, answers, strict=True):
                entry.done.set_result(answer)

    def _landed(self, entry: Entry) -> bool:
        return self._collection.count_documents(entry.landed) == len(entry.writes)

    def _fail(self, entries: Sequence[Entry], error: Exception) -> None:
        _log.warning("ledger.not_written", entries=len(entries), error=repr(error))
        for entry in entries:
            if not entry.insist or not isinstance(error, Unavailable):
                entry.done.set_exception(error)
        again = [entry for entry in entries if not entry.done.done()]
        if again:
            time.sleep(_PAUSE)
            for entry in again:
                self._entries.put(entry)
