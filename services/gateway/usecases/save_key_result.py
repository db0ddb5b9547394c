"""Someone adds a key result to an objective, or changes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.domain.okr import KeyResult
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

SAME = "Start and target are the same, so progress cannot be measured. Change one."
# Fields that somebody may empty; another one that is empty stays as it is.
EMPTIED = frozenset({"delegate_id", "due_on"})


@dataclass(frozen=True, kw_only=True)
class SaveKeyResult:
    """What was typed. Without ``key_result_id`` it is a new one of ``objective_id``."""

    typed: Mapping[str, str]
    objective_id: str = ""
    key_result_id: str | None = None
    rev: int = 0
    idempotency_key: str = ""
    locale: str = ""


def save_key_result(services: Services, command: SaveKeyResult) -> KeyResult:
    """The key result as stored.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    fields = _fields(Reader(command.typed, command.locale))
    if command.key_result_id is not None:
        del fields["kind"]  # it stays what it was made as; the series would mean nothing else
        if not fields:
            return services.goals.key_result(command.key_result_id)
        return services.goals.change_key_result(command.key_result_id, fields, command.rev)
    return services.goals.create_key_result(command.objective_id, fields, command.idempotency_key)


def _fields(reader: Reader) -> dict[str, Any]:
    boolean = reader.choice("kind") == "boolean"
    fields = reader.changes(
        {
            "title": lambda: reader.text("title", needed="Name what is measured."),
            "delegate_id": lambda: reader.choice("delegate_id"),
            "commitment": lambda: reader.choice("commitment") or "committed",
            "description": lambda: reader.text("description"),
            "due_on": lambda: _day(reader, "due_on"),
            "owner_id": lambda: reader.choice("owner_id"),
            "weight": lambda: reader.number("weight"),
            **({} if boolean else _measure(reader)),
        }
    )
    # Where only one of the two was touched, the owning service compares it with the stored other one.
    if fields.get("start") is not None and fields["start"] == fields.get("target"):
        reader.wrong["target"] = SAME
    reader.done()
    kept = {name: value for name, value in fields.items() if value is not None or name in EMPTIED}
    return {**kept, "kind": "boolean" if boolean else "metric"}


def _measure(reader: Reader) -> dict[str, Callable[[], Any]]:
    unit = reader.text("unit")
    return {
        "unit": lambda: unit,
        "start": lambda: reader.number("start", needed="Say where it starts.", unit=unit),
        "target": lambda: reader.number("target", needed="Say where it should end.", unit=unit),
    }


def _day(reader: Reader, name: str) -> str | None:
    day = reader.day(name)
    return day.isoformat() if day else None
