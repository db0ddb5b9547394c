"""Rolls up what is due, for as long as the worker runs."""

from __future__ import annotations

import random
import threading
import time
from typing import Final

import structlog
from prometheus_client import Counter, Histogram

from libs.chassis.pace import Pace
from services.goals.usecases.ports import Ports
from services.goals.usecases.roll_up import roll_up
from services.goals.usecases.roller_ports import Roller

_IDLE_FIRST: Final = 0.02
_IDLE_LAST: Final = 0.25
_APART: Final = 0.05
# Large, because a batch reads all children of what it moves: many check-ins on one root share that one
# reading.
_BATCH: Final = 2000
_log = structlog.get_logger("rollup")

ROLLED = Counter("cairn_rollup_objectives_total", "Objectives whose measured values changed.")
LOST = Counter("cairn_rollup_lost_races_total", "Objectives that somebody else wrote meanwhile.")
BATCH = Histogram("cairn_rollup_batch_seconds", "Time that a batch of the roll-up took.")


class Bell:
    """Rung between threads of one process; what it is rung for stands in the database anyway."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Whoever waits goes on at once."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Until it is rung, at most so long."""
        self._event.wait(seconds)
        self._event.clear()


class RollerLoop:
    """Any number of these may run, in any number of processes: they disturb, but never mislead each other."""

    def __init__(self, ports: Ports, roller: Roller, bell: Bell) -> None:
        self._ports, self._roller, self._bell = ports, roller, bell

    def run(self, stop: threading.Event) -> None:
        """What is due is rolled up: at once when this process wrote it, else within a quarter of a second."""
        idle, pace = _IDLE_FIRST, Pace()
        while not stop.is_set():
            began = time.perf_counter()
            done = roll_up(self._ports, self._roller, _BATCH)
            if not done.debts:
                self._bell.wait(idle)
                idle = min(idle * 2, _IDLE_LAST)
                continue
            idle = _IDLE_FIRST
            BATCH.observe(time.perf_counter() - began)
            ROLLED.inc(done.written)
            LOST.inc(done.lost)
            _log.debug("rollup.batch", debts=done.debts, written=done.written, lost=done.lost)
            if done.lost:
                stop.wait(random.uniform(0, _APART))  # noqa: S311  # jitter parts two rollers that met
            if done.debts < _BATCH:
                pace.wait(stop)
