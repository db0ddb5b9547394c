"""How fast a pre-filled queue is worked off, from the first message that leaves it to a condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.bench.accounting import spent
from tests.bench.broker import channel, waiting
from tests.bench.platform import Platform
from tests.bench.table import median
from tests.fixtures.waiting import let_pass

LOOK_EVERY: Final = 0.02
WITHIN: Final = 900.0


@dataclass
class Drains:
    """The rounds of one side: messages a second, and CPU seconds by role for ``count`` messages in all."""

    rates: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    count: int = 0

    def add(self, count: int, seconds: float, cpu: Mapping[str, float]) -> None:
        """One more round."""
        self.rates.append(count / seconds)
        self.count += count
        for name, cost in cpu.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + cost

    @property
    def rate(self) -> float:
        """The median round."""
        return median(self.rates)

    def costs(self) -> str:
        """CPU milliseconds for each message, by role, dearest first."""
        dearest = sorted(self.cpu.items(), key=lambda item: -item[1])
        return ", ".join(f"{name} {1000 * cost / self.count:.2f}" for name, cost in dearest if cost > 0)


def drain(
    platform: Platform, queue: str, start: Callable[[], None], done: Callable[[], bool], drains: Drains
) -> None:
    """``start`` lets the consumers loose; what passes until ``done`` is one more round.

    The time before the first message leaves is not counted: programs differ in how long they take to begin.

    Raises:
        TimeoutError: it took too long.
    """
    with channel(platform.at.amqp_url) as on:
        full = waiting(on, queue)
        start()
        first = instant_of(lambda: waiting(on, queue) < full)
        before = platform.cpu()
        instant_of(lambda: waiting(on, queue) == 0)
    seconds = instant_of(done) - first
    drains.add(full, seconds, spent(before, platform.cpu()))


def instant_of(condition: Callable[[], bool]) -> float:
    """The instant at which the condition was first seen to hold.

    Raises:
        TimeoutError: it did not within a quarter of an hour.
    """
    deadline = time.monotonic() + WITHIN
    while not condition():
        if time.monotonic() > deadline:
            message = f"not within {WITHIN:g} s: {condition}"
            raise TimeoutError(message)
        let_pass(LOOK_EVERY)
    return time.monotonic()
