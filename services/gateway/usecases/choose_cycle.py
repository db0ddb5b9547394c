"""Which cycle a page is about: the one asked for, else the one that runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.gateway.domain.okr import Cycle


def choose_cycle(cycles: Sequence[Cycle], on: date, wanted: str | None = None) -> Cycle | None:
    """The wanted cycle if it exists, else the running one that ends first, else the next, else the last."""
    asked = next((cycle for cycle in cycles if cycle.id == wanted), None)
    if asked is not None:
        return asked
    running = [cycle for cycle in cycles if cycle.state in {"active", "closing"}]
    current = [cycle for cycle in running if cycle.starts_on <= on <= cycle.ends_on] or running
    if current:
        return min(current, key=lambda cycle: (cycle.ends_on, cycle.id))
    planned = [cycle for cycle in cycles if cycle.state == "planning"]
    if planned:
        return min(planned, key=lambda cycle: cycle.starts_on)
    return max(cycles, key=lambda cycle: cycle.ends_on, default=None)
