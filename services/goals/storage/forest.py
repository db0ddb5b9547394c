"""The objectives of a cycle as trees; what each call reads does not grow in number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from pymongo.collection import Collection as MongoCollection

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.storage.documents import Document, entity_of
from services.goals.storage.queries import (
    LIVE,
    key_result_query,
    objective_query,
    seen_key_results,
    seen_objectives,
)
from services.goals.storage.repository import Repository
from services.goals.storage.walks import above, beneath
from services.goals.usecases.ports import Counts, KeyResultFilter, ObjectiveFilter, Sight, Slice, Window


class MongoForest(Repository[Objective]):
    """Objectives with their key results, read across a whole cycle."""

    entity = Objective
    live: ClassVar[Document] = LIVE

    def __init__(self, objectives: MongoCollection[Document], key_results: MongoCollection[Document]) -> None:
        super().__init__(objectives)
        self._key_results = key_results

    def tops(self, sight: Sight, cycle_id: str, window: Window) -> Slice[Objective]:
        """Those that hang under nothing, company first."""
        top = {"cycle_id": cycle_id, "under_id": None, **LIVE}
        return self._page({"$and": [seen_objectives(sight), top]}, [("rank", 1), ("_id", 1)], window)

    def hidden_tops(self, sight: Sight, cycle_id: str) -> Sequence[str]:
        """The ids of those that hang under nothing and may not be seen.

        Something visible may hang beneath.
        """
        if sight.everything:
            return []
        top = {"organisation_id": sight.organisation_id, "cycle_id": cycle_id, "under_id": None, **LIVE}
        hidden = {"visibility": {"$ne": "organisation"}, "$nor": [seen_objectives(sight)]}
        found = self._collection.find({**top, **hidden}, {"_id": 1}).sort([("rank", 1), ("_id", 1)])
        return [document["_id"] for document in found]

    def beneath(self, organisation_id: str, objective_ids: Collection[str]) -> Sequence[Objective]:
        """These objectives and all beneath them, also those that may not be seen."""
        return self._with(
            organisation_id, objective_ids, beneath(self._collection.name, organisation_id, objective_ids)
        )

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
        found = self._key_results.find(key_result_query(sight, wanted), {"outbox": 0})
        return [entity_of(KeyResult, document) for document in found]

    def counts(self, sight: Sight, cycle_id: str) -> Counts:
        """How the key results of the cycle stand."""
        mine = {"$or": [{"$eq": ["$owner_id", sight.person_id]}, {"$eq": ["$delegate_id", sight.person_id]}]}
        groups = list(
            self._key_results.aggregate(
                [
                    {"$match": {"$and": [seen_key_results(sight), {"cycle_id": cycle_id, **LIVE}]}},
                    {
                        "$group": {
                            "_id": "$standing.status",
                            "all": {"$sum": 1},
                            "mine": {"$sum": {"$cond": [mine, 1, 0]}},
                        }
                    },
                ]
            )
        )
        return Counts(
            {group["_id"]: group["all"] for group in groups}, sum(group["mine"] for group in groups)
        )

    def _with(
        self, organisation_id: str, objective_ids: Collection[str], walk: list[Document]
    ) -> Sequence[Objective]:
        if not objective_ids:
            return []
        found = self.many(organisation_id, objective_ids)
        found |= {document["_id"]: self._entity(document) for document in self._collection.aggregate(walk)}
        return list(found.values())
