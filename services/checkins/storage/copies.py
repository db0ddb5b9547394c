"""What other services told, kept in bulk. A copy gives way only to one with a greater ``seq``.

Whatever a judgement depends on marks the key results concerned as due for evaluation, unless nothing of it
has changed; if a process dies between the two writes, the event comes again and marks them then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from pymongo import UpdateOne
from pymongo.collection import Collection as MongoCollection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from libs.chassis.mongo import now
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Team
from services.checkins.storage.bulk import taken
from services.checkins.storage.documents import (
    OUTDATED_BELOW,
    SURROUNDINGS_AT,
    Document,
    cycle_document,
    definition_document,
    organisation_from,
    person_from,
    team_from,
)
from services.checkins.usecases.ports import ANY_EVENT_IS_NEWER, Learnt, Surroundings

# By the database's clock: whoever remembers surroundings compares it, whichever worker wrote it.
NOW_ELSEWHERE = {SURROUNDINGS_AT: {"$type": "timestamp"}}
# With which ``seq`` a copy last became another one, as far as its key results care. It is set in the write of
# the copy itself: an older event that comes again after a newer one still finds that it has to mark them.
_CHANGED = "changed_seq"
# Of a key result that is marked as outdated before any copy of it: even what is asked for is newer.
NOTHING_KNOWN = ANY_EVENT_IS_NEWER - 1
_EXISTING: Document = {"state": {"$ne": "deleted"}}
# What was settled for good has no such instant: time changes it no more, and neither does a team.
_RUNNING: Document = {"evaluate_at": {"$type": "date"}}


T = TypeVar("T", Cycle, Team, Organisation, Person)


class MongoCopies:
    """Implements the port ``Copies``."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the service's own."""
        self._key_results = database["key_results"]
        self._cycles = database["cycles"]
        self._teams = database["teams"]
        self._organisations = database["organisations"]
        self._people = database["people"]

    def keep(self, told: Surroundings) -> None:
        """See the port."""
        cycle, team = told.cycle, told.team
        _write(self._cycles, [_newer(cycle.id, ANY_EVENT_IS_NEWER, cycle_document(cycle))])
        if team is not None:
            _write(self._teams, [_newer(team.id, ANY_EVENT_IS_NEWER, asdict(team))])
        self.key_results([Learnt(told.key_result, ANY_EVENT_IS_NEWER)])

    def key_results(self, learnt: Sequence[Learnt[KeyResult]]) -> None:
        """See the port."""
        present = now()
        _write(
            self._key_results,
            [
                UpdateOne(
                    {"_id": copy.item.id, "definition_seq": {"$lt": copy.seq}},
                    {
                        "$set": {
                            **definition_document(copy.item),
                            "definition_seq": copy.seq,
                            "defined_by": copy.actor_id,
                            "evaluate_at": present,
                        },
                        # It may stand in another team or cycle from now on, or be the first to stand there.
                        "$currentDate": NOW_ELSEWHERE,
                        "$inc": {"rev": 1},
                    },
                    upsert=True,
                )
                for copy in learnt
            ],
        )

    def cycles(self, learnt: Sequence[Learnt[Cycle]]) -> None:
        """See the port."""
        _write(
            self._cycles, [_compared(copy.item.id, copy.seq, cycle_document(copy.item)) for copy in learnt]
        )
        changed = _changed(self._cycles, learnt)
        self._judge_anew("cycle_id", {(item.organisation_id, item.id) for item in changed}, _EXISTING)

    def teams(self, learnt: Sequence[Learnt[Team]]) -> None:
        """See the port."""
        _write(self._teams, [_compared(copy.item.id, copy.seq, asdict(copy.item)) for copy in learnt])
        changed = _changed(self._teams, learnt)
        self._judge_anew("team_id", {(item.organisation_id, item.id) for item in changed}, _RUNNING)

    def organisations(self, learnt: Sequence[Learnt[Organisation]]) -> None:
        """See the port."""
        _write(self._organisations, [_compared(copy.item.id, copy.seq, asdict(copy.item)) for copy in learnt])
        changed = _changed(self._organisations, learnt)
        self._judge_anew("organisation_id", {(item.id, item.id) for item in changed}, _RUNNING)

    def outdate(self, organisation_id: str, key_results: Mapping[str, int], teams: Mapping[str, int]) -> None:
        """See the port."""
        _write(
            self._key_results,
            [
                UpdateOne(
                    {"_id": name, "organisation_id": organisation_id},
                    {"$max": {OUTDATED_BELOW: seq}, "$setOnInsert": {"definition_seq": NOTHING_KNOWN}},
                    upsert=True,
                )
                for name, seq in key_results.items()
            ],
        )
        _write(
            self._teams,
            [
                UpdateOne({"_id": name, "organisation_id": organisation_id}, {"$max": {OUTDATED_BELOW: seq}})
                for name, seq in teams.items()
            ],
        )
        if teams:  # whoever remembers one of them reads it again
            theirs = {"organisation_id": organisation_id, "team_id": {"$in": list(teams)}}
            self._key_results.update_many(theirs, {"$currentDate": NOW_ELSEWHERE})

    def people(self, learnt: Sequence[Learnt[Person]]) -> None:
        """See the port."""
        _write(self._people, [_compared(copy.item.id, copy.seq, asdict(copy.item)) for copy in learnt])
        changed = {(item.organisation_id, item.id) for item in _changed(self._people, learnt)}
        for field in ("owner_id", "delegate_id"):
            self._judge_anew(field, changed, _RUNNING)

    def person_of(self, person_ids: Collection[str]) -> dict[str, Person]:
        """See the port."""
        found = self._people.find({"_id": {"$in": list(person_ids)}})
        return {document["_id"]: person_from(document) for document in found}

    def team(self, organisation_id: str, team_id: str) -> Team | None:
        """See the port."""
        document = self._teams.find_one({"_id": team_id, "organisation_id": organisation_id})
        return team_from(document) if document else None

    def organisation(self, organisation_id: str) -> Organisation:
        """See the port."""
        document = self._organisations.find_one({"_id": organisation_id})
        return organisation_from(document) if document else Organisation(id=organisation_id)

    def person(self, organisation_id: str, person_id: str) -> Person | None:
        """See the port."""
        document = self._people.find_one({"_id": person_id, "organisation_id": organisation_id})
        return person_from(document) if document else None

    def _judge_anew(self, field: str, owned: Collection[tuple[str, str]], which: Document) -> None:
        """``which`` of the key results of these (organisation, id of what ``field`` names) are due.

        What is remembered of their surroundings is read again.
        """
        if not owned:
            return
        organisation_ids, ids = zip(*owned, strict=True)
        concerned = {"organisation_id": {"$in": list(set(organisation_ids))}}
        self._key_results.update_many(
            {"$and": [concerned, {field: {"$in": list(ids)}}, which]},
            {"$set": {"evaluate_at": now()}, "$currentDate": NOW_ELSEWHERE, "$inc": {"rev": 1}},
        )


def _newer(item_id: str, seq: int, fields: dict[str, Any]) -> UpdateOne:
    kept = {name: value for name, value in fields.items() if name != "id"}
    return UpdateOne({"_id": item_id, "seq": {"$lt": seq}}, {"$set": {**kept, "seq": seq}}, upsert=True)


def _compared(item_id: str, seq: int, fields: dict[str, Any]) -> UpdateOne:
    """The same, and it is noted whether anything but the name differs from a copy that was announced."""
    kept = {name: {"$literal": value} for name, value in fields.items() if name != "id"}
    differs = [{"$ne": [f"${name}", value]} for name, value in kept.items() if name != "name"]
    only_asked_for = {"$lte": [{"$ifNull": ["$seq", ANY_EVENT_IS_NEWER]}, ANY_EVENT_IS_NEWER]}
    noted = {"$cond": [{"$or": [only_asked_for, *differs]}, seq, f"${_CHANGED}"]}
    return UpdateOne(
        {"_id": item_id, "seq": {"$lt": seq}}, [{"$set": {**kept, "seq": seq, _CHANGED: noted}}], upsert=True
    )


def _changed(collection: MongoCollection[Document], learnt: Sequence[Learnt[T]]) -> list[T]:
    """What this telling or one after it has changed; all of which that cannot be said."""
    found = collection.find({"_id": {"$in": [copy.item.id for copy in learnt]}}, {_CHANGED: 1})
    by = {document["_id"]: document.get(_CHANGED) for document in found}
    return [copy.item for copy in learnt if (seq := by.get(copy.item.id)) is None or seq >= copy.seq]


def _write(collection: MongoCollection[Document], updates: Sequence[UpdateOne]) -> None:
    """Each update is applied unless what is kept is as new.

    Then its upsert meets the document that is there.

    Raises:
        WriteConcernError: no majority is known to have them.
    """
    if not updates:
        return
    try:
        collection.bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        taken(error)
