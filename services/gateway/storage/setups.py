"""How far the first set-up is: one document."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis.mongo import Document, new_id, translate_errors
from services.gateway.domain.secrets import new_secret
from services.gateway.usecases.ports import Setup

COLLECTION = "setups"
THE_FIRST = "first"
TOGETHER = timedelta(seconds=20)


class MongoSetups:
    """The first set-up in MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def get(self) -> Setup:
        """How far it is; made at the first look."""
        with translate_errors():
            found = self._collection.find_one({"_id": THE_FIRST}) or self._begin()
        return Setup(
            organisation_id=found["organisation_id"],
            person_id=found["person_id"],
            salt=found["salt"],
            done=found["done"],
        )

    def finish(self) -> None:
        """There is an organisation: nobody can set up another."""
        with translate_errors():
            self._collection.update_one({"_id": THE_FIRST}, {"$set": {"done": True}})

    def should_announce(self, at: datetime) -> bool:
        """Whether this process is the one to say the code, among those that start together."""
        silent = {"$or": [{"announced_at": None}, {"announced_at": {"$lt": at - TOGETHER}}]}
        with translate_errors():
            answer = self._collection.update_one({"_id": THE_FIRST, **silent}, {"$set": {"announced_at": at}})
        return answer.modified_count == 1

    def _begin(self) -> Document:
        fresh = {
            "organisation_id": new_id(),
            "person_id": new_id(),
            "salt": new_secret(),
            "done": False,
            "announced_at": None,
        }
        try:
            made = self._collection.find_one_and_update(
                {"_id": THE_FIRST}, {"$setOnInsert": fresh}, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            made = self._collection.find_one({"_id": THE_FIRST})
        return dict(made or fresh)
