"""Takes events from documents to the bus.

An event is removed from its document, by its id, only after the broker has confirmed it. A relay that dies
between the two leaves the event where it is, and the next one sends it again: consumers hear it twice, never
not at all. Documents are found by what they hold, never by a high-water mark, which would skip a write that
commits late.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Sequence
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Counter, Gauge
from pymongo.collection import Collection as MongoCollection
from pymongo.errors import PyMongoError

from libs.chassis import mongo
from libs.chassis.bus import Event
from libs.chassis.failpoints import failpoint
from libs.chassis.outbox.entries import FIELD, INDEX_NAME, OWING
from libs.chassis.outbox.watch import Watch
from libs.chassis.pace import Pace

Documents = MongoCollection[dict[str, Any]]
_LEASE_SECONDS: Final = 10.0
_LEASE_POLL: Final = 1.0
_BATCH: Final = 500
_EVENTS_AT_ONCE: Final = 2000
_IDLE_POLL: Final = 0.5
_BROKER_POLL: Final = 0.1
_TROUBLE_FIRST: Final = 0.5
_TROUBLE_LAST: Final = 30.0
_POSTPONED_LAST: Final = 5.0
_REMEMBERED: Final = 1000
_log = structlog.get_logger("outbox")

OLDEST = Gauge(
    "cairn_outbox_oldest_seconds", "Age of the oldest event that waits to be sent.", ["collection"]
)
RELAYED = Counter("cairn_outbox_relayed_total", "Events taken from a document to the bus.", ["collection"])


class LeaseOffice(Protocol):
    """Where a relay gets its leases."""

    def hold(self, name: str, ttl: float) -> Any: ...  # noqa: D102
    def renew(self, lease: Any) -> Any: ...  # noqa: D102
    def release(self, lease: Any) -> None: ...  # noqa: D102


class Bus(Protocol):
    """Where events go."""

    def start(self) -> None: ...  # noqa: D102
    def ready(self) -> bool: ...  # noqa: D102
    def publish(self, events: Sequence[Event]) -> set[str]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class Relay:
    """Sends what documents of these collections owe. Of several relays one at a time serves a collection."""

    def __init__(
        self,
        collections: Sequence[Documents],
        publisher: Bus,
        leases: LeaseOffice,
        *,
        lease_seconds: float = _LEASE_SECONDS,
    ) -> None:
        """The relay becomes the owner of ``publisher`` and closes it when it stops."""
        self._collections = {collection.name: collection for collection in collections}
        self._publisher, self._leases = publisher, leases
        self._lease_seconds = lease_seconds
        self._held: dict[str, Any] = {}
        self._asked: dict[str, float] = {}
        self._wake = threading.Event()
        self._watch = Watch(list(self._collections.values()), self._wake)
        self._pace = Pace()
        self._all_looked_at = 0.0
        self._postponed: dict[Any, tuple[float, float]] = {}

    def ready(self) -> bool:
        """Whether events could leave now."""
        return self._publisher.ready()

    def run(self, stop: threading.Event) -> None:
        """Events leave within milliseconds of their write, until ``stop``; then the leases are free."""
        self._publisher.start()
        pause = _TROUBLE_FIRST
        busy: set[str] = set()
        try:
            while not stop.is_set():
                try:
                    self._keep_leases(stop)
                    self._watch.follow(active=bool(self._held))
                    relayed, left = self._sweep(self._to_look_at(busy), stop)
                except PyMongoError as error:
                    if mongo.unavailable(error) is None:
                        raise
                    _log.warning("outbox.database_unreachable", error=repr(error))
                    stop.wait(pause)
                    pause = min(pause * 2, _TROUBLE_LAST)
                    continue
                pause = _TROUBLE_FIRST
                busy = relayed.keys() | left.keys()
                if left and not self._publisher.ready():
                    stop.wait(_BROKER_POLL)
                elif not relayed:
                    self._rest()
                elif max(relayed.values()) < _BATCH:
                    self._pace.wait(stop)
        finally:
            self._watch.follow(active=False)
            self._release()
            self._publisher.close()

    def _rest(self) -> None:
        self._wake.wait(_IDLE_POLL if self._held else _LEASE_POLL)
        self._wake.clear()

    def _keep_leases(self, stop: threading.Event) -> None:
        present = time.monotonic()
        for name in self._collections:
            due = _LEASE_POLL if name not in self._held else self._lease_seconds / 3
            if present - self._asked.get(name, 0.0) < due or stop.is_set():
                continue
            self._asked[name] = present
            held = self._held.pop(name, None)
            lease = self._leases.renew(held) if held is not None else None
            lease = lease or self._leases.hold(f"outbox:{name}", self._lease_seconds)
            if lease is not None:
                self._held[name] = lease
                if held is None:
                    self._all_looked_at = 0.0
                    _log.info("outbox.lease_held", collection=name, fence=lease.token)
            else:
                OLDEST.labels(name).set(0)

    def _release(self) -> None:
        for lease in self._held.values():
            with contextlib.suppress(PyMongoError):
                self._leases.release(lease)
        self._held.clear()

    def _to_look_at(self, busy: set[str]) -> set[str]:
        """What was written to, or was not done with; now and then all, for a watch may miss something."""
        written = self._watch.written()
        if time.monotonic() - self._all_looked_at < _IDLE_POLL:
            return busy | written
        self._all_looked_at = time.monotonic()
        return set(self._collections)

    def _sweep(self, names: Collection[str], stop: threading.Event) -> tuple[dict[str, int], dict[str, int]]:
        """How many events left which collection, and how many were tried and did not; no zeros."""
        relayed: dict[str, int] = {}
        left: dict[str, int] = {}
        for name, lease in list(self._held.items()):
            if stop.is_set() or not lease.is_safe() or name not in names:
                continue
            sent, kept = self._relay(self._collections[name])
            relayed |= {name: sent} if sent else {}
            left |= {name: kept} if kept else {}
        return relayed, left

    def _relay(self, collection: Documents) -> tuple[int, int]:
        batch: list[tuple[Any, Event]] = []
        documents = self._owing(collection)
        self._measure(collection, documents)
        for document in documents:
            try:
                events = [Event.from_document(entry) for entry in document[FIELD]]
            except (KeyError, TypeError) as error:
                _log.error(
                    "outbox.unreadable",
                    collection=collection.name,
                    document=document["_id"],
                    error=repr(error),
                )
                self._postpone(document["_id"])
                continue
            batch.extend((document["_id"], event) for event in events)
            if len(batch) >= _EVENTS_AT_ONCE:
                break
        if not batch:
            return 0, 0
        failpoint("relay.after_claim")
        confirmed = self._publisher.publish([event for _, event in batch])
        failpoint("relay.after_confirm")
        self._remove(collection, batch, confirmed)
        RELAYED.labels(collection.name).inc(len(confirmed))
        return len(confirmed), len(batch) - len(confirmed)

    def _measure(self, collection: Documents, documents: Sequence[dict[str, Any]]) -> None:
        """The metric counts what is postponed too: that is what somebody should look at."""
        first: dict[str, Any] | None = documents[0] if documents else None
        if self._postponed:
            first = collection.find_one(OWING, {"outbox.at": 1}, hint=INDEX_NAME, sort=[("outbox.at", 1)])
        instants = [entry["at"] for entry in first[FIELD] if "at" in entry] if first else []
        age = (mongo.now() - min(instants)).total_seconds() if instants else 0
        OLDEST.labels(collection.name).set(max(0.0, age))

    def _owing(self, collection: Documents) -> list[dict[str, Any]]:
        present = time.monotonic()
        resting = [_id for _id, (until, _) in self._postponed.items() if until > present]
        criteria: dict[str, Any] = {**OWING, "_id": {"$nin": resting}} if resting else OWING
        return list(collection.find(criteria, {FIELD: 1}, hint=INDEX_NAME).sort("outbox.at", 1).limit(_BATCH))

    def _remove(self, collection: Documents, batch: Sequence[tuple[Any, Event]], confirmed: set[str]) -> None:
        sent = {_id for _id, event in batch if event.id in confirmed}
        refused = {_id for _id, event in batch if event.id not in confirmed}
        for _id in sent - refused:
            self._postponed.pop(_id, None)
        if self._publisher.ready():  # the broker works, but not for these: let others pass
            for _id in refused:
                self._postpone(_id)
        if sent:  # by the ids of events, which no two documents share: one statement for all
            owed = {"$pull": {FIELD: {"id": {"$in": sorted(confirmed)}}}}
            collection.update_many({"_id": {"$in": list(sent)}}, owed)

    def _postpone(self, _id: Any) -> None:
        _, pause = self._postponed.get(_id, (0.0, _TROUBLE_FIRST / 2))
        pause = min(pause * 2, _POSTPONED_LAST)
        if len(self._postponed) >= _REMEMBERED:
            self._postponed.pop(next(iter(self._postponed)))
        self._postponed[_id] = (time.monotonic() + pause, pause)
