"""The same proof on MongoDB, with fewer lives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from pymongo.database import Database

from services.goals.storage.indexes import INDEXES
from services.goals.storage.opening import ports_on, roller_on
from tests.contract.goals.edits import STEPS, Step, begin, comparable, live, recomputed, settle
from tests.contract.goals.fakes import NOON
from tests.contract.goals.makings import ORG


@given(STEPS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_on_mongodb_the_incremental_roll_up_equals_a_full_recompute(
    indexed: Database[dict[str, Any]], steps: list[Step]
) -> None:
    for name in INDEXES:
        indexed[name].delete_many({})
    ports, roller = replace(ports_on(indexed), now=lambda: NOON), roller_on(indexed)
    begin(ports, roller)
    live(steps, ports, roller)
    settle(ports, roller)
    full = recomputed(ports, roller)
    stored = ports.objectives.by_ids([ORG], list(full))
    assert {name: comparable(stored[name].measured) for name in full} == full
