"""What nobody does but time: days begin, rhythms are missed, reminders fall due.

One holder of the lease at a time. Its rounds are small and follow each other while there is more to do, so
that it renews its lease in time however much falls due at once.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from services.checkins.usecases.judge_day import judge_day
from services.checkins.usecases.ports import Ports
from services.checkins.usecases.remind_people import remind_people

_LEASE: Final = "clock"
_LEASE_SECONDS: Final = 10.0
_TICK: Final = 0.5
_REMIND_EVERY: Final = 2.0
BATCH: Final = 200
REMIND_AT_ONCE: Final = 100


class Leases(Protocol):
    """Where the clock gets its lease."""

    def hold(self, name: str, ttl: float) -> Any: ...  # noqa: D102
    def renew(self, lease: Any) -> Any: ...  # noqa: D102
    def release(self, lease: Any) -> None: ...  # noqa: D102


class Clock:
    """A worker's part."""

    def __init__(self, ports: Ports, leases: Leases, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Two clocks that tick at once, because one was frozen, do harmless work twice.

        ``monotonic`` tells seconds that only grow.
        """
        self._ports, self._leases, self._monotonic = ports, leases, monotonic

    def run(self, stop: threading.Event) -> None:
        """Time has its effects until ``stop``; then the lease is free."""
        lease: Any = None
        renew_at = remind_at = -math.inf
        try:
            while not stop.is_set():
                present = self._monotonic()
                if lease is None or present >= renew_at:
                    lease = self._kept(lease)
                    renew_at = present + _LEASE_SECONDS / 3
                if lease is None:
                    stop.wait(1.0)
                    continue
                busy = judge_day(self._ports, BATCH) == BATCH
                if present >= remind_at:
                    more = remind_people(self._ports, REMIND_AT_ONCE) == REMIND_AT_ONCE
                    remind_at = present if more else present + _REMIND_EVERY
                    busy = busy or more
                if not busy:
                    stop.wait(_TICK)
        finally:
            if lease is not None:
                self._leases.release(lease)

    def _kept(self, lease: Any) -> Any:
        kept = self._leases.renew(lease) if lease is not None else None
        return kept or self._leases.hold(_LEASE, _LEASE_SECONDS)
