"""Answers password resets that were asked for, soon after, whichever process wrote them down."""

from __future__ import annotations

import threading
from typing import Final

from services.gateway.usecases.answer_reset_request import answer_reset_request
from services.gateway.usecases.ports import Ports

_POLL_SECONDS: Final = 0.5


class ResetAnswerer:
    """A worker's part. Any number of them may run: each request is claimed."""

    def __init__(self, ports: Ports) -> None:
        """``ports`` reach the accounts and what was asked for."""
        self._ports = ports

    def run(self, stop: threading.Event) -> None:
        """What was asked for is answered until ``stop``."""
        while not stop.is_set():
            if not answer_reset_request(self._ports):
                stop.wait(_POLL_SECONDS)
