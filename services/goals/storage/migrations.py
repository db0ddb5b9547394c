"""What has to be done once to a database, in order. Each step bears being repeated."""

from __future__ import annotations

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis import telemetry
from libs.chassis.mongo import Step, run_migrations
from libs.language.addresses import address_key
from services.goals.domain.person import ACTIVE
from services.goals.storage.documents import Document
from services.goals.storage.indexes import make_indexes

_log = telemetry.logger("goals")

STEPS: tuple[Step, ...] = ()


def migrate(database: Database[Document]) -> list[str]:
    """The indexes exist and every step has been done; the names of those done now are returned.

    Addresses are compared every time: a version of before may have written some while the last one was
    rolled out.
    """
    make_indexes(database)
    done = run_migrations(database, STEPS)
    fill_address_keys(database["people"])
    return done


def fill_address_keys(people: Collection[Document]) -> None:
    """Everybody has the key of their address, unless somebody else has the same (ADR 24)."""
    shape = {"email": 1, "address_key": 1, "organisation_id": 1}
    for states in ({"state": ACTIVE}, {"state": {"$ne": ACTIVE}}):  # the key belongs to who uses it
        for person in people.find(states, shape).sort([("created_at", 1), ("_id", 1)]):
            key = address_key(person["email"])
            if person.get("address_key") == key:
                continue
            as_read = {name: person[name] for name in ("_id", "organisation_id", "email")}
            try:
                people.update_one(as_read, {"$set": {"address_key": key}})
            except DuplicateKeyError:
                people.update_one(as_read, {"$unset": {"address_key": ""}})
                _log.warning(
                    "person.address_shared", person=person["_id"], organisation=person["organisation_id"]
                )
