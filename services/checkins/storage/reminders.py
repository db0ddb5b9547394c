"""Reminders in MongoDB: the id is the person, their day and the kind, so one a day is all there can be."""

from __future__ import annotations

import hashlib

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis.mongo import now
from libs.contracts.checkins import CheckInDue, CheckInOverdue
from services.checkins.storage.announcements import waiting
from services.checkins.storage.documents import Document


class MongoReminders:
    """Implements the port ``Reminders``."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the service's own."""
        self._all = database["reminders"]

    def add(self, organisation_id: str, payload: CheckInDue | CheckInOverdue) -> frozenset[str]:
        """See the port."""
        parts = (organisation_id, payload.person_id, payload.day.isoformat(), payload.TYPE)
        reminder_id = hashlib.sha256("|".join(parts).encode()).hexdigest()
        named = [owed.key_result_id for owed in payload.owed]
        try:
            self._all.insert_one(
                {
                    "_id": reminder_id,
                    "organisation_id": organisation_id,
                    "person_id": payload.person_id,
                    "day": payload.day.isoformat(),
                    "kind": payload.TYPE,
                    "key_result_ids": named,
                    "at": now(),
                    "outbox": waiting([payload], organisation_id, payload.person_id, 1),
                }
            )
        except DuplicateKeyError:
            kept = self._all.find_one({"_id": reminder_id}, {"key_result_ids": 1})
            return frozenset(kept["key_result_ids"]) if kept else frozenset()
        return frozenset(named)
