"""The ledger as an admin reads it."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo import DESCENDING
from pymongo.database import Database

from libs.chassis import mongo, telemetry
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Row, State, Unreadable
from services.notifier.storage.documents import Document, row_from_document

_WITHOUT_BODIES = {"rendered.text": 0, "rendered.html": 0}
_log = telemetry.logger("ledger")


class MongoMailLog:
    """The ledger as an admin reads it, one organisation at a time."""

    def __init__(self, database: Database[Document]) -> None:
        """Reads the same rows that the senders write."""
        self._rows = database["ledger"]

    def page(
        self,
        organisation_id: str,
        *,
        state: State | None,
        kind: MailKind | None,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Row | Unreadable]:
        """The newest rows older than ``before`` (creation instant and id), newest first.

        Without rendered bodies.
        """
        query: Document = {"organisation_id": organisation_id}
        if state is not None:
            query["state"] = str(state)
        if kind is not None:
            query["kind"] = str(kind)
        if before is not None:
            at, row_id = before
            query["$or"] = [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": row_id}}]
        with mongo.translate_errors():
            found = self._rows.find(query, _WITHOUT_BODIES)
            found = found.sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
            return [_legible(document) for document in found]

    def item(self, organisation_id: str, row_id: str) -> Row | Unreadable | None:
        """One row with its rendered mail."""
        with mongo.translate_errors():
            document = self._rows.find_one({"_id": row_id, "organisation_id": organisation_id})
        return None if document is None else _legible(document)


def _legible(document: Document) -> Row | Unreadable:
    """The row, or what can be said of one that another version or a hand has left unreadable."""
    try:
        return row_from_document(document)
    except Exception:  # noqa: BLE001  # whatever is wrong with one row, an admin sees the others
        _log.exception("mail.unreadable", row=str(document["_id"])[:16])
        at = document.get("created_at")
        return Unreadable(
            id=str(document["_id"]),
            organisation_id=document["organisation_id"],
            person_id=str(document.get("person_id", "")),
            created_at=at if isinstance(at, datetime) else datetime.min.replace(tzinfo=UTC),
        )
