"""What an operator asks of the platform, and what is true afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from deploy.native.installation import PORTS
from deploy.native.servers import LOOPBACK
from tests.e2e.platform import Company, Platform
from tests.fixtures.waiting import until


@pytest.fixture
def copies(platform: Platform) -> Iterator[Database[dict[str, Any]]]:
    """What the notifier has heard of, in its own database."""
    port = PORTS["mongo"][0] + platform.offset
    with MongoClient[dict[str, Any]](LOOPBACK, port, directConnection=True) as client:
        yield client["cairn_notifier"]


def test_copies_that_were_lost_are_back_after_republishing(
    company: Company, platform: Platform, copies: Database[dict[str, Any]]
) -> None:
    objective = company.objective(f"Copies come back {uuid.uuid4().hex[:6]}")
    key_result = company.key_result(objective["id"], "Copies rebuilt", "Jun Alder")
    company.check_in(key_result["id"], "Jun Alder", 40)
    kept = [
        ("objectives", objective["id"]),
        ("key_results", key_result["id"]),
        ("standings", objective["id"]),
        ("standings", key_result["id"]),
    ]

    def all_known() -> bool:
        return all(copies[kind].find_one({"_id": thing}) for kind, thing in kept)

    until(all_known, 30, "the notifier hears of objective and key result and of their standings")
    for kind, thing in kept:
        copies[kind].delete_one({"_id": thing})
    said = platform.run("republish")
    assert "goals" in said
    assert "checkins" in said
    until(all_known, 60, "the notifier hears of all four again")
