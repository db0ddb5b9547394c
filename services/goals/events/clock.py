"""Looks whether a day has begun somewhere, for as long as the worker runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

from services.goals.usecases.judge_day import judge_day
from services.goals.usecases.ports import Ports

LEASE: Final = "goals:clock"
_EVERY: Final = 2.0
_LEASE_SECONDS: Final = 30.0
_BATCH: Final = 100


class Leases(Protocol):
    """Where the clock gets its lease."""

    def hold(self, name: str, ttl: float) -> Any: ...  # noqa: D102
    def renew(self, lease: Any) -> Any: ...  # noqa: D102
    def release(self, lease: Any) -> None: ...  # noqa: D102


class Clock:
    """Of several workers the one that holds the lease does it. Doing it twice would only cost work."""

    def __init__(
        self,
        ports: Ports,
        leases: Leases,
        due: Callable[[], None],
        outage: Callable[[Exception], object],
    ) -> None:
        """``due`` is called when objectives have become due; ``outage`` says which errors meet everybody."""
        self._ports, self._leases, self._due, self._outage = ports, leases, due, outage

    def run(self, stop: threading.Event) -> None:
        """Objectives are due to be judged within seconds of their organisation's midnight, or of a change."""
        lease: Any = None
        pause = _EVERY
        while not stop.wait(pause):
            renewed = self._leases.renew(lease) if lease is not None else None
            lease = renewed or self._leases.hold(LEASE, _LEASE_SECONDS)
            pause = _EVERY
            if lease is None:
                continue
            judged = judge_day(self._ports, self._outage, _BATCH)
            if judged.objectives:
                self._due()
            if judged.more:
                pause = 0.0
        if lease is not None:
            self._leases.release(lease)
