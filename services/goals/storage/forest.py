"""The objectives of a cycle as trees; each call is one read, of what rows show."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import ClassVar, Final

from pymongo.collection import Collection as MongoCollection

from services.goals.domain.folding import Unread
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.tree import rank
from services.goals.storage.documents import Document
from services.goals.storage.queries import (
    LIVE,
    key_result_query,
    objective_query,
    seen_key_results,
    seen_objectives,
)
from services.goals.storage.raw import key_result_in, objective_in, unread
from services.goals.storage.repository import Repository, behind
from services.goals.storage.tallies import Tallies
from services.goals.storage.walks import above
from services.goals.usecases.ports import Counts, KeyResultFilter, ObjectiveFilter, Sight, Slice, Window

DISPLAYED: Final = [("rank", 1), ("_id", 1)]
# What no row shows is not fetched. Each of these has a default, so that the entity is whole without it.
NOT_SHOWN: Final = frozenset(
    {
        *("announce_due", "description", "follower_ids", "made_by", "made_of", "moved_by"),
        *("recheck_due", "rollup_due"),
    }
)


def _row_of(entity: type[Objective | KeyResult]) -> dict[str, int]:
    """Name what is fetched: that costs the database half of naming what is not."""
    return {field.name: 1 for field in fields(entity) if field.name not in NOT_SHOWN | {"id"}}


OBJECTIVE_ROW: Final = _row_of(Objective)
KEY_RESULT_ROW: Final = _row_of(KeyResult)


class MongoForest(Repository[Objective]):
    """Objectives with their key results, read across a whole cycle."""

    entity = Objective
    live: ClassVar[Document] = LIVE

    def __init__(self, objectives: MongoCollection[Document], key_results: MongoCollection[Document]) -> None:
        super().__init__(objectives)
        self._key_result_documents = key_results
        self._raw_objectives, self._raw_key_results = unread(objectives), unread(key_results)
        self._tallies = Tallies(key_results)

    def tops(self, sight: Sight, cycle_id: str, window: Window) -> Slice[Objective]:
        """Those that hang under nothing, company first."""
        top = {"cycle_id": cycle_id, "under_id": None, **LIVE}
        query = {"$and": [seen_objectives(sight), top]}
        if window.after is not None:
            query = {"$and": [query, behind(DISPLAYED, window.after)]}
        found = self._rows(query, window.limit + 1)
        more = len(found) > window.limit
        return Slice(found[: window.limit], rank(found[window.limit - 1]) if more else None)

    def hidden_tops(self, sight: Sight, cycle_id: str) -> Sequence[str]:
        """The ids of those that hang under nothing and may not be seen.

        Something visible may hang beneath.
        """
        if sight.everything:
            return []
        top = {"organisation_id": sight.organisation_id, "cycle_id": cycle_id, "under_id": None, **LIVE}
        hidden = {"visibility": {"$ne": "organisation"}, "$nor": [seen_objectives(sight)]}
        found = self._collection.find({**top, **hidden}, {"_id": 1}).sort(DISPLAYED)
        return [document["_id"] for document in found]

    def directly_beneath(
        self, organisation_id: str, objective_ids: Collection[str], limit: int
    ) -> Sequence[Objective]:
        """What hangs directly under these objectives, also what may not be seen."""
        if not objective_ids:
            return []
        query = {"organisation_id": organisation_id, "under_id": {"$in": list(objective_ids)}, **LIVE}
        return self._rows(query, limit)

    def numbers_beneath(self, sight: Sight, objective_ids: Collection[str]) -> Mapping[str, int]:
        """How many that may be seen hang directly under each of these objectives."""
        wanted = {"under_id": {"$in": list(objective_ids)}, **LIVE}
        steps: list[Document] = [
            {"$match": {"$and": [seen_objectives(sight), wanted]}},
            {"$group": {"_id": "$under_id", "number": {"$sum": 1}}},
        ]
        return {group["_id"]: group["number"] for group in self._collection.aggregate(steps)}

    def of_objectives(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[KeyResult]:
        """All live ones of these objectives as rows show them, in no order."""
        if not objective_ids:
            return []
        return self._key_results(organisation_id, {"objective_id": {"$in": list(objective_ids)}})

    def named(self, organisation_id: str, key_result_ids: Collection[str]) -> Sequence[KeyResult]:
        """Return these live key results as rows show them, in no order."""
        if not key_result_ids:
            return []
        return self._key_results(organisation_id, {"_id": {"$in": list(key_result_ids)}})

    def unread(self, sight: Sight, objective_ids: Collection[str]) -> Mapping[str, Unread]:
        """Count the key results of each objective that may be seen; none is left out."""
        if not objective_ids:
            return {}
        wanted = {"objective_id": {"$in": list(objective_ids)}, **LIVE}
        steps: list[Document] = [
            {"$match": {"$and": [seen_key_results(sight), wanted]}},
            {
                "$group": {
                    "_id": "$objective_id",
                    "number": {"$sum": 1},
                    "day": {"$min": "$standing.next_check_in_on"},
                }
            },
        ]
        return {
            group["_id"]: Unread(group["number"], date.fromisoformat(group["day"]) if group["day"] else None)
            for group in self._key_result_documents.aggregate(steps)
        }

    def above(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[Objective]:
        """These objectives and all above them, also those that may not be seen."""
        return self._with(
            organisation_id, objective_ids, above(self._collection.name, organisation_id, objective_ids)
        )

    def matching(self, sight: Sight, wanted: ObjectiveFilter) -> Sequence[str]:
        """The ids of the objectives that match."""
        return [found["_id"] for found in self._collection.find(objective_query(sight, wanted), {"_id": 1})]

    def matching_key_results(self, sight: Sight, wanted: KeyResultFilter) -> Sequence[KeyResult]:
        """The key results that match."""
        found = self._raw_key_results.find(key_result_query(sight, wanted), KEY_RESULT_ROW)
        return [key_result_in(document.raw) for document in found]

    def counts(self, sight: Sight, cycle_id: str) -> Counts:
        """How the key results of the cycle stand; may be some seconds old."""
        return self._tallies.counts(sight, cycle_id)

    def _key_results(self, organisation_id: str, narrow: Document) -> Sequence[KeyResult]:
        query = {"organisation_id": organisation_id, **narrow, **LIVE}
        found = self._raw_key_results.find(query, KEY_RESULT_ROW).to_list()
        return [key_result_in(document.raw) for document in found]

    def _rows(self, query: Document, limit: int) -> list[Objective]:
        found = self._raw_objectives.find(query, OBJECTIVE_ROW).sort(DISPLAYED).limit(limit)
        return [objective_in(document.raw) for document in found.to_list()]

    def _with(
        self, organisation_id: str, objective_ids: Collection[str], walk: list[Document]
    ) -> Sequence[Objective]:
        if not objective_ids:
            return []
        found = self.many(organisation_id, objective_ids)
        found |= {document["_id"]: self._entity(document) for document in self._collection.aggregate(walk)}
        return list(found.values())
