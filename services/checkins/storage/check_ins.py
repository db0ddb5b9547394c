"""The series in MongoDB: every entry is one insert that carries its event and what it owes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from libs.chassis import problems, telemetry
from libs.chassis.failpoints import failpoint
from libs.contracts.codec import Payload
from services.checkins.domain.check_in import CheckIn, Entry, may_alarm
from services.checkins.domain.series import State
from services.checkins.storage.announcements import waiting
from services.checkins.storage.documents import Document, check_in_document, check_in_from
from services.checkins.usecases.ports import Debt, LostRace, Repeated, Request, Slice, Window

_WITHOUT_OUTBOX = {"outbox": 0}
# A partial index serves only a query that repeats its condition.
_TEXT = {"$type": "string"}
_TAKEN_BACK = "The database is changing its primary. Repeat it with the same Idempotency-Key."


class MongoCheckIns:
    """Implements the port ``CheckIns``."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the service's own."""
        self._all = database["check_ins"]
        # The end of a series is read as the primary has it: a majority may lag behind the number that is
        # taken.
        # What is appended on top can only become durable after what was read.
        self._latest = self._all.with_options(read_concern=ReadConcern("local"))
        self._durable = self._all.with_options(read_concern=ReadConcern("majority"))

    def last(self, organisation_id: str, key_result_id: str) -> CheckIn | None:
        """See the port."""
        document = self._latest.find_one(
            {"key_result_id": key_result_id, "organisation_id": organisation_id},
            _WITHOUT_OUTBOX,
            sort=[("seq", DESCENDING)],
        )
        return check_in_from(document) if document else None

    def states(
        self, organisation_id: str, key_result_ids: Collection[str], before: datetime | None = None
    ) -> dict[str, State]:
        """See the port."""
        if not key_result_ids:
            return {}
        wanted: Document = {"key_result_id": {"$in": list(key_result_ids)}}
        if before is not None:
            wanted["recorded_at"] = {"$lt": before}
        # Only the index's own fields are matched first, so that one entry a series is read, not all.
        found = self._latest.aggregate(
            [
                {"$match": wanted},
                {"$sort": {"key_result_id": ASCENDING, "seq": DESCENDING}},
                {
                    "$group": {
                        "_id": "$key_result_id",
                        "organisation_id": {"$first": "$organisation_id"},
                        "state": {"$first": "$state_after"},
                    }
                },
                {"$match": {"organisation_id": organisation_id}},
            ]
        )
        return {document["_id"]: State(**document["state"]) for document in found}

    def series(self, organisation_id: str, key_result_id: str) -> Sequence[CheckIn]:
        """See the port."""
        found = self._latest.find(
            {"key_result_id": key_result_id, "organisation_id": organisation_id}, _WITHOUT_OUTBOX
        ).sort("seq", ASCENDING)
        return [check_in_from(document) for document in found]

    def get(self, organisation_id: str, check_in_id: str) -> CheckIn | None:
        """See the port."""
        document = self._latest.find_one(
            {"_id": check_in_id, "organisation_id": organisation_id}, _WITHOUT_OUTBOX
        )
        return check_in_from(document) if document else None

    def versions(self, organisation_id: str, first_id: str) -> Sequence[CheckIn]:
        """See the port."""
        found = self._latest.find(
            {
                "organisation_id": organisation_id,
                "$or": [{"_id": first_id}, {"revision_of": {"$eq": first_id, **_TEXT}}],
            },
            _WITHOUT_OUTBOX,
        ).sort("seq", ASCENDING)
        return [check_in_from(document) for document in found]

    def made_by(self, organisation_id: str, request_id: str) -> tuple[Request, CheckIn] | None:
        """See the port."""
        document = self._kept(
            {"request_id": {"$eq": request_id, **_TEXT}, "organisation_id": organisation_id}
        )
        if document is None:
            return None
        return Request(id=request_id, body=document["request_body"]), check_in_from(document)

    def durable(self, organisation_id: str, check_in_id: str) -> CheckIn | None:
        """See the port."""
        document = self._kept({"_id": check_in_id, "organisation_id": organisation_id})
        return check_in_from(document) if document else None

    def _kept(self, one: Document) -> Document | None:
        """The document, which no failover takes back."""
        with self._all.database.client.start_session(causal_consistency=True) as session:
            if self._latest.find_one(one, {"_id": 1}, session=session) is None:
                return None
            # Who wrote it may have given up waiting for the majority. In one session this reading waits for
            # all that the last one saw, or fails as the write did.
            return self._durable.find_one(one, _WITHOUT_OUTBOX, session=session)

    def add(self, check_in: CheckIn, says: Sequence[Payload], request: Request | None = None) -> None:
        """See the port."""
        part_of = telemetry.correlation_id()
        document = {
            **check_in_document(check_in),
            "standing_due": True,
            "correlation_id": part_of,
            "outbox": waiting(says, check_in.organisation_id, check_in.key_result_id, check_in.seq, part_of),
        }
        if request is not None:
            document |= {"request_id": request.id, "request_body": request.body}
        try:
            failpoint("check_in.before")
            self._all.insert_one(document)
            failpoint("check_in.after")
        except DuplicateKeyError as error:
            pattern = (error.details or {}).get("keyPattern", {})
            if "seq" in pattern:
                raise LostRace from error
            if request is None or "request_id" not in pattern:
                raise
            made = self.made_by(check_in.organisation_id, request.id)
            if made is None:
                raise problems.Unavailable(_TAKEN_BACK) from error
            raise Repeated(*made) from error

    def page(self, organisation_id: str, key_result_id: str, window: Window) -> Slice[Entry]:
        """See the port."""
        query: Document = {
            "key_result_id": key_result_id,
            "revision_of": None,
            "organisation_id": organisation_id,
        }
        if window.after is not None:
            as_of, seq = window.after
            query["$or"] = [{"as_of": {"$lt": as_of}}, {"as_of": as_of, "seq": {"$lt": seq}}]
        found = self._latest.find(query, _WITHOUT_OUTBOX).sort([("as_of", DESCENDING), ("seq", DESCENDING)])
        firsts = [check_in_from(document) for document in found.limit(window.limit + 1)]
        shown = firsts[: window.limit]
        revisions = self._revisions(organisation_id, [first.id for first in shown])
        after = (shown[-1].as_of, shown[-1].seq) if len(firsts) > window.limit else None
        return Slice([Entry(versions=(first, *revisions.get(first.id, ()))) for first in shown], after)

    def _revisions(self, organisation_id: str, first_ids: Collection[str]) -> dict[str, list[CheckIn]]:
        revisions: dict[str, list[CheckIn]] = {}
        if first_ids:
            found = self._latest.find(
                {"revision_of": {"$in": list(first_ids), **_TEXT}, "organisation_id": organisation_id},
                _WITHOUT_OUTBOX,
            )
            for document in found.sort("seq", ASCENDING):
                revisions.setdefault(document["revision_of"], []).append(check_in_from(document))
        return revisions

    def unsettled(self, now: datetime, limit: int) -> Sequence[Debt]:
        """See the port."""
        fields = dict.fromkeys(
            (
                "key_result_id",
                "author_id",
                "state_after",
                "seen.fingerprint",
                "withdrawn",
                "as_of",
                "recorded_at",
                "correlation_id",
            ),
            1,
        )
        due: Document = {"standing_due": True, "aside_until": {"$not": {"$gt": now}}}
        found = self._all.find(due, fields).sort("recorded_at", ASCENDING).limit(limit)
        return [_debt(document) for document in found]

    def settled(self, check_in_ids: Collection[str]) -> None:
        """See the port."""
        if check_in_ids:
            self._all.update_many(
                {"_id": {"$in": list(check_in_ids)}}, {"$unset": {"standing_due": "", "aside_until": ""}}
            )

    def set_aside(self, check_in_ids: Collection[str], until: datetime) -> None:
        """See the port."""
        if check_in_ids:
            self._all.update_many(
                {"_id": {"$in": list(check_in_ids)}, "standing_due": True}, {"$set": {"aside_until": until}}
            )


def _debt(document: Mapping[str, Any]) -> Debt:
    return Debt(
        check_in_id=document["_id"],
        key_result_id=document["key_result_id"],
        state=State(**document["state_after"]),
        alarms=may_alarm(document["as_of"], document["recorded_at"], withdrawn=document["withdrawn"]),
        told=document["seen"].get("fingerprint"),
        author_id=document["author_id"],
        correlation_id=document.get("correlation_id"),
    )
