"""Key results with what their judgement needs, read in one question; and the only writer of standings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, UpdateOne
from pymongo.database import Database

from libs.chassis.mongo import new_id
from libs.contracts.codec import Payload
from services.checkins.domain.reminder import Reminder
from services.checkins.domain.situation import Situation
from services.checkins.storage.announcements import waiting
from services.checkins.storage.documents import (
    Document,
    alarm_documents,
    reminded_document,
    reminder_document,
    situation_from,
    situation_of,
    standing_document,
)
from services.checkins.storage.surroundings import Remembering
from services.checkins.usecases.judge_each import TRY_AGAIN
from services.checkins.usecases.ports import Settlement


def _beside(collection: str, local: str, name: str) -> Document:
    return {"$lookup": {"from": collection, "localField": local, "foreignField": "_id", "as": name}}


_WITHOUT_OUTBOX: Document = {"outbox": 0}
_SURROUNDINGS: list[Document] = [
    {"$unset": "outbox"},
    _beside("cycles", "cycle_id", "cycle"),
    _beside("teams", "team_id", "team"),
    _beside("organisations", "organisation_id", "organisation"),
]
_KNOWN: Document = {"cycle_id": {"$exists": True}}
_RUNNING: Document = {"evaluate_at": {"$type": "date"}, "state": "open"}


class MongoSituations:
    """Implements the port ``Situations``."""

    def __init__(self, database: Database[Document], *, remember_seconds: float = 0.0) -> None:
        """``database`` is the service's own.

        A cycle, a team or an organisation may be ``remember_seconds`` old where it changes no judgement.
        """
        self._all = database["key_results"]
        self._remembering = Remembering(database, remember_seconds)

    def get(self, organisation_id: str, key_result_id: str) -> Situation | None:
        """See the port."""
        document = self._all.find_one(
            {"_id": key_result_id, "organisation_id": organisation_id}, _WITHOUT_OUTBOX
        )
        # What was marked as outdated before it was known has nothing but the mark.
        return None if document is None or "cycle_id" not in document else self._remembered([document])[0]

    def many(self, key_result_ids: Collection[str]) -> dict[str, Situation]:
        """See the port."""
        found = list(self._all.find({"_id": {"$in": list(key_result_ids)}, **_KNOWN}, _WITHOUT_OUTBOX))
        return {each.key_result.id: each for each in self._remembered(found) if each is not None}

    def _remembered(self, documents: Sequence[Document]) -> list[Situation | None]:
        """Of each document its situation, in their order; None where its cycle is not known here."""
        return [
            situation_of(
                document,
                beside.cycle,
                beside.team,
                beside.organisation,
                is_team_outdated=beside.is_team_outdated,
            )
            if beside
            else None
            for document, beside in zip(documents, self._remembering.beside(documents), strict=True)
        ]

    def owed_by(self, organisation_id: str, person_id: str) -> Sequence[Situation]:
        """See the port."""
        running = {"organisation_id": organisation_id, **_RUNNING}
        theirs = {"$or": [{**running, "owner_id": person_id}, {**running, "delegate_id": person_id}]}
        return self._owing(theirs)

    def of_team(self, organisation_id: str, team_id: str) -> Sequence[Situation]:
        """See the port."""
        return self._owing({"organisation_id": organisation_id, "team_id": team_id, **_RUNNING})

    def _owing(self, which: Document) -> list[Situation]:
        found = self._remembered(list(self._all.find(which, _WITHOUT_OUTBOX)))
        return [situation for situation in found if situation is not None and situation.takes_check_ins]

    def evaluation_due(self, now: datetime, limit: int) -> Sequence[Situation]:
        """See the port."""
        return self._first(limit, "evaluate_at", now)

    def reminder_due(self, now: datetime, limit: int) -> Sequence[Situation]:
        """See the port."""
        return self._first(limit, "reminder.at", now)

    def settle(self, settlements: Sequence[Settlement]) -> frozenset[str]:
        """See the port."""
        if not settlements:
            return frozenset()
        writer = new_id()
        answer = self._all.bulk_write(
            [_compare_and_set(settlement, writer) for settlement in settlements], ordered=False
        )
        ids = [settlement.situation.key_result.id for settlement in settlements]
        if answer.matched_count == len(ids):
            return frozenset(ids)
        return frozenset(
            document["_id"]
            for document in self._all.find({"_id": {"$in": ids}, "settled_by": writer}, {"_id": 1})
        )

    def put_off(self, situations: Sequence[Situation], until: datetime) -> None:
        """See the port."""
        self._put_off("evaluate_at", [(found.key_result.id, found.rev) for found in situations], until)

    def _put_off(self, instant: str, read: Sequence[tuple[str, int]], until: datetime) -> None:
        updates = [UpdateOne({"_id": name, "rev": rev}, {"$set": {instant: until}}) for name, rev in read]
        if updates:
            self._all.bulk_write(updates, ordered=False)

    def standing_after(self, key_result_id: str, limit: int) -> Sequence[Situation]:
        """See the port."""
        wanted: Document = {"_id": {"$gt": key_result_id}, "standing": {"$type": "object"}}
        return self._found(wanted, [{"$sort": {"_id": 1}}, {"$limit": limit}])

    def say_again(self, situations: Sequence[Situation], says: Mapping[str, Payload]) -> None:
        """See the port."""
        updates = [
            UpdateOne(
                {"_id": situation.key_result.id}, {"$push": {"outbox": {"$each": _again(situation, says)}}}
            )
            for situation in situations
            if situation.key_result.id in says
        ]
        if updates:
            self._all.bulk_write(updates, ordered=False)

    def remind_next(self, reminders: Sequence[tuple[Situation, Reminder | None]]) -> None:
        """See the port."""
        if reminders:
            self._all.bulk_write(
                [_move_on(situation, following) for situation, following in reminders], ordered=False
            )

    def _first(self, limit: int, instant: str, now: datetime) -> list[Situation]:
        """The oldest due. Those whose cycle is not known yet are put off: they would hold up others."""
        # The type is repeated because a partial index serves only a query that repeats its condition.
        due = {instant: {"$type": "date", "$lte": now}}
        while True:
            found = list(self._all.find(due, _WITHOUT_OUTBOX).sort(instant, ASCENDING).limit(limit))
            known = self._remembered(found)
            waiting = [
                (document["_id"], document["rev"])
                for document, situation in zip(found, known, strict=True)
                if situation is None
            ]
            self._put_off(instant, waiting, now + TRY_AGAIN)
            situations = [situation for situation in known if situation is not None]
            if situations or len(found) < limit:
                return situations

    def _found(self, match: Document, then: Sequence[Document] = ()) -> list[Situation]:
        found = self._all.aggregate([{"$match": match}, *then, *_SURROUNDINGS])
        return [situation for document in found if (situation := situation_from(document)) is not None]


def _again(situation: Situation, says: Mapping[str, Payload]) -> list[Document]:
    key_result = situation.key_result
    return waiting([says[key_result.id]], key_result.organisation_id, key_result.id, situation.rev)


def _compare_and_set(settlement: Settlement, writer: str) -> UpdateOne:
    situation = settlement.situation
    key_result = situation.key_result
    change: dict[str, Any] = {
        "$set": {
            "state_of_series": dict(vars(settlement.state)),
            "standing": standing_document(settlement.standing),
            **alarm_documents(settlement.alarm),
            "reminder": reminder_document(settlement.reminder),
            "reminded": reminded_document(settlement.reminder),
            "evaluate_at": settlement.evaluate_at,
            "defined_by": None,
            "settled_by": writer,
        },
        "$inc": {"rev": 1},
    }
    if settlement.says:
        events = waiting(
            settlement.says,
            key_result.organisation_id,
            key_result.id,
            situation.rev + 1,
            settlement.correlation_id,
        )
        change["$push"] = {"outbox": {"$each": events}}
    return UpdateOne({"_id": key_result.id, "rev": situation.rev}, change)


def _move_on(situation: Situation, following: Reminder | None) -> UpdateOne:
    planned = reminder_document(situation.reminder)
    change = {"reminder": reminder_document(following), "reminded": reminded_document(following)}
    return UpdateOne(
        {"_id": situation.key_result.id, "reminder": planned}, {"$set": change, "$inc": {"rev": 1}}
    )
