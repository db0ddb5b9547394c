"""The audit log: documents are inserted and read; nothing here can change or remove one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.database import Database

from libs.chassis.mongo import Document, translate_errors
from services.gateway.domain.audit import AuditEntry

COLLECTION = "audit"


class MongoAudit:
    """The audit log in MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def add(self, entry: AuditEntry) -> None:
        """The line stands in the log."""
        with translate_errors():
            self._collection.insert_one(
                {
                    "_id": entry.id,
                    "organisation_id": entry.organisation_id,
                    "at": entry.at,
                    "action": entry.action,
                    "actor_id": entry.actor_id,
                    "subject": entry.subject,
                    "address": entry.address,
                    "correlation_id": entry.correlation_id,
                    "detail": entry.detail,
                }
            )

    def page(
        self,
        organisation_id: str,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        action: str | None = None,
    ) -> Sequence[AuditEntry]:
        """Lines of the organisation, newest first, older than ``before``."""
        query: Document = {"organisation_id": organisation_id}
        if action is not None:
            query["action"] = action
        if before is not None:
            at, identifier = before
            query["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": identifier}}]
        with translate_errors():
            found = self._collection.find(query).sort([("at", -1), ("_id", -1)]).limit(limit)
            return [_entry(document) for document in found]


def _entry(document: Document) -> AuditEntry:
    return AuditEntry(
        id=document["_id"],
        organisation_id=document["organisation_id"],
        at=document["at"],
        action=document["action"],
        actor_id=document["actor_id"],
        subject=document["subject"],
        address=document["address"],
        correlation_id=document["correlation_id"],
        detail=document["detail"],
    )
