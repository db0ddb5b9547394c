"""Every store twice: in memory and in MongoDB. What holds for one must hold for the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.chassis import mongo
from services.notifier.domain.ledger import Leases
from services.notifier.storage import migrations
from services.notifier.storage.choices import MongoPreferences, MongoSuppressions
from services.notifier.storage.copies import MongoCopies
from services.notifier.storage.ledger import MongoLedger
from services.notifier.storage.mail_log import MongoMailLog
from tests.unit.notifier.fakes import FakeCopies, FakeLedger, FakePreferences, FakeSuppressions

Stores = dict[str, Any]


def lasting(lease: timedelta) -> Leases:
    """Leases that all last so long."""
    return Leases(claim=lease, conversation=lease, message=lease)


def in_memory(leases: Leases) -> Stores:
    ledger = FakeLedger(lambda: datetime.now(UTC), leases)
    return {
        "copies": FakeCopies(),
        "ledger": ledger,
        "log": ledger,
        "preferences": FakePreferences(),
        "suppressions": FakeSuppressions(),
    }


@pytest.fixture(params=["in memory", "in MongoDB"])
def make_stores(request: pytest.FixtureRequest) -> Iterator[Callable[[Leases], Stores]]:
    """Makes a set of stores whose leases last so long."""
    if request.param == "in memory":
        yield in_memory
        return
    with mongo.connect(request.getfixturevalue("mongo_url"), "notifier") as client:
        database = client[request.getfixturevalue("mongo_database")]
        migrations.migrate(database)

        def in_mongo(leases: Leases) -> Stores:
            return {
                "copies": MongoCopies(database),
                "ledger": MongoLedger(database, leases),
                "log": MongoMailLog(database),
                "preferences": MongoPreferences(database),
                "suppressions": MongoSuppressions(database),
            }

        yield in_mongo


@pytest.fixture
def stores(make_stores: Callable[[Leases], Stores]) -> Stores:
    """A set of stores with leases that outlast the test."""
    return make_stores(lasting(timedelta(minutes=1)))
