"""The ledger in MongoDB.

``next_at`` stands in a row as long as something is owed: when a sender may take it, or, while one works on
it, when its lease ends. A partial index holds only these rows, so finding work costs the same however long
the ledger is. Every write of a sender names its claim's token; a sender whose lease was taken over matches
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument, UpdateOne
from pymongo.database import Database

from libs.chassis import mongo, telemetry
from services.notifier.domain.deliveries import wait_before
from services.notifier.domain.kinds import TRANSACTIONAL, MailKind
from services.notifier.domain.ledger import Claim, Rendered, Row, State, Unreadable, Why
from services.notifier.storage.documents import Document, row_from_document, row_to_document

_OWED = {"next_at": {"$exists": True}}
_WITHOUT_BODIES = {"rendered.text": 0, "rendered.html": 0}
_CLOCKS_DIFFER = timedelta(seconds=2)
_log = telemetry.logger("ledger")

INDEXES = (
    IndexModel([("next_at", ASCENDING)], name="owed", partialFilterExpression=_OWED),
    IndexModel([("forget_at", ASCENDING)], name="retention", expireAfterSeconds=0),
    IndexModel([("person_id", ASCENDING), ("batch", ASCENDING)], name="batch", partialFilterExpression=_OWED),
    IndexModel([("organisation_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="log"),
    IndexModel(
        [
            ("organisation_id", ASCENDING),
            ("state", ASCENDING),
            ("created_at", DESCENDING),
            ("_id", DESCENDING),
        ],
        name="log_by_state",
    ),
    IndexModel(
        [
            ("organisation_id", ASCENDING),
            ("kind", ASCENDING),
            ("created_at", DESCENDING),
            ("_id", DESCENDING),
        ],
        name="log_by_kind",
    ),
)


class MongoLedger:
    """The rows that senders share.

    Leases are measured by the database's clock, which all of them see alike.
    """

    def __init__(
        self, database: Database[Document], lease: timedelta, kept: timedelta = timedelta(days=365)
    ) -> None:
        """``lease`` must be longer than handing over one message can take.

        Rows are forgotten ``kept`` after they are settled; that must outlast whatever may say an event again.
        """
        self._rows = database["ledger"]
        self._lease = int(lease.total_seconds() * 1000)
        self._kept = kept

    def plan(self, rows: Sequence[Row]) -> int:
        """Every row exists; those that did already are untouched. Answers how many are new."""
        if not rows:
            return 0
        documents = [row_to_document(row) for row in rows]
        with mongo.translate_errors():
            result = self._rows.bulk_write(
                [
                    UpdateOne({"_id": each.pop("_id")}, {"$setOnInsert": each}, upsert=True)
                    for each in documents
                ],
                ordered=False,
            )
        return result.upserted_count

    def claim(self) -> Claim | None:
        """The row that waits longest is this caller's until its lease ends; None when nothing is due.

        Rows that cannot be read are passed over: tried again later, in the end failed as broken.
        """
        while documents := self._claimed(token := mongo.new_id()):
            readable = [(row, each) for each in documents if (row := self._read(each)) is not None]
            if readable:
                rows = [row for row, _ in readable]
                past_data = any(each["past_data"] for _, each in readable)
                return Claim(row=rows[0], token=token, past_data=past_data, companions=tuple(rows[1:]))
        return None

    def _claimed(self, token: str) -> list[Document]:
        with mongo.translate_errors():
            document = self._rows.find_one_and_update(
                {
                    # The first bound uses the index, the second asks the database's own clock.
                    "next_at": {"$lte": mongo.now() + _CLOCKS_DIFFER},
                    "$expr": {"$lte": ["$next_at", "$$NOW"]},
                },
                self._taking(token),
                sort=[("next_at", ASCENDING)],
                return_document=ReturnDocument.AFTER,
            )
            if document is None:
                return []
            others = self._companions(document, token) if document.get("batch") is not None else []
        return [document, *others]

    def _read(self, document: Document) -> Row | None:
        try:
            return row_from_document(document)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one row, the others are sent
            _log.exception("mail.unreadable", row=str(document["_id"])[:16])
            self._leave(document, type(error).__name__)
            return None

    def _leave(self, document: Document, detail: str) -> None:
        attempts = document.get("attempts")
        attempts = attempts + 1 if isinstance(attempts, int) else 1
        wait = wait_before(attempts)
        left: Document = {"why": str(Why.BROKEN), "detail": detail, "attempts": attempts, "data_at": None}
        dropped = {"claim": "", "past_data": ""}
        if wait is None:
            left |= {"state": str(State.FAILED), **self._settled_now()}
            dropped["next_at"] = ""
            if "link" in (document.get("facts") or ()):
                left["facts.link"] = ""
        else:
            left |= {"state": str(State.DEFERRED), "next_at": mongo.now() + wait}
        with mongo.translate_errors():
            self._rows.update_one(
                {"_id": document["_id"], "claim": document["claim"]}, {"$set": left, "$unset": dropped}
            )

    def _companions(self, document: Document, token: str) -> list[Document]:
        batch = {
            "organisation_id": document["organisation_id"],
            "person_id": document["person_id"],
            "batch": document["batch"],
            **_OWED,
        }
        due = [{"state": str(State.PENDING)}, {"$expr": {"$lte": ["$next_at", "$$NOW"]}}]
        self._rows.update_many({**batch, "_id": {"$ne": document["_id"]}, "$or": due}, self._taking(token))
        return list(
            self._rows.find({**batch, "_id": {"$ne": document["_id"]}, "claim": token}).sort("created_at")
        )

    def _taking(self, token: str) -> list[Document]:
        past_data = {"$ne": [{"$ifNull": ["$data_at", None]}, None]}
        return [
            {
                "$set": {
                    "state": str(State.SENDING),
                    "claim": token,
                    "past_data": past_data,
                    "doubts": {"$add": ["$doubts", {"$cond": [past_data, 1, 0]}]},
                    "data_at": None,
                    "next_at": {"$add": ["$$NOW", self._lease]},
                }
            }
        ]

    def begin_data(self, claim: Claim) -> bool:
        """The rows say that the message is about to be handed over. False: somebody else has them now."""
        return self._write(
            claim, claim.rows, [{"$set": {"data_at": "$$NOW", "next_at": {"$add": ["$$NOW", self._lease]}}}]
        )

    def finish(
        self,
        claim: Claim,
        rows: Sequence[Row],
        state: State,
        *,
        why: Why | None = None,
        detail: str | None = None,
        email: str | None = None,
        rendered: Rendered | None = None,
        doubt: bool = False,
    ) -> bool:
        """These rows of the claim are in a final state, their secrets gone. False: the claim was lost."""
        settled: Document = {
            "state": str(state),
            "why": None if why is None else str(why),
            "detail": detail,
            **self._settled_now(),
        }
        if email is not None:
            settled["email"] = email
        if rendered is not None:
            settled["rendered"] = vars(rendered)
        if claim.row.kind in TRANSACTIONAL:
            settled["facts.link"] = ""
        return self._write(
            claim,
            rows,
            {
                "$set": settled,
                "$unset": {"next_at": "", "data_at": "", "claim": "", "past_data": ""},
                "$inc": {"doubts": int(doubt)},
            },
        )

    def put_back(
        self,
        claim: Claim,
        due_at: datetime,
        *,
        why: Why,
        detail: str = "",
        attempt: bool = False,
        doubt: bool = False,
        deferred: bool = False,
    ) -> bool:
        """The claim's rows are owed again at ``due_at``; attempts and doubts rise where told.

        False: it was lost.
        """
        return self._write(
            claim,
            claim.rows,
            {
                "$set": {
                    "state": str(State.DEFERRED if deferred else State.PENDING),
                    "why": str(why),
                    "detail": detail,
                    "next_at": due_at,
                    "data_at": None,
                },
                "$unset": {"claim": "", "past_data": ""},
                "$inc": {"attempts": int(attempt), "doubts": int(doubt)},
            },
        )

    def _settled_now(self) -> Document:
        now = mongo.now()
        return {"finished_at": now, "forget_at": now + self._kept}

    def _write(self, claim: Claim, rows: Sequence[Row], update: Any) -> bool:
        # One statement a row: unlike an update of many, the driver repeats it when the primary moves.
        if not rows:
            return True
        with mongo.translate_errors():
            result = self._rows.bulk_write(
                [UpdateOne({"_id": row.id, "claim": claim.token}, update) for row in rows], ordered=False
            )
        return result.matched_count == len(rows)

    def waiting(self) -> tuple[int, datetime | None]:
        """How many rows are due, and since when the oldest is."""
        due = {"next_at": {"$lte": mongo.now()}}
        with mongo.translate_errors():
            oldest = self._rows.find_one(due, {"next_at": 1}, sort=[("next_at", ASCENDING)])
            return (0, None) if oldest is None else (self._rows.count_documents(due), oldest["next_at"])


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
