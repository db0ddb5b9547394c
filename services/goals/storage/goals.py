"""Objectives and key results in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import ClassVar

from pymongo import UpdateOne

from libs.chassis.mongo import now
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.storage.documents import Document, plain_of
from services.goals.storage.indexes import BY_ID
from services.goals.storage.queries import LIVE, key_result_query, objective_query, seen_objectives
from services.goals.storage.repository import NestedRepository
from services.goals.storage.walks import above, in_order_upwards
from services.goals.usecases.ports import Applied, KeyResultFilter, ObjectiveFilter, Sight, Slice, Window


class MongoObjectives(NestedRepository[Objective]):
    """Objectives."""

    entity = Objective
    live: ClassVar[Document] = LIVE

    def page(self, sight: Sight, wanted: ObjectiveFilter, window: Window) -> Slice[Objective]:
        """Company first, then teams, then people; oldest first within."""
        return self._page(objective_query(sight, wanted), [("rank", 1), ("_id", 1)], window)

    def chain(self, organisation_id: str, objective_id: str) -> Sequence[Objective]:
        """The objective and all above it, nearest first."""
        found = self._find({"_id": objective_id, "organisation_id": organisation_id, **LIVE})
        if found and found[0].under_id is not None:
            walk = above(self._collection.name, organisation_id, [objective_id])
            found += [self._entity(document) for document in self._collection.aggregate(walk)]
        return in_order_upwards(objective_id, found)

    def children(self, sight: Sight, objective_id: str) -> Sequence[Objective]:
        """Those shown directly beneath it, also those that hang on its key results."""
        found = self._find({"$and": [seen_objectives(sight), {"under_id": objective_id, **LIVE}]})
        return sorted(found, key=lambda item: item.id)

    def has_children(self, organisation_id: str, parent_id: str) -> bool:
        """Whether a live objective has this parent (an objective or a key result), or is shown beneath it."""
        return self._exists(_hanging(organisation_id, parent_id))

    def hanging_on(self, organisation_id: str, parent_id: str) -> Sequence[Objective]:
        """The live objectives with this parent (an objective or a key result), or shown beneath it."""
        return sorted(self._find(_hanging(organisation_id, parent_id)), key=lambda item: item.id)

    def team_has_any(self, organisation_id: str, team_id: str) -> bool:
        """Whether a live objective belongs to the team."""
        return self._exists({"organisation_id": organisation_id, "team_id": team_id, **LIVE})

    def by_ids(
        self, organisation_ids: Collection[str], objective_ids: Collection[str]
    ) -> dict[str, Objective]:
        """These objectives of these organisations, deleted ones too; for the worker."""
        query = {"_id": {"$in": list(objective_ids)}, "organisation_id": {"$in": list(organisation_ids)}}
        return {item.id: item for item in self._find(query)}

    def announce_due(self, limit: int) -> Sequence[Objective]:
        """Those whose key results must be told facts that changed."""
        return [self._entity(found) for found in self._collection.find({"announce_due": True}).limit(limit)]

    def announced(self, objective: Objective) -> None:
        """Nothing is owed any more, unless the objective was edited since it was read.

        ``rev`` decides and ``seq`` stays: the roll-up does not change what the key results repeat.
        """
        key = {"_id": objective.id, "organisation_id": objective.organisation_id, "rev": objective.rev}
        self._collection.update_one(key, {"$set": {"announce_due": False}})

    def owe_themselves(self, organisation_id: str, cycle_ids: Collection[str]) -> int:
        """Every live objective of these cycles is due to be recomputed; how many.

        Each document is a write of its own and may be repeated; ``seq`` rises, so that no roller clears it
        unseen.
        """
        query = {"organisation_id": organisation_id, "cycle_id": {"$in": list(cycle_ids)}, **LIVE}
        owed = {"$setUnion": [{"$ifNull": ["$rollup_due", []]}, ["$_id"]]}
        due = {"rollup_due": owed, "moved_by": None, "seq": {"$add": ["$seq", 1]}, "updated_at": now()}
        return self._collection.update_many(query, [{"$set": due}]).modified_count

    def _exists(self, query: Document) -> bool:
        return self._collection.find_one(query, {"_id": 1}) is not None


class MongoKeyResults(NestedRepository[KeyResult]):
    """Key results."""

    entity = KeyResult
    live: ClassVar[Document] = LIVE

    def page(self, sight: Sight, wanted: KeyResultFilter, window: Window) -> Slice[KeyResult]:
        """Oldest first."""
        return self._page(key_result_query(sight, wanted), [("_id", 1)], window)

    def of_objectives(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[KeyResult]:
        """All live ones of these objectives, oldest first."""
        if not objective_ids:
            return []
        query = {"organisation_id": organisation_id, "objective_id": {"$in": list(objective_ids)}, **LIVE}
        return sorted(self._find(query), key=lambda item: item.id)

    def due_outside(self, organisation_id: str, cycle_id: str, starts_on: date, ends_on: date) -> int:
        """How many live ones of the cycle are due outside this span."""
        outside = [{"due_on": {"$lt": starts_on.isoformat()}}, {"due_on": {"$gt": ends_on.isoformat()}}]
        query = {"organisation_id": organisation_id, "cycle_id": cycle_id, "$or": outside, **LIVE}
        return self._collection.count_documents(query)

    def apply(self, news: Sequence[Applied]) -> int:
        """Each key result that is known and has no newer standing has this one, and its objective is due."""
        if not news:
            return 0
        return self._collection.bulk_write([_applied(told) for told in news], ordered=False).modified_count


def _hanging(organisation_id: str, parent_id: str) -> Document:
    tied = [{"parent.id": parent_id}, {"under_id": parent_id}]
    return {"organisation_id": organisation_id, "$or": tied, **LIVE}


def _applied(told: Applied) -> UpdateOne:
    standing = told.standing
    older: list[Document] = [
        {"standing": None},
        {"standing.seq": {"$lt": standing.seq}},
        {"standing.seq": standing.seq, "standing.at": {"$lt": standing.at}},
    ]
    return UpdateOne(
        {
            "_id": told.key_result_id,
            "organisation_id": told.organisation_id,
            "objective_id": told.objective_id,
            "$or": older,
        },
        {
            "$set": {
                "standing": plain_of(standing),
                "rollup_due": [told.objective_id],
                "moved_by": told.moved_by,
                "updated_at": now(),
            },
            "$inc": {"seq": 1},
        },
        hint=BY_ID,
    )
