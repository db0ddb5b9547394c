"""A Mongo client for processes that answer requests: it fails at once while MongoDB is down.

The driver waits for a primary until an operation's time is over: ten seconds of one of few request threads,
five requests a second, and nothing is left to answer with. Its monitors know all the while that nobody is
there. So whoever asks during an outage is refused by what they know, and served again by what they know: they
look twice a second, whether anybody asks or not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import pymongo
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError
from pymongo.topology_description import TopologyDescription

# What one lost connection costs until its server is found again.
_BLIP_SECONDS: Final = 0.5
# Longer than an operation may take: who would have been served by the next primary still is.
_ELECTION_SECONDS: Final = 15.0
_FIRST_CONNECTION_SECONDS: Final = 5.0
_OPTIONS: Final = {
    # How often monitors look. The driver allows no less.
    "heartbeatFrequencyMS": 500,
    # A server that is silent for so long, and half a second more, is given up, which ends what waits for its
    # answer. With 2 s an overloaded machine, on which a running server was late, answered 503 (seen at a load
    # of 50 on two cores).
    "connectTimeoutMS": 5_000,
}


class Breaker:
    """Says how long an operation may wait for a primary. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """No server is known yet: they are found by the first operation."""
        self._clock = clock
        self._lock = threading.Lock()
        self._was_connected = False
        self._ends: float | None = None
        self._is_open = False
        self._looked_at = 0.0

    def patience(self, known: TopologyDescription) -> float | None:
        """Return for how many seconds to wait for a primary: None without one being missed, 0 for not at all.

        While others of a replica set answer they elect a primary, and that is waited for. Once the breaker is
        open only a primary closes it.
        """
        if _has_primary(known):
            if self._ends is not None or not self._was_connected:
                with self._lock:
                    self._was_connected, self._ends, self._is_open = True, None, False
            return None
        with self._lock:
            return self._patience(self._clock(), is_electing=bool(known.known_servers))

    def _patience(self, now: float, *, is_electing: bool) -> float:
        if now - self._looked_at > _ELECTION_SECONDS:
            # Nobody asked for so long that this may well be another outage.
            self._ends, self._is_open = None, False
        self._looked_at = now
        longest = _BLIP_SECONDS if self._was_connected else _FIRST_CONNECTION_SECONDS
        if self._ends is None:
            self._ends = now + (_ELECTION_SECONDS if is_electing else longest)
        elif not is_electing:
            self._ends = min(self._ends, now + longest)
        self._is_open = self._is_open or now >= self._ends
        return 0.0 if self._is_open else self._ends - now


def _has_primary(known: TopologyDescription) -> bool:
    if known.topology_type_name == "ReplicaSetWithPrimary":
        return True
    return known.topology_type_name != "ReplicaSetNoPrimary" and bool(known.known_servers)


class FailFastClient(MongoClient[dict[str, Any]]):
    """A client whose operations do not wait for a database that is known to be down."""

    def __init__(self, url: str, **options: Any) -> None:
        """Take ``options`` as the driver's client does; those for monitoring are set here."""
        self._breaker = Breaker()
        super().__init__(url, **{**options, **_OPTIONS})

    def _select_server(self, *args: Any, **rest: Any) -> Any:
        """Select as the driver does, for every try of every operation, within the breaker's patience.

        The method is the driver's own: nothing public is asked before each try.

        Raises:
            ServerSelectionTimeoutError: there was no primary in that time. The driver tries no second time.
        """
        seconds = self._breaker.patience(self.topology_description)
        if seconds is None:
            return super()._select_server(*args, **rest)
        if not seconds:
            msg = "MongoDB has been away for a while, and is not back yet"
            raise ServerSelectionTimeoutError(msg)
        with pymongo.timeout(seconds):
            return super()._select_server(*args, **rest)
