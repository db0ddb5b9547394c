"""Copies of what other services own, each at least as new as what was heard of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, WriteConcernError

from libs.chassis import mongo
from services.notifier.domain.copies import KeyResult, Objective, Organisation, Person, Standing, Team
from services.notifier.storage import documents
from services.notifier.storage.documents import Document
from services.notifier.usecases.ports import Versioned

T = TypeVar("T")
_DUPLICATE_KEY = 11000
_COLLECTIONS: dict[type, str] = {
    Person: "people",
    Team: "teams",
    Objective: "objectives",
    KeyResult: "key_results",
    Organisation: "organisations",
}


class MongoCopies:
    """One collection per kind of thing."""

    def __init__(self, database: Database[Document]) -> None:
        """Collections appear when first written."""
        self._database = database

    def keep(self, announced: Sequence[Versioned]) -> None:
        """Each thing is at least as new as announced."""
        writes: dict[str, list[UpdateOne]] = defaultdict(list)
        for one in announced:
            fields = documents.fields_of(one.thing)
            fields.pop("activated", None)  # known from elsewhere, and kept
            writes[_COLLECTIONS[type(one.thing)]].append(
                UpdateOne(
                    {
                        "_id": one.thing.id,
                        "organisation_id": one.thing.organisation_id,
                        "seq": {"$not": {"$gte": one.seq}},
                    },
                    {"$set": {**fields, "seq": one.seq}},
                    upsert=True,
                )
            )
        for collection, updates in writes.items():
            self._write(collection, updates)

    def keep_standings(self, standings: Sequence[Standing]) -> None:
        """Each subject's standing and time of check-in are at least as new as given."""
        updates = [
            UpdateOne(
                {"_id": standing.id, "organisation_id": standing.organisation_id},
                [{"$set": _newest_of(standing)}],
                upsert=True,
            )
            for standing in standings
        ]
        self._write("standings", updates)

    def mark_activated(self, organisation_id: str, person_id: str) -> None:
        """The person is known to have accepted their invitation."""
        change = {"$set": {"activated": True}, "$setOnInsert": {"organisation_id": organisation_id}}
        self._write("people", [UpdateOne({"_id": person_id}, change, upsert=True)])

    def _write(self, collection: str, updates: Sequence[UpdateOne]) -> None:
        # An upsert that finds its id taken was overtaken by another, or its filter excludes what is there.
        # Repeated, only the second finds it so again: then the copy is as new already.
        self._excluded(collection, self._excluded(collection, updates))

    def _excluded(self, collection: str, updates: Sequence[UpdateOne]) -> list[UpdateOne]:
        if not updates:
            return []
        try:
            with mongo.translate_errors():
                self._database[collection].bulk_write(list(updates), ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(each["code"] != _DUPLICATE_KEY for each in failed):
                raise
            lacking = error.details["writeConcernErrors"]
            if lacking:
                with mongo.translate_errors():
                    raise WriteConcernError(lacking[-1]["errmsg"], lacking[-1]["code"]) from error
            return [updates[each["index"]] for each in failed]
        return []

    def people(self, organisation_id: str, ids: Collection[str]) -> dict[str, Person]:
        """Those of these people that are known, by id."""
        return self._read("people", organisation_id, ids, documents.person_from_document)

    def teams(self, organisation_id: str, ids: Collection[str]) -> dict[str, Team]:
        """Those of these teams that are known, by id."""
        return self._read("teams", organisation_id, ids, documents.team_from_document)

    def objectives(self, organisation_id: str, ids: Collection[str]) -> dict[str, Objective]:
        """Those of these objectives that are known, by id."""
        return self._read("objectives", organisation_id, ids, documents.objective_from_document)

    def key_results(self, organisation_id: str, ids: Collection[str]) -> dict[str, KeyResult]:
        """Those of these key results that are known, by id."""
        return self._read("key_results", organisation_id, ids, documents.key_result_from_document)

    def standings(self, organisation_id: str, ids: Collection[str]) -> dict[str, Standing]:
        """The newest known standings, by the id of their subject."""
        return self._read("standings", organisation_id, ids, documents.standing_from_document)

    def organisation(self, organisation_id: str) -> Organisation | None:
        """The organisation, if known."""
        known = self._read(
            "organisations", organisation_id, [organisation_id], documents.organisation_from_document
        )
        return known.get(organisation_id)

    def _read(
        self,
        collection: str,
        organisation_id: str,
        ids: Collection[str],
        build: Callable[[Document], T],
    ) -> dict[str, T]:
        # A document without a number holds only what was heard before its definition.
        if not ids:
            return {}
        query = {"_id": {"$in": list(ids)}, "organisation_id": organisation_id, "seq": {"$exists": True}}
        with mongo.translate_errors():
            return {document["_id"]: build(document) for document in self._database[collection].find(query)}


def _newest_of(standing: Standing) -> Document:
    """Every field as it is known or as it is told, whichever is newer; the two may come in any order."""
    told = documents.fields_of(standing)
    del told["confidence_before"], told["checked_in_at"]
    known_seq, known = {"$ifNull": ["$seq", -1]}, {"$ifNull": ["$confidence", None]}
    newer = {
        "$or": [
            {"$lt": [known_seq, standing.seq]},
            {"$and": [{"$eq": [known_seq, standing.seq]}, {"$lt": ["$at", standing.at]}]},
        ]
    }
    told["confidence_before"] = {
        "$cond": [
            {"$in": [known, [None, standing.confidence]]},
            {"$ifNull": ["$confidence_before", None]},
            known,
        ]
    }
    newest: Document = {name: {"$cond": [newer, value, f"${name}"]} for name, value in told.items()}
    if standing.checked_in_at is not None:
        newest["checked_in_at"] = {"$max": ["$checked_in_at", standing.checked_in_at]}
    return newest
