"""Keeps what hangs beneath an objective in step with it, for as long as the worker runs."""

from __future__ import annotations

import threading
from typing import Final

from services.goals.usecases.announce_key_results import announce_key_results
from services.goals.usecases.ports import Ports
from services.goals.usecases.recheck_parents import recheck_parents
from services.goals.usecases.recheck_teams import recheck_teams

_IDLE: Final = 0.5


class Announcer:
    """Any number of these may run: what one has told, the next finds told."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def run(self, stop: threading.Event) -> None:
        """What is owed is told, and what was just made is looked at again, within half a second."""
        while not stop.is_set():
            told = announce_key_results(self._ports)
            if not told + recheck_parents(self._ports) + recheck_teams(self._ports):
                stop.wait(_IDLE)
