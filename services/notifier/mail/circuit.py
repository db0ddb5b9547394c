"""When the mail server is unwell, everybody waits, a little longer each time.

And no mail spends an attempt.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from services.notifier.domain.deliveries import Verdict

_FIRST_PAUSE = 1.0
_LAST_PAUSE = 60.0
_SIGN_IN_PAUSE = 60.0


class Circuit:
    """Shared by the senders of a process. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Closed: mail may flow."""
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until = 0.0
        self._pause = _FIRST_PAUSE

    def wait(self) -> float:
        """How many seconds nobody should try; 0 when mail may flow."""
        with self._lock:
            return max(0.0, self._open_until - self._clock())

    def heard(self, verdict: Verdict | None) -> None:
        """The pause follows from what the server said.

        Longer each time it is unwell, none once it answers sense.
        """
        with self._lock:
            if verdict is Verdict.SIGN_IN_REFUSED:
                self._open_until = self._clock() + _SIGN_IN_PAUSE
            elif verdict in (Verdict.SERVER_UNWELL, Verdict.OUTCOME_UNKNOWN):
                if self._open_until <= self._clock():
                    self._open_until = self._clock() + self._pause
                    self._pause = min(self._pause * 2, _LAST_PAUSE)
            elif verdict not in (None, Verdict.CLAIM_LOST):
                self._pause, self._open_until = _FIRST_PAUSE, 0.0
