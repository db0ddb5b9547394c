"""Someone adds a key result to an objective, or changes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.domain.okr import KeyResult
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services

SAME = "Start and target are the same, so progress cannot be measured. Change one."


@dataclass(frozen=True, kw_only=True)
class SaveKeyResult:
    """What was typed. Without ``key_result_id`` it is a new one of ``objective_id``."""

    typed: Mapping[str, str]
    objective_id: str = ""
    key_result_id: str | None = None
    rev: int = 0
    idempotency_key: str = ""
    comma: bool = False


def save_key_result(services: Services, command: SaveKeyResult) -> KeyResult:
    """The key result as stored.

    Raises:
        Findings: a field needs a look; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    fields = _fields(Reader(command.typed, command.comma))
    if command.key_result_id is not None:
        del fields["kind"]  # it stays what it was made as; the series would mean nothing else
        return services.goals.change_key_result(command.key_result_id, fields, command.rev)
    return services.goals.create_key_result(command.objective_id, fields, command.idempotency_key)


def _fields(reader: Reader) -> dict[str, Any]:
    boolean = reader.choice("kind") == "boolean"
    due_on = reader.day("due_on")
    fields: dict[str, Any] = {
        "title": reader.text("title", needed="Name what is measured."),
        "kind": "boolean" if boolean else "metric",
        "delegate_id": reader.choice("delegate_id"),
        "commitment": reader.choice("commitment") or "committed",
        "description": reader.text("description"),
        "due_on": due_on.isoformat() if due_on else None,
    }
    if owner_id := reader.choice("owner_id"):
        fields["owner_id"] = owner_id
    if not boolean:
        fields["unit"] = reader.text("unit")
        fields["start"] = reader.number("start", needed="Say where it starts.")
        fields["target"] = reader.number("target", needed="Say where it should end.")
        if fields["start"] is not None and fields["start"] == fields["target"]:
            reader.wrong["target"] = SAME
    weight = reader.number("weight")
    if weight is not None:
        fields["weight"] = weight
    reader.done()
    return fields
