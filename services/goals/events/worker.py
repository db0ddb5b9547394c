"""The parts of the worker that pay what documents owe: the roller, the clock, and the teller of key results."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter, Histogram

from services.goals.usecases.announce_key_results import announce_key_results
from services.goals.usecases.judge_day import judge_day
from services.goals.usecases.ports import Ports, Roller
from services.goals.usecases.roll_up import roll_up

_IDLE_FIRST, _IDLE_LAST = 0.05, 0.5
_log = structlog.get_logger("rollup")

ROLLED = Counter("cairn_rollup_objectives_total", "Objectives whose measured values changed.")
LOST = Counter("cairn_rollup_lost_races_total", "Objectives that somebody else wrote meanwhile.")
BATCH = Histogram("cairn_rollup_batch_seconds", "Time that a batch of the roll-up took.")


class Wake:
    """A bell between threads of one process; what it is rung for stands in the database anyway."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """Whoever waits goes on at once."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Until it is rung, at most so long."""
        self._event.wait(seconds)
        self._event.clear()


def run_roller(ports: Ports, roller: Roller, wake: Wake, limit: int, stop: threading.Event) -> None:
    """What is due is rolled up within milliseconds when this process wrote it, else within half a second."""
    idle = _IDLE_FIRST
    while not stop.is_set():
        began = time.perf_counter()
        done = roll_up(ports, roller, limit)
        if not done.debts:
            wake.wait(idle)
            idle = min(idle * 2, _IDLE_LAST)
            continue
        idle = _IDLE_FIRST
        BATCH.observe(time.perf_counter() - began)
        ROLLED.inc(done.written)
        LOST.inc(done.lost)
        _log.debug("rollup.batch", debts=done.debts, written=done.written, lost=done.lost)
        if done.lost:
            stop.wait(random.uniform(0, 0.05))  # noqa: S311  # jitter parts two rollers that met


def run_repeatedly(work: Callable[[], int], every: float, stop: threading.Event) -> None:
    """The work is done again and again, at once while there is more of it."""
    while not stop.is_set():
        if not work():
            stop.wait(every)


def tell_key_results(ports: Ports) -> Callable[[], int]:
    """The work of telling key results what changed of their objectives."""
    return lambda: announce_key_results(ports)


def judge(ports: Ports, holds: Callable[[], bool], wake: Wake) -> Callable[[], int]:
    """The work of the clock: done by the one worker that holds its lease."""

    def work() -> int:
        if holds() and judge_day(ports):
            wake.ring()
        return 0

    return work
