"""People whom versions stored that compared addresses by letters' case alone (ADR 24)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database
from structlog.testing import capture_logs

from libs.chassis import mongo
from services.goals.domain.person import Person
from services.goals.storage.migrations import migrate
from services.goals.storage.opening import ports_on
from services.goals.usecases.ports import Ports, Taken, Window
from tests.contract.goals.fakes import NOON
from tests.contract.goals.makings import ORG, person

COMPOSED, DECOMPOSED = "am\u00e9lie@x.example", "ame\u0301lie@x.example"


@pytest.fixture
def database(mongo_url: str, mongo_database: str) -> Iterator[Database[dict[str, Any]]]:
    """The database of goals, migrated."""
    with mongo.connect(mongo_url, "goals") as client:
        migrate(client[mongo_database])
        yield client[mongo_database]


@pytest.fixture
def real(database: Database[dict[str, Any]]) -> Ports:
    """The stores of this version."""
    return ports_on(database)


def store_as_before(database: Database[dict[str, Any]], known: Person) -> None:
    """What the version before wrote."""
    ports_on(database).people.add(known)
    old = {"$unset": {"address_key": ""}, "$set": {"email_key": known.email.casefold()}}
    database["people"].update_one({"_id": known.id}, old)


def test_a_person_of_before_is_migrated(database: Database[dict[str, Any]], real: Ports) -> None:
    store_as_before(database, person("ann", email="x@straße.example"))
    migrate(database)
    with pytest.raises(Taken):
        real.people.add(person("bob", email="x@xn--strae-oqa.example"))
    stored = database["people"].find_one({"_id": "ann"}, {"address_key": 1, "email_key": 1})
    assert stored == {"_id": "ann", "address_key": "x@straße.example", "email_key": "x@strasse.example"}


def test_two_people_of_one_address_can_still_change(database: Database[dict[str, Any]], real: Ports) -> None:
    store_as_before(database, person("ann", email=COMPOSED, created_at=NOON - timedelta(days=1)))
    store_as_before(database, person("bob", email=DECOMPOSED))
    with capture_logs() as logged:
        migrate(database)
    assert [(line["event"], line["person"]) for line in logged] == [("person.address_shared", "bob")]
    for person_id in ("ann", "bob"):
        known = real.people.get(ORG, person_id)
        assert known is not None
        assert real.people.save(replace(known, name="Another")).name == "Another"
    bob = real.people.get(ORG, "bob")
    assert bob is not None
    with pytest.raises(Taken):
        real.people.save(replace(bob, email=COMPOSED.upper()))
    assert real.people.save(replace(bob, email="bob@x.example")).address_key == "bob@x.example"


@pytest.mark.parametrize("spelled", ["X@XN--BCHER-KVA.example", "x@bu\u0308cher.example", "x@BÜCHER.example"])
def test_an_address_is_taken_and_found_in_every_spelling(ports: Ports, spelled: str) -> None:
    ports.people.add(person("ann", email="x@bücher.example"))
    with pytest.raises(Taken) as taken:
        ports.people.add(person("bob", email=spelled))
    assert taken.value.field == "email"
    found = ports.people.page(ORG, spelled, None, Window(limit=5))
    assert [item.id for item in found.items] == ["ann"]
