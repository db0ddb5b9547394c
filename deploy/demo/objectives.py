"""What an objective of the demo is, and how each of its key results will fare.

A key result is ``(title, unit, start, target, fate)``; unit ``yes/no`` makes it boolean. Fates: ``on`` track,
``slow`` (behind), ``risk``, ``done``, ``stale`` (its owner fell silent), ``waiting`` (no check-in yet).
"""

from __future__ import annotations

from dataclasses import dataclass

KeyResultRow = tuple[str, str, float, float, str]


@dataclass(frozen=True)
class DemoObjective:
    """``parent`` is the title of an objective, or of a key result when it starts with ``KR:``."""

    title: str
    why: str
    owner: str
    team: str | None
    parent: str | None
    key_results: tuple[KeyResultRow, ...]
    level: str = "team"
    weight: float = 1


def company_objective(title: str, why: str, owner: str, *rows: KeyResultRow) -> DemoObjective:
    """One without team and parent."""
    return DemoObjective(title, why, owner, None, None, rows, "company")
