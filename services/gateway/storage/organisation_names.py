"""What organisations are called: a small copy, fed by events."""

from __future__ import annotations

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis.mongo import Document, translate_errors
from services.gateway.usecases.ports import OrganisationCopy

COLLECTION = "organisations"
MORE_THAN_ONE = 2


class MongoOrganisationNames:
    """The copy in MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def put(self, organisation: OrganisationCopy, seq: int) -> None:
        """The copy says this, unless it knows something newer."""
        with translate_errors():
            try:
                self._collection.update_one(
                    {"_id": organisation.organisation_id, "seq": {"$lt": seq}},
                    {"$set": {"name": organisation.name, "seq": seq}},
                    upsert=True,
                )
            except DuplicateKeyError:
                return  # what is stored is as new or newer

    def get(self, organisation_id: str) -> OrganisationCopy | None:
        """What the copy says."""
        with translate_errors():
            found = self._collection.find_one({"_id": organisation_id})
        return OrganisationCopy(organisation_id=found["_id"], name=found["name"]) if found else None

    def only(self) -> OrganisationCopy | None:
        """The organisation, where there is exactly one."""
        with translate_errors():
            found = list(self._collection.find({}).limit(MORE_THAN_ONE))
        return (
            OrganisationCopy(organisation_id=found[0]["_id"], name=found[0]["name"])
            if len(found) == 1
            else None
        )
