"""Looks whether a day has begun somewhere, for as long as the worker runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from libs.chassis.lease import Lease, Leases
from services.goals.usecases.judge_day import judge_day
from services.goals.usecases.ports import Ports

LEASE: Final = "goals:clock"
_EVERY: Final = 2.0
_LEASE_SECONDS: Final = 30.0


class Clock:
    """Of several workers the one that holds the lease does it. Doing it twice would only cost work."""

    def __init__(self, ports: Ports, leases: Leases, due: Callable[[], None]) -> None:
        """``due`` is called when objectives have become due."""
        self._ports, self._leases, self._due = ports, leases, due

    def run(self, stop: threading.Event) -> None:
        """Objectives are due to be judged within seconds of their organisation's midnight, or of a change."""
        lease: Lease | None = None
        while not stop.wait(_EVERY):
            renewed = self._leases.renew(lease) if lease is not None else None
            lease = renewed or self._leases.hold(LEASE, _LEASE_SECONDS)
            if lease is not None and judge_day(self._ports):
                self._due()
        if lease is not None:
            self._leases.release(lease)
