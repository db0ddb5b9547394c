"""Each port twice: in memory, as unit tests use it, and in MongoDB, as people do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from libs.chassis import mongo
from services.gateway.storage.accounts import MongoAccounts
from services.gateway.storage.api_tokens import MongoApiTokens
from services.gateway.storage.audit import MongoAudit
from services.gateway.storage.indexes import make_indexes
from services.gateway.storage.organisation_names import MongoOrganisationNames
from services.gateway.storage.rates import MongoRates
from services.gateway.storage.reset_requests import MongoResetRequests
from services.gateway.storage.sessions import MongoSessions
from services.gateway.storage.setups import MongoSetups
from services.gateway.usecases.ports import (
    Accounts,
    ApiTokens,
    Audit,
    OrganisationNames,
    Rates,
    ResetRequests,
    Sessions,
    Setups,
)
from tests.unit.gateway.memory import World


@dataclass
class Stores:
    """The ports that keep something."""

    accounts: Accounts
    sessions: Sessions
    tokens: ApiTokens
    audit: Audit
    rates: Rates
    setups: Setups
    names: OrganisationNames
    reset_requests: ResetRequests


@pytest.fixture(params=["memory", "mongo"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The ports, empty."""
    if request.param == "memory":
        world = World()
        yield Stores(
            world.accounts,
            world.sessions,
            world.tokens,
            world.audit,
            world.ports.rates,
            world.setups,
            world.names,
            world.reset_requests,
        )
        return
    url, name = request.getfixturevalue("mongo_url"), request.getfixturevalue("mongo_database")
    with mongo.connect(url, "gateway") as client:
        database = client[name]
        make_indexes(database)
        yield Stores(
            MongoAccounts(database),
            MongoSessions(database),
            MongoApiTokens(database),
            MongoAudit(database),
            MongoRates(database),
            MongoSetups(database),
            MongoOrganisationNames(database),
            MongoResetRequests(database),
        )
