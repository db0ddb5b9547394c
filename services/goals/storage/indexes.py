"""Every index with the question that it answers.

Organisation first, so that each collection can be sharded by it.
"""

from __future__ import annotations

from typing import Final

from pymongo import IndexModel
from pymongo.database import Database

from libs.chassis.mongo import ensure_indexes
from libs.chassis.outbox import OUTBOX_INDEX
from services.goals.storage.documents import Document

# Said with every write of a batch: the organisation beside the id would have the server weigh a dozen indexes
# against each other, for each statement anew.
BY_ID: Final = "_id_"
ROLLUP_DUE: Final = "rollup_due"
_DUE: Final = IndexModel(
    [("updated_at", 1)], name=ROLLUP_DUE, partialFilterExpression={"rollup_due.0": {"$exists": True}}
)

_MADE_BY: Final = IndexModel(
    [("organisation_id", 1), ("made_by", 1)],
    unique=True,
    name="made_by",
    partialFilterExpression={"made_by": {"$type": "string"}},
)

_RECHECK: Final = IndexModel(
    [("recheck_due", 1)], name="recheck_due", partialFilterExpression={"recheck_due": True}
)

INDEXES: Final[dict[str, list[IndexModel]]] = {
    "organisations": [
        OUTBOX_INDEX,
        IndexModel([("slug", 1)], unique=True, name="slug"),
        IndexModel([("time_zone", 1), ("judged_on", 1)], name="judged"),
    ],
    "people": [
        OUTBOX_INDEX,
        _MADE_BY,
        IndexModel([("organisation_id", 1), ("email_key", 1)], unique=True, name="email"),
        IndexModel(
            [("organisation_id", 1), ("address_key", 1)],
            unique=True,
            name="address",
            partialFilterExpression={"address_key": {"$type": "string"}},
        ),
        IndexModel([("organisation_id", 1), ("name_key", 1), ("_id", 1)], name="by_name"),
        IndexModel([("organisation_id", 1), ("role", 1), ("state", 1)], name="admins"),
    ],
    "teams": [
        OUTBOX_INDEX,
        _MADE_BY,
        _RECHECK,
        IndexModel(
            [("organisation_id", 1), ("slug", 1)],
            unique=True,
            name="slug",
            partialFilterExpression={"state": "live"},
        ),
        IndexModel([("organisation_id", 1), ("state", 1), ("name_key", 1), ("_id", 1)], name="by_name"),
        IndexModel([("organisation_id", 1), ("lead_id", 1)], name="led_by"),
        IndexModel([("organisation_id", 1), ("member_ids", 1)], name="members"),
    ],
    "cycles": [
        OUTBOX_INDEX,
        _MADE_BY,
        IndexModel([("organisation_id", 1), ("starts_on", -1), ("_id", -1)], name="latest"),
        IndexModel([("judge_due", 1)], name="judge_due", partialFilterExpression={"judge_due": True}),
    ],
    "objectives": [
        OUTBOX_INDEX,
        _MADE_BY,
        _DUE,
        _RECHECK,
        IndexModel(
            [("announce_due", 1)], name="announce_due", partialFilterExpression={"announce_due": True}
        ),
        IndexModel(
            [("organisation_id", 1), ("cycle_id", 1), ("under_id", 1), ("rank", 1), ("_id", 1)], name="tops"
        ),
        IndexModel([("organisation_id", 1), ("rank", 1), ("_id", 1)], name="listed"),
        IndexModel([("organisation_id", 1), ("under_id", 1)], name="beneath"),
        IndexModel([("organisation_id", 1), ("parent.id", 1)], name="parent"),
        IndexModel([("organisation_id", 1), ("team_id", 1), ("cycle_id", 1)], name="of_team"),
        IndexModel([("organisation_id", 1), ("owner_id", 1), ("cycle_id", 1)], name="of_owner"),
    ],
    "key_results": [
        OUTBOX_INDEX,
        _MADE_BY,
        _DUE,
        _RECHECK,
        IndexModel([("organisation_id", 1), ("objective_id", 1), ("state", 1)], name="of_objective"),
        IndexModel([("organisation_id", 1), ("cycle_id", 1), ("standing.status", 1)], name="standing"),
        IndexModel(
            [
                ("organisation_id", 1),
                ("cycle_id", 1),
                ("state", 1),
                ("visibility", 1),
                ("standing.status", 1),
            ],
            name="counted",
        ),
        IndexModel([("organisation_id", 1), ("_id", 1)], name="listed"),
        IndexModel([("organisation_id", 1), ("owner_id", 1), ("cycle_id", 1)], name="of_owner"),
        IndexModel([("organisation_id", 1), ("delegate_id", 1), ("cycle_id", 1)], name="of_delegate"),
        IndexModel([("organisation_id", 1), ("team_id", 1), ("cycle_id", 1)], name="of_team"),
    ],
}


def make_indexes(database: Database[Document]) -> None:
    """Every collection has its indexes."""
    for name, indexes in INDEXES.items():
        ensure_indexes(database[name], indexes)
