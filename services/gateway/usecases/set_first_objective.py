"""The first objective with its first key result, from one form."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import Objective
from services.gateway.domain.typed import Findings, Reader
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.save_key_result import SAME, SaveKeyResult, save_key_result
from services.gateway.usecases.save_objective import SaveObjective, save_objective

KEY_RESULT = "key_result_title"


def set_first_objective(
    services: Services, typed: Mapping[str, str], idempotency_key: str, *, owner_id: str, locale: str
) -> Objective:
    """Store both. Repeating it after an answer was lost stores nothing twice.

    Raises:
        Findings: a field needs attention; nothing was stored.
        Problem: the service refused, or did not answer.
    """
    wrong = _wrong(typed, locale)
    if wrong:
        raise Findings(wrong)
    objective = save_objective(
        services,
        SaveObjective(
            typed={
                "title": typed.get("title", ""),
                "why": typed.get("why", ""),
                "cycle_id": typed.get("cycle_id", ""),
                "level": "company",
                "owner_id": owner_id,
                "visibility": "organisation",
                "weight": "1",
            },
            idempotency_key=f"{idempotency_key}-objective",
            locale=locale,
        ),
    )
    save_key_result(
        services,
        SaveKeyResult(
            typed=_key_result(typed, owner_id),
            objective_id=objective.id,
            idempotency_key=f"{idempotency_key}-key-result",
            locale=locale,
        ),
    )
    return objective


def _key_result(typed: Mapping[str, str], owner_id: str) -> dict[str, str]:
    numbers = {name: typed.get(name, "") for name in ("unit", "start", "target")}
    title = typed.get(KEY_RESULT, "")
    return {**numbers, "title": title, "kind": "metric", "owner_id": owner_id, "weight": "1"}


def _wrong(typed: Mapping[str, str], locale: str) -> dict[str, str]:
    """Return what is wrong with either, so that no objective is stored without its key result."""
    reader = Reader(typed, locale)
    reader.text("title", needed="Say what will be true for whom.")
    reader.text(KEY_RESULT, needed="Name what is measured.")
    unit = reader.text("unit")
    start = reader.number("start", needed="Say where it starts.", unit=unit)
    target = reader.number("target", needed="Say where it should end.", unit=unit)
    if not reader.wrong and start == target:
        reader.wrong["target"] = SAME
    return reader.wrong
