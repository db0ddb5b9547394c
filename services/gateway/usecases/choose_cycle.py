"""Which cycle a page is about: the one asked for, else the current one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from libs.measures.cycles import current_cycle
from services.gateway.domain.okr import Cycle


def choose_cycle(cycles: Sequence[Cycle], on: date, wanted: str | None = None) -> Cycle | None:
    """Return the wanted cycle if it exists, else the one that `current_cycle` means by now."""
    asked = next((cycle for cycle in cycles if cycle.id == wanted), None)
    return asked or current_cycle(cycles, on)
