"""How often something may be tried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """At most ``count`` times in each window of ``seconds``."""

    count: int
    seconds: int


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: ``remaining`` tries, and ``reset`` seconds until it is whole again."""

    allowed: bool
    limit: Limit
    remaining: int
    reset: int
