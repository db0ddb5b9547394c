"""What is wanted and may be seen, as the filters of queries."""

from __future__ import annotations

import re
from typing import Any

from services.goals.domain.objective import ABANDONED, OPEN
from services.goals.storage.documents import Document
from services.goals.usecases.ports import KeyResultFilter, ObjectiveFilter, Sight

LIVE: Document = {"state": {"$in": [OPEN, ABANDONED]}}


def objective_query(sight: Sight, wanted: ObjectiveFilter) -> Document:
    """The filter of the objectives that are wanted and may be seen."""
    query: dict[str, Any] = dict(LIVE)
    given = {
        "cycle_id": wanted.cycle_id,
        "team_id": wanted.team_id,
        "owner_id": wanted.owner_id,
        "level": wanted.level,
        "parent.id": wanted.parent_id,
        "under_id": wanted.under_id,
    }
    query |= {name: value for name, value in given.items() if value is not None}
    if wanted.text is not None:
        query["title"] = _contains(wanted.text)
    return {"$and": [seen_objectives(sight), query]}


def key_result_query(sight: Sight, wanted: KeyResultFilter) -> Document:
    """The filter of the key results that are wanted and may be seen."""
    query: dict[str, Any] = dict(LIVE)
    given = {"cycle_id": wanted.cycle_id, "team_id": wanted.team_id, "objective_id": wanted.objective_id}
    query |= {name: value for name, value in given.items() if value is not None}
    if wanted.ids is not None:
        query["_id"] = {"$in": sorted(wanted.ids)}
    if wanted.text is not None:
        query["title"] = _contains(wanted.text)
    if wanted.statuses is not None:
        query["standing.status"] = {"$in": [*sorted(wanted.statuses), *([None] if wanted.unread else [])]}
    if wanted.owner_id is not None:
        query["$or"] = [{"owner_id": wanted.owner_id}, {"delegate_id": wanted.owner_id}]
    return {"$and": [seen_key_results(sight), query]}


def _contains(text: str) -> Document:
    return {"$regex": re.escape(text), "$options": "i"}


def seen_objectives(sight: Sight) -> Document:
    """The objectives of the organisation that may be seen."""
    return _seen(sight, ["owner_id"])


def seen_key_results(sight: Sight) -> Document:
    """The key results of the organisation that may be seen."""
    return _seen(sight, ["owner_id", "delegate_id", "objective_owner_id"])


def restricted(sight: Sight) -> Document:
    """Of what not everybody in the organisation may see, the key results that this person may."""
    options: list[Document] = [
        {name: sight.person_id} for name in ("owner_id", "delegate_id", "objective_owner_id")
    ]
    if sight.team_ids:
        options.append({"visibility": "team", "team_id": {"$in": sorted(sight.team_ids)}})
    return {"visibility": {"$in": ["team", "private"]}, "$or": options}


def _seen(sight: Sight, owners: list[str]) -> Document:
    base: Document = {"organisation_id": sight.organisation_id}
    if sight.everything:
        return base
    options: list[Document] = [{"visibility": "organisation"}]
    options += [{name: sight.person_id} for name in owners]
    if sight.team_ids:
        options.append({"visibility": "team", "team_id": {"$in": sorted(sight.team_ids)}})
    return base | {"$or": options}
