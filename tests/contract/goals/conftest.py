"""Each test of this folder runs twice: on the fakes and on MongoDB."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from services.goals.storage.indexes import INDEXES, make_indexes
from services.goals.storage.opening import ports_on, roller_on
from services.goals.usecases.ports import Ports
from services.goals.usecases.roller_ports import Roller
from tests.contract.goals.fakes import NOON, FakeWorld


@dataclass(frozen=True)
class World:
    """The ports under test."""

    ports: Ports
    roller: Roller


@pytest.fixture(scope="session")
def indexed(mongo_client: MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    """A database of this process with all indexes: making them takes longer than a test."""
    name = f"test_goals_{uuid.uuid4().hex[:12]}"
    make_indexes(mongo_client[name])
    yield mongo_client[name]
    mongo_client.drop_database(name)


@pytest.fixture(params=["fake", "mongo"])
def world(request: pytest.FixtureRequest) -> World:
    """The fakes, or the real thing on this test's own database."""
    if request.param == "fake":
        fakes = FakeWorld()
        return World(fakes.ports, fakes.roller)
    database = request.getfixturevalue("indexed")
    for name in INDEXES:
        database[name].delete_many({})
    return World(replace(ports_on(database), now=lambda: NOON), roller_on(database))


@pytest.fixture
def ports(world: World) -> Ports:
    """The ports under test."""
    return world.ports
