"""Rows are claimed a handful at a time; those of one batch by one sender alone."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from pymongo import ASCENDING
from pymongo.collection import Collection as MongoCollection
from pymongo.read_concern import ReadConcern

from libs.chassis import mongo
from services.notifier.domain.ledger import State
from services.notifier.storage.documents import Document

OWED: Final = {"next_at": {"$exists": True}}
BY_ID: Final = "_id_"
_CLOCKS_DIFFER: Final = timedelta(seconds=2)
_GIVE_WAY: Final = (100, 400)
_KEY: Final = ("organisation_id", "person_id", "batch")
_HELD: Final = dict.fromkeys(("_id", *_KEY), 1)
Batch = tuple[str, str, str]


class Claiming:
    """Takes due rows for a token, and gives them back. Instants are the database's own."""

    def __init__(self, rows: MongoCollection[Document], lease: timedelta) -> None:
        """``lease`` is how long a claimed row is nobody else's, unless the claim is renewed."""
        self._rows = rows
        self._lease = int(lease.total_seconds() * 1000)
        # What the primary holds now: another sender's claim must be seen before a majority has it.
        self._present = rows.with_options(read_concern=ReadConcern("local"))

    def take(self, token: str, limit: int) -> list[list[Document]]:
        """Up to ``limit`` due rows, those that wait longest first, each with the others of its batch.

        Empty when nothing is due.
        """
        with mongo.translate_errors():
            while found := list(self._rows.find(_due(), _HELD).sort("next_at", ASCENDING).limit(limit)):
                ids = [document["_id"] for document in found]
                claim = {"_id": {"$in": ids}, **_due()}
                if self._rows.update_many(claim, self._taking(token), hint=BY_ID).modified_count:
                    companions = self._companions(found, token)
                    mine = {"_id": {"$in": [*ids, *companions]}, "claim": token}
                    return _grouped(self._rows.find(mine), ids)
        return []

    def give_back(self, token: str, ids: Collection[str]) -> None:
        """These rows of the claim are owed as before."""
        with mongo.translate_errors():
            self._rows.update_many({"_id": {"$in": list(ids)}, "claim": token}, _giving_back(0), hint=BY_ID)

    def renew(self, token: str, ids: Collection[str]) -> None:
        """These rows of the claim are its own for another lease, but those that have a longer one by now."""
        mine = {"_id": {"$in": list(ids)}, "claim": token, "data_at": None}
        renewed = [{"$set": {"next_at": {"$add": ["$$NOW", self._lease]}}}]
        with mongo.translate_errors():
            self._rows.update_many(mine, renewed, hint=BY_ID)

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

    def _companions(self, found: Sequence[Document], token: str) -> list[str]:
        """The other rows of these batches that come along.

        Two senders may each have taken a part of one batch. Both look after they took: at least one of them
        sees the other, and who sees another gives its part back, so that no person gets two mails at once.
        """
        batches = {tuple(document[name] for name in _KEY) for document in found if document.get("batch")}
        if not batches:
            return []
        theirs = {"$or": [dict(zip(_KEY, batch, strict=True)) for batch in batches]}
        due = {"$or": [{"state": str(State.PENDING)}, {"$expr": {"$lte": ["$next_at", "$$NOW"]}}]}
        self._rows.update_many({"$and": [theirs, due], **OWED}, self._taking(token))
        held = list(
            self._present.find({**theirs, "state": str(State.SENDING), **OWED}, {**_HELD, "claim": 1})
        )
        contested = {tuple(each[name] for name in _KEY) for each in held if each["claim"] != token}
        mine = [each for each in held if each["claim"] == token]
        given_back = [each["_id"] for each in mine if tuple(each[name] for name in _KEY) in contested]
        if given_back:
            pause = random.randint(*_GIVE_WAY)  # noqa: S311  # jitter parts two that gave way to each other
            self._rows.update_many({"_id": {"$in": given_back}, "claim": token}, _giving_back(pause))
        return [each["_id"] for each in mine]


def _due() -> Document:
    # The first bound uses the index, the second asks the database's own clock.
    return {
        "next_at": {"$lte": mongo.now() + _CLOCKS_DIFFER},
        "$expr": {"$lte": ["$next_at", "$$NOW"]},
    }


def _giving_back(milliseconds: int) -> list[Document]:
    """As if the rows had not been taken, but for some milliseconds in which nobody else takes them either."""
    return [
        {
            "$set": {
                "state": str(State.PENDING),
                "doubts": {"$subtract": ["$doubts", {"$cond": ["$past_data", 1, 0]}]},
                "data_at": {"$cond": ["$past_data", "$$NOW", None]},
                "next_at": {"$add": ["$$NOW", milliseconds]},
            }
        },
        {"$unset": ["claim", "past_data"]},
    ]


def _grouped(documents: Any, order: Sequence[str]) -> list[list[Document]]:
    """Those of one batch together, in the order of the first; within a batch what happened first leads."""
    place = {row_id: number for number, row_id in enumerate(order)}
    groups: dict[object, list[Document]] = {}
    for document in sorted(documents, key=lambda each: place.get(each["_id"], len(place))):
        batched = document.get("batch") is not None
        key = tuple(document[name] for name in _KEY) if batched else document["_id"]
        groups.setdefault(key, []).append(document)
    return [sorted(group, key=_happened) if len(group) > 1 else group for group in groups.values()]


def _happened(document: Document) -> tuple[Any, ...]:
    # However late it was judged or heard of: an objective is not told before the key result that achieved it.
    facts = document["facts"]
    return facts.get("caused_at") or facts["at"], document["created_at"], document["_id"]
