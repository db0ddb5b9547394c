"""Password resets that were asked for and not yet answered, one document each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pymongo.database import Database

from libs.chassis.mongo import Document, translate_errors
from services.gateway.usecases.ports import ResetRequest

COLLECTION: Final = "reset_requests"
CLAIM_LASTS: Final = timedelta(seconds=30)


class MongoResetRequests:
    """The port ``ResetRequests`` in MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def add(self, request: ResetRequest) -> None:
        """The request waits for its answer."""
        with translate_errors():
            self._collection.insert_one(
                {
                    "_id": request.id,
                    "email": request.email,
                    "address": request.address,
                    "at": request.at,
                    "correlation_id": request.correlation_id,
                    "free_at": request.at,
                }
            )

    def claim(self, at: datetime) -> ResetRequest | None:
        """The oldest request that nobody is answering, for half a minute the caller's alone."""
        with translate_errors():
            found = self._collection.find_one_and_update(
                {"free_at": {"$lte": at}}, {"$set": {"free_at": at + CLAIM_LASTS}}, sort=[("free_at", 1)]
            )
        if found is None:
            return None
        return ResetRequest(
            id=found["_id"],
            email=found["email"],
            address=found["address"],
            at=found["at"],
            correlation_id=found["correlation_id"],
        )

    def remove(self, request_id: str) -> None:
        """The request is answered, and the address that was typed is forgotten."""
        with translate_errors():
            self._collection.delete_one({"_id": request_id})
