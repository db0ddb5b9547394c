"""Lets work that comes in a stream be done in batches, and work that comes alone be done at once."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

ROUND_SECONDS: Final = 0.1
BURST: Final = 6


class Pace:
    """How soon the next round of a loop may begin: a token bucket.

    A round costs the database and the broker nearly the same whether it handles one thing or a hundred.
    ``burst`` rounds may follow each other at once; then there is one every ``seconds``, and what came
    meanwhile shares it. Who does not wait, as for a batch that is full, owes nothing later. For one thread.
    """

    def __init__(
        self,
        seconds: float = ROUND_SECONDS,
        burst: int = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """A full bucket. ``clock`` tells seconds that only grow."""
        self._seconds, self._burst, self._clock = seconds, burst, clock
        self._due = -math.inf

    def ahead(self) -> float:
        """Takes a token for the next round, and says in how many seconds that may begin.

        0 to ``seconds``; 0 means now.
        """
        present = self._clock()
        earned = max(self._due, present - self._burst * self._seconds)
        self._due = min(earned, present) + self._seconds
        return max(0.0, self._due - present)

    def wait(self, stop: threading.Event) -> None:
        """Until the next round may begin, or ``stop``."""
        pause = self.ahead()
        if pause:
            stop.wait(pause)
