"""Walking up the trees of objectives on the server: one read, however deep, by following ``under_id``."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.goals.domain.objective import Objective
from services.goals.storage.documents import Document
from services.goals.storage.queries import LIVE


def above(name: str, organisation_id: str, objective_ids: Collection[str]) -> list[Document]:
    """Everything above these objectives, each once, in no order."""
    return [
        {"$match": {"_id": {"$in": list(objective_ids)}, "organisation_id": organisation_id, **LIVE}},
        # One walk for all of them: the frontier of each level is one indexed read.
        {"$group": {"_id": None, "starts": {"$addToSet": "$under_id"}}},
        {
            "$graphLookup": {
                "from": name,
                "startWith": "$starts",
                "connectFromField": "under_id",
                "connectToField": "_id",
                "as": "found",
                "restrictSearchWithMatch": {"organisation_id": organisation_id, **LIVE},
            }
        },
        {"$unwind": "$found"},
        {"$replaceRoot": {"newRoot": "$found"}},
        {"$unset": "outbox"},
    ]


def in_order_upwards(objective_id: str, found: Sequence[Objective]) -> list[Objective]:
    """The objective, what it hangs under, and so on; each once even where stored data loops."""
    by_id = {item.id: item for item in found}
    chain: list[Objective] = []
    current: str | None = objective_id
    while current is not None and (link := by_id.pop(current, None)) is not None:
        chain.append(link)
        current = link.under_id
    return chain
