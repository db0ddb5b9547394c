"""How long and how often: every measure is told the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """``seconds`` of load a round, ``rounds`` of each side in turn, and how much is pre-filled."""

    rounds: int = 3
    seconds: float = 6.0
    clients: tuple[int, ...] = (8, 32)
    events: int = 20_000
    alerts: int = 3_000
    mails: int = 1_500
    sustained: float = 60.0
    rate: float = 222.0
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
