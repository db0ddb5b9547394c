"""A key stands for what it made: asked of the real services and of the memory that stands in for them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from libs.chassis.problems import Problem
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import Fields, Services
from tests.integration.gateway_pages import test_ports

services, objective, key_result = test_ports.services, test_ports.objective, test_ports.key_result
Make = Callable[[Fields, str], Any]
SPAN = {"starts_on": "2040-01-01", "ends_on": "2040-03-31"}


def makes(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult
) -> list[tuple[Make, Fields]]:
    """Everything that forms make, with fields that make it."""
    goals, name = services.goals, uuid.uuid4().hex[:8]
    measured = {"kind": "metric", "start": 0, "target": 9, "owner_id": objective.owner_id}
    rhythm = {"every": "weekly", "weekday": 0, "time": "09:00"}
    return [
        (
            goals.create_objective,
            {
                "title": name,
                "level": "company",
                "cycle_id": objective.cycle_id,
                "owner_id": objective.owner_id,
            },
        ),
        (
            lambda fields, key: goals.create_key_result(objective.id, fields, key),
            {"title": name, **measured},
        ),
        (goals.create_team, {"name": name, "rhythm": rhythm}),
        (goals.invite, {"name": name, "email": f"{name}@example.com", "role": "member"}),
        (goals.create_cycle, {"name": name, "state": "planning", **SPAN}),
        (
            lambda fields, key: services.checkins.record(key_result.id, fields, key),
            {"value": 4.0, "confidence": 6, "note": name},
        ),
    ]


@pytest.mark.parametrize("place", range(6))
def test_a_key_with_another_text_names_what_it_made(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult, place: int
) -> None:
    make, fields = makes(services, objective, key_result)[place]
    key = uuid.uuid4().hex
    made = make(fields, key)
    assert make(fields, key).id == made.id
    changed = {
        name: f"{value} anew" if name in {"title", "name", "note"} else value
        for name, value in fields.items()
    }
    with pytest.raises(Problem) as refused:
        make(changed, key)
    assert refused.value.extra == {"cause": "idempotency-key-reused", "made": made.id}
