"""Each test of this folder runs twice: on the fakes and on MongoDB."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from services.goals.storage.indexes import make_indexes
from services.goals.storage.opening import ports_on, roller_on
from services.goals.usecases.ports import Ports, Roller
from tests.contract.goals.fakes import NOON, FakeWorld


@dataclass(frozen=True)
class World:
    """The ports under test."""

    ports: Ports
    roller: Roller


@pytest.fixture(params=["fake", "mongo"])
def world(request: pytest.FixtureRequest) -> World:
    """The fakes, or the real thing on this test's own database."""
    if request.param == "fake":
        fakes = FakeWorld()
        return World(fakes.ports, fakes.roller)
    database = request.getfixturevalue("database")
    make_indexes(database)
    return World(replace(ports_on(database), now=lambda: NOON), roller_on(database))


@pytest.fixture
def ports(world: World) -> Ports:
    """The ports under test."""
    return world.ports


