"""Accounts that versions stored which compared addresses by letters' case alone (ADR 24)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database
from structlog.testing import capture_logs

from libs.chassis import mongo
from services.gateway.domain.accounts import Account
from services.gateway.domain.errors import EmailTaken
from services.gateway.storage.accounts import MongoAccounts, fill_address_keys
from services.gateway.storage.indexes import make_indexes
from tests.unit.gateway.examples import account
from tests.unit.gateway.memory import NOON

COMPOSED, DECOMPOSED = "am\u00e9lie@x.example", "ame\u0301lie@x.example"


@pytest.fixture
def database(mongo_url: str, mongo_database: str) -> Iterator[Database[dict[str, Any]]]:
    """The gateway's database with this version's indexes."""
    with mongo.connect(mongo_url, "gateway") as client:
        make_indexes(client[mongo_database])
        yield client[mongo_database]


@pytest.fixture
def accounts(database: Database[dict[str, Any]]) -> MongoAccounts:
    """Accounts of this version."""
    return MongoAccounts(database)


def store_as_before(database: Database[dict[str, Any]], known: Account, age: int = 0) -> None:
    """What the version before wrote: no key of this version, and its own of the address's letters."""
    MongoAccounts(database).save(known)
    database["accounts"].update_one(
        {"_id": known.person_id},
        {
            "$unset": {"address_key": ""},
            "$set": {"email_key": known.email.casefold(), "created_at": NOON - timedelta(days=age)},
        },
    )


def found(accounts: MongoAccounts, email: str) -> str | None:
    """Whose account it is."""
    known = accounts.by_email(email)
    return known.person_id if known else None


def test_an_account_of_before_is_found_and_migrated(
    database: Database[dict[str, Any]], accounts: MongoAccounts
) -> None:
    store_as_before(database, account(email="x@straße.example"))
    assert found(accounts, "X@straße.example") == "jun"
    fill_address_keys(database)
    assert found(accounts, "x@xn--strae-oqa.example") == "jun"
    assert found(accounts, "x@strasse.example") is None, "it is another domain"
    stored = database["accounts"].find_one({"_id": "jun"}, {"address_key": 1, "email_key": 1})
    assert stored == {"_id": "jun", "address_key": "x@straße.example", "email_key": "x@strasse.example"}


def test_the_version_of_before_finds_what_this_one_stores(
    database: Database[dict[str, Any]], accounts: MongoAccounts
) -> None:
    accounts.save(account(email="Jun@bücher.example"))
    assert database["accounts"].find_one({"email_key": "Jun@Bücher.example".casefold()}) is not None


def test_a_key_left_behind_by_the_version_of_before_opens_nothing(
    database: Database[dict[str, Any]], accounts: MongoAccounts
) -> None:
    accounts.save(account(email="old@x.example"))
    moved = {"email": "new@x.example", "email_key": "new@x.example"}
    database["accounts"].update_one({"_id": "jun"}, {"$set": moved})
    assert found(accounts, "old@x.example") is None
    assert found(accounts, "new@x.example") == "jun"
    fill_address_keys(database)
    assert accounts.save(account("odo", email="old@x.example"))


def test_two_accounts_of_one_address_stay_open_to_their_own_spelling(
    database: Database[dict[str, Any]], accounts: MongoAccounts
) -> None:
    store_as_before(database, account(email=COMPOSED), age=1)
    store_as_before(database, account("odo", email=DECOMPOSED, state="disabled"), age=2)
    with capture_logs() as logged:
        fill_address_keys(database)
    assert [(line["event"], line["person"]) for line in logged] == [("account.address_shared", "odo")]
    assert found(accounts, COMPOSED) == "jun"
    assert found(accounts, DECOMPOSED) == "odo"
    assert found(accounts, DECOMPOSED.upper()) == "odo"


def test_two_accounts_of_one_address_can_still_change(
    database: Database[dict[str, Any]], accounts: MongoAccounts
) -> None:
    store_as_before(database, account(email=COMPOSED), age=2)
    store_as_before(database, account("odo", email=DECOMPOSED), age=1)
    fill_address_keys(database)
    for person_id, email in (("jun", COMPOSED), ("odo", DECOMPOSED)):
        known = accounts.get(person_id)
        assert known is not None
        assert accounts.save(replace(known, theme="light"))
        assert found(accounts, email) == person_id
        assert not accounts.save(replace(known, theme="dark")), "it was changed meanwhile"
    odo = accounts.get("odo")
    assert odo is not None
    with pytest.raises(EmailTaken):
        accounts.save(replace(odo, email=COMPOSED.upper()))
    assert accounts.save(replace(odo, email="odo@x.example"))
    assert found(accounts, DECOMPOSED) == "jun"
