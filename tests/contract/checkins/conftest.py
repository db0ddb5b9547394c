"""Every implementation of the ports: in memory, and on MongoDB."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database

from libs.chassis.mongo import now
from services.checkins.storage import indexes
from services.checkins.storage.check_ins import MongoCheckIns
from services.checkins.storage.copies import MongoCopies
from services.checkins.storage.reminders import MongoReminders
from services.checkins.storage.situations import MongoSituations
from services.checkins.usecases.ports import Ports
from tests.unit.checkins.memory import ScriptedGoals, World


@pytest.fixture(params=["memory", "mongo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    """The ports; both kinds must behave alike."""
    if request.param == "memory":
        return World(now()).ports
    database: Database[dict[str, Any]] = request.getfixturevalue("database")
    indexes.ensure(database)
    return Ports(
        check_ins=MongoCheckIns(database),
        situations=MongoSituations(database, remember_seconds=60),
        reminders=MongoReminders(database),
        copies=MongoCopies(database),
        goals=ScriptedGoals(),
        now=now,
        new_id=lambda: "unused",
    )
