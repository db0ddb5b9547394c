"""Pays what check-ins owe to standings, within milliseconds of their write, whichever process wrote them."""

from __future__ import annotations

import threading
from typing import Any, Final, Protocol

from prometheus_client import Counter

from libs.chassis.pace import Pace
from services.checkins.usecases.ports import Ports
from services.checkins.usecases.settle_standings import AT_ONCE, settle_standings

_IDLE_POLL: Final = 0.5

SETTLED = Counter("cairn_checkins_settled_total", "Check-ins whose key result's standing was settled.")


class Watch(Protocol):
    """Something that sets an event when a check-in is written."""

    def follow(self, *, active: bool) -> Any:
        """Writes are watched, or not."""


class Settler:
    """A worker's part. Any number of them may run: each write compares and sets."""

    def __init__(self, ports: Ports, watch: Watch, wake: threading.Event) -> None:
        """``watch`` sets ``wake``; without it, what is owed is found twice a second."""
        self._ports, self._watch, self._wake = ports, watch, wake
        self._pace = Pace()

    def run(self, stop: threading.Event) -> None:
        """What is owed is paid until ``stop``."""
        self._watch.follow(active=True)
        try:
            while not stop.is_set():
                paid = settle_standings(self._ports)
                SETTLED.inc(paid)
                if not paid:
                    self._wake.wait(_IDLE_POLL)
                    self._wake.clear()
                elif paid < AT_ONCE:
                    self._pace.wait(stop)
        finally:
            self._watch.follow(active=False)
