"""Addresses that bounced: one address is suppressed however it is spelled."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database

from libs.chassis import mongo
from services.notifier.storage.choices import MongoSuppressions
from services.notifier.storage.migrations import migrate

SPELLINGS = ["x@bücher.example", "X@XN--BCHER-KVA.example", "x@bu\u0308cher.example"]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_an_address_is_suppressed_in_every_spelling(stores: dict[str, Any], spelled: str) -> None:
    suppressions = stores["suppressions"]
    suppressions.add("fernhollow", SPELLINGS[0], "550 5.1.1 no such mailbox")
    assert suppressions.has("fernhollow", spelled)
    assert suppressions.among("fernhollow", [spelled, "y@bücher.example"]) == {spelled}
    assert not suppressions.has("another", spelled)


def test_what_bounced_before_is_suppressed_in_every_spelling(mongo_url: str, mongo_database: str) -> None:
    """The version before knew an address by its letters alone."""
    with mongo.connect(mongo_url, "notifier") as client:
        database: Database[dict[str, Any]] = client[mongo_database]
        old = {
            "_id": "fernhollow:x@bu\u0308cher.example",
            "organisation_id": "fernhollow",
            "detail": "550",
            "at": mongo.now(),
        }
        database["suppressions"].insert_one(old)
        assert MongoSuppressions(database).has("fernhollow", "x@bu\u0308cher.example")
        migrate(database)
        assert MongoSuppressions(database).among("fernhollow", SPELLINGS) == set(SPELLINGS)
        kept = database["suppressions"].find_one({"_id": old["_id"]})
        assert kept == old, "an old process still reads it"
