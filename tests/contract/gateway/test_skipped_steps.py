"""Which first steps an organisation has skipped, in memory and in MongoDB."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database

from services.gateway.domain.first_steps import Step
from services.gateway.storage.skipped_steps import COLLECTION, MongoSkippedSteps
from services.gateway.usecases.ports import SkippedSteps
from tests.unit.gateway.memory import MemorySkippedSteps


@pytest.fixture(params=["memory", "mongo"])
def steps(request: pytest.FixtureRequest) -> SkippedSteps:
    if request.param == "memory":
        return MemorySkippedSteps()
    return MongoSkippedSteps(request.getfixturevalue("database"))


def test_each_organisation_has_its_own(steps: SkippedSteps) -> None:
    steps.skip("fernhollow", Step.TEAM)
    steps.skip("fernhollow", Step.CYCLE)
    steps.skip("fernhollow", Step.TEAM)
    assert steps.of("fernhollow") == {Step.TEAM, Step.CYCLE}
    assert steps.of("another") == frozenset()


def test_a_step_of_another_version_is_passed_over(database: Database[dict[str, Any]]) -> None:
    database[COLLECTION].insert_one({"_id": "fernhollow", "steps": ["metrics", "team"]})
    assert MongoSkippedSteps(database).of("fernhollow") == {Step.TEAM}
