"""Check-ins that keep flowing while a platform is changed, by clients that forgive nothing.

Each client keeps its connection, repeats nothing, and notes whatever is not a 201.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import urllib3

from tests.containers.story import Organisation

PAUSE = 0.25  # between a client's requests


@dataclass
class Client:
    """One person's program, checking in 1, 2, 3, … on a key result of its own."""

    organisation: Organisation
    key_result: str
    acknowledged: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    longest: float = 0.0

    def run(self, stop: threading.Event) -> None:
        """Check-ins have been sent until ``stop``."""
        pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=urllib3.Timeout(connect=10, read=30))
        for number in itertools.count(1):
            if stop.wait(PAUSE):
                return
            began = time.monotonic()
            try:
                self._send(pool, number)
            except urllib3.exceptions.HTTPError as error:
                self.failures.append(f"check-in {number}: {error!r}")
            self.longest = max(self.longest, time.monotonic() - began)

    def _send(self, pool: urllib3.PoolManager, number: int) -> None:
        answer = pool.request(
            "POST",
            f"{self.organisation.at.gateway}/api/v1/key-results/{self.key_result}/check-ins",
            body=json.dumps({"value": number, "confidence": 7}).encode(),
            headers={
                "Authorization": f"Bearer {self.organisation.owner_token}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"{self.key_result}-{number}",
            },
        )
        if answer.status == 201:
            self.acknowledged.append(number)
        else:
            self.failures.append(f"check-in {number}: {answer.status} {answer.data[:300]!r}")


@dataclass
class Traffic:
    """What all clients have seen."""

    clients: list[Client]

    @property
    def failures(self) -> list[str]:
        """Every request that did not end in a 201."""
        return [failure for client in self.clients for failure in client.failures]

    @property
    def acknowledged(self) -> int:
        """How many check-ins were answered by 201."""
        return sum(len(client.acknowledged) for client in self.clients)

    @property
    def longest(self) -> float:
        """The slowest answer, in seconds."""
        return max(client.longest for client in self.clients)


@contextmanager
def flowing(organisation: Organisation, key_results: list[str]) -> Iterator[Traffic]:
    """Check-ins flow inside the block, one client a key result; afterwards all have their answer."""
    traffic = Traffic([Client(organisation, key_result) for key_result in key_results])
    stop = threading.Event()
    threads = [threading.Thread(target=client.run, args=(stop,), daemon=True) for client in traffic.clients]
    for thread in threads:
        thread.start()
    try:
        yield traffic
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def nothing_lost_or_doubled(traffic: Traffic) -> None:
    """Each acknowledged check-in stands in its series exactly once, in order, and nothing else does."""
    for client in traffic.clients:
        assert client.organisation.history(client.key_result) == client.acknowledged
