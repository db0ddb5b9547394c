"""Reminders in MongoDB: the id is the person, their day and the kind, so one a day is all there can be."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pymongo.database import Database
from pymongo.errors import BulkWriteError

from libs.chassis.mongo import now
from libs.contracts.checkins import CheckInDue, CheckInOverdue
from services.checkins.storage.announcements import waiting
from services.checkins.storage.bulk import taken
from services.checkins.storage.documents import Document
from services.checkins.usecases.ports import OwnReminder


class MongoReminders:
    """Implements the port ``Reminders``."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the service's own."""
        self._all = database["reminders"]

    def add(self, reminders: Sequence[OwnReminder]) -> list[frozenset[str]]:
        """See the port."""
        documents = [_document(organisation_id, payload) for organisation_id, payload in reminders]
        stored = {document["_id"]: document["key_result_ids"] for document in documents}
        if documents:
            try:
                self._all.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                ids = [documents[index]["_id"] for index in taken(error)]
                stored |= dict.fromkeys(ids, ())
                for kept in self._all.find({"_id": {"$in": ids}}, {"key_result_ids": 1}):
                    stored[kept["_id"]] = kept["key_result_ids"]
        return [frozenset(stored[document["_id"]]) for document in documents]


def _document(organisation_id: str, payload: CheckInDue | CheckInOverdue) -> Document:
    parts = (organisation_id, payload.person_id, payload.day.isoformat(), payload.TYPE)
    return {
        "_id": hashlib.sha256("|".join(parts).encode()).hexdigest(),
        "organisation_id": organisation_id,
        "person_id": payload.person_id,
        "day": payload.day.isoformat(),
        "kind": payload.TYPE,
        "key_result_ids": [owed.key_result_id for owed in payload.owed],
        "at": now(),
        "outbox": waiting([payload], organisation_id, payload.person_id, 1),
    }
