"""The ledger in MongoDB.

``next_at`` stands in a row as long as something is owed: when a sender may take it, or, while one works on
it, when its lease ends. A partial index holds only these rows, so finding work costs the same however long
the ledger is. Every write of a sender names its claim's token; a sender whose lease was taken over matches
nothing. Senders of one process share their writes (``group_commit.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.database import Database

from libs.chassis import mongo, telemetry
from services.notifier.domain.deliveries import wait_before
from services.notifier.domain.kinds import TRANSACTIONAL
from services.notifier.domain.ledger import Claim, Leases, Rendered, Row, State, Why
from services.notifier.storage.claiming import BY_ID, OWED, Claiming
from services.notifier.storage.documents import Document, row_from_document, row_to_document
from services.notifier.storage.group_commit import Entry, GroupCommit

_FLUSH_SECONDS = 10.0
_log = telemetry.logger("ledger")

INDEXES = (
    IndexModel([("next_at", ASCENDING)], name="owed", partialFilterExpression=OWED),
    IndexModel([("forget_at", ASCENDING)], name="retention", expireAfterSeconds=0),
    IndexModel([("person_id", ASCENDING), ("batch", ASCENDING)], name="batch", partialFilterExpression=OWED),
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
        self, database: Database[Document], leases: Leases, kept: timedelta = timedelta(days=365)
    ) -> None:
        """Rows are forgotten ``kept`` after they are settled.

        That must outlast whatever may say an event again.
        """
        self._rows = database["ledger"]
        self._lease = int(leases.message.total_seconds() * 1000)
        self._kept = kept
        self._claiming = Claiming(self._rows, leases.claim)
        self._commits = GroupCommit(self._rows)

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

    def claim(self, limit: int = 1) -> list[Claim]:
        """The rows that wait longest, up to ``limit``, are this caller's until their leases end.

        Rows that cannot be read are passed over: tried again later, in the end failed as broken.
        """
        while groups := self._claiming.take(token := mongo.new_id(), limit):
            claims = [claim for group in groups if (claim := self._claim(group, token)) is not None]
            if claims:
                return claims
        return []

    def _claim(self, documents: Sequence[Document], token: str) -> Claim | None:
        readable = [(row, each) for each in documents if (row := self._read(each)) is not None]
        if not readable:
            return None
        rows = [row for row, _ in readable]
        past_data = any(each["past_data"] for _, each in readable)
        return Claim(row=rows[0], token=token, past_data=past_data, companions=tuple(rows[1:]))

    def release(self, claims: Sequence[Claim]) -> None:
        """The rows of these claims are owed as before they were claimed."""
        for token, ids in _by_token(claims).items():
            self._claiming.give_back(token, ids)

    def renew(self, claims: Sequence[Claim]) -> None:
        """The rows of these claims are this caller's for as long again as from their claiming.

        Rows that are about to be handed over, settled or another's stay as they are.
        """
        for token, ids in _by_token(claims).items():
            self._claiming.renew(token, ids)

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

    def begin_data(self, claim: Claim) -> bool:
        """The rows say that the message is about to be handed over, and are leased until it can be settled.

        False: somebody else has them now, or some of them; :meth:`release` frees the others.
        """
        begun = [{"$set": {"data_at": "$$NOW", "next_at": {"$add": ["$$NOW", self._lease]}}}]
        return self._write(claim, claim.rows, begun, {"claim": claim.token, "data_at": {"$ne": None}})

    def sent(self, claim: Claim, rows: Sequence[Row], *, detail: str, email: str, rendered: Rendered) -> None:
        """These rows of the claim will be in the state ``sent`` within milliseconds, their secrets gone.

        The write is repeated until the database takes it; :meth:`flush` waits for it.
        """
        told = {"email": email, "rendered": vars(rendered)}
        settled = self._settled(claim, State.SENT, None, detail) | told
        self._add(claim, rows, _settling(settled, doubts=0), {"released_by": claim.token}, insist=True)

    def finish(
        self,
        claim: Claim,
        rows: Sequence[Row],
        state: State,
        *,
        why: Why | None = None,
        detail: str | None = None,
        doubt: bool = False,
    ) -> bool:
        """These rows of the claim are in a final state, their secrets gone. False: the claim was lost."""
        update = _settling(self._settled(claim, state, why, detail), doubts=int(doubt))
        return self._write(claim, rows, update, {"released_by": claim.token})

    def _settled(self, claim: Claim, state: State, why: Why | None, detail: str | None) -> Document:
        settled: Document = {
            "state": str(state),
            "why": None if why is None else str(why),
            "detail": detail,
            "released_by": claim.token,
            **self._settled_now(),
        }
        return settled | ({"facts.link": ""} if claim.row.kind in TRANSACTIONAL else {})

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
                    "released_by": claim.token,
                },
                "$unset": {"claim": "", "past_data": ""},
                "$inc": {"attempts": int(attempt), "doubts": int(doubt)},
            },
            {"released_by": claim.token},
        )

    def flush(self) -> None:
        """What was to be written soon is written, unless the database does not answer for long."""
        self._commits.flush(_FLUSH_SECONDS)

    def _settled_now(self) -> Document:
        now = mongo.now()
        return {"finished_at": now, "forget_at": now + self._kept}

    def _write(self, claim: Claim, rows: Sequence[Row], update: Any, landed: Document) -> bool:
        return not rows or self._add(claim, rows, update, landed).result()

    def _add(
        self, claim: Claim, rows: Sequence[Row], update: Any, landed: Document, *, insist: bool = False
    ) -> Future[bool]:
        # One statement a row: unlike an update of many, the driver repeats it when the primary moves.
        writes = [UpdateOne({"_id": row.id, "claim": claim.token}, update, hint=BY_ID) for row in rows]
        known = {"_id": {"$in": [row.id for row in rows]}, **landed}
        return self._commits.add(Entry(writes, known, insist))

    def waiting(self) -> tuple[int, datetime | None]:
        """How many rows are due, and since when the oldest is."""
        due = {"next_at": {"$lte": mongo.now()}}
        with mongo.translate_errors():
            oldest = self._rows.find_one(due, {"next_at": 1}, sort=[("next_at", ASCENDING)])
            return (0, None) if oldest is None else (self._rows.count_documents(due), oldest["next_at"])


def _by_token(claims: Sequence[Claim]) -> Mapping[str, Sequence[str]]:
    """The rows of claims that were taken together are written together."""
    ids: dict[str, list[str]] = {}
    for claim in claims:
        ids.setdefault(claim.token, []).extend(row.id for row in claim.rows)
    return ids


def _settling(settled: Document, *, doubts: int) -> Document:
    return {
        "$set": settled,
        "$unset": {"next_at": "", "data_at": "", "claim": "", "past_data": ""},
        "$inc": {"doubts": doubts},
    }
