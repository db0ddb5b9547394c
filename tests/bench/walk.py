"""A walk over key results under load: each in its turn, each by its owner."""

from __future__ import annotations

import secrets
from itertools import islice
from pathlib import Path

from tests.bench.accounting import spent
from tests.bench.debts import settled
from tests.bench.load import wrk
from tests.bench.organisation import Made
from tests.bench.platform import WORKERS, Platform
from tests.bench.rounds import Rounds


def written(platform: Platform, made: Made, first: int | None = None) -> Path:
    """The file that tells the client whom to check in on, and as whom: all, or the ``first`` so many."""
    targets = platform.at.folder / "targets.txt"
    pairs = islice(made.pairs(), first)
    targets.write_text("".join(f"{key_result} {token}\n" for key_result, token in pairs))
    return targets


class Walk:
    """Goes over all key results again and again, so that none is met twice within a second."""

    def __init__(self, platform: Platform, targets: Path) -> None:
        self._platform, self._targets = platform, targets
        self._sent = 0

    def run(self, address: str, clients: int, seconds: float, rounds: Rounds) -> None:
        """One run is added to the rounds, with what it cost, also afterwards where workers are at work."""
        before = self._platform.cpu()
        arguments = (str(self._targets), str(self._sent), secrets.token_hex(8))
        load = wrk(address, "check_ins.lua", clients, seconds, *arguments)
        if address == self._platform.address:
            self._sent += load.requests + clients
            if any(name in self._platform.processes for name in WORKERS):
                settled(self._platform)
        rounds.add(load, spent(before, self._platform.cpu()))
