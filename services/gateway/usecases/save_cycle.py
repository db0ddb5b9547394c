"""An admin or leader opens a cycle; an admin changes one."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import Cycle
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services


def save_cycle(
    services: Services,
    typed: Mapping[str, str],
    *,
    cycle_id: str | None = None,
    rev: int = 0,
    idempotency_key: str = "",
) -> Cycle:
    """The cycle as stored.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    reader = Reader(typed)
    fields = reader.changes(
        {
            "name": lambda: reader.text("name", needed="Name the cycle, such as Q4 2031."),
            "starts_on": lambda: _day(reader, "starts_on", "Say when it begins."),
            "ends_on": lambda: _day(reader, "ends_on", "Say when it ends."),
        }
    )
    reader.done()
    if cycle_id is None:
        return services.goals.create_cycle(fields, idempotency_key)
    return services.goals.change_cycle(cycle_id, fields, rev)


def _day(reader: Reader, name: str, needed: str) -> str:
    on = reader.day(name)
    if on is None and name not in reader.wrong:
        reader.wrong[name] = needed
    return on.isoformat() if on else ""
