"""Lets work that comes in a stream be done in batches, and work that comes alone be done at once."""

from __future__ import annotations

import threading
import time
from typing import Final

ROUND_SECONDS: Final = 0.1
BURST: Final = 6


class Pace:
    """How soon the next round of a loop may begin: a token bucket.

    A round costs the database and the broker nearly the same whether it handles one thing or a hundred.
    ``burst`` rounds may follow each other at once; then there is one every ``seconds``, and what came
    meanwhile shares it. For one thread.
    """

    def __init__(self, seconds: float = ROUND_SECONDS, burst: int = BURST) -> None:
        """A full bucket."""
        self._seconds, self._burst = seconds, burst
        self._earned = 0.0

    def ahead(self) -> float:
        """Takes a token for the next round, and says in how many seconds that may begin; 0: now."""
        present = time.monotonic()
        self._earned = max(self._earned, present - self._burst * self._seconds) + self._seconds
        return max(0.0, self._earned - present)

    def wait(self, stop: threading.Event) -> None:
        """Until the next round may begin, or ``stop``."""
        pause = self.ahead()
        if pause:
            stop.wait(pause)
