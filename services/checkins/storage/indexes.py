"""Every index, with the question that it answers. Indexes of what is owed are partial.

They are empty when nothing is.
"""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

from libs.chassis.mongo import ensure_indexes
from libs.chassis.outbox import OUTBOX_INDEX

UNIQUE_SEQ = "unique_seq"
UNIQUE_REQUEST = "unique_request"

CHECK_INS = [
    IndexModel([("key_result_id", ASCENDING), ("seq", DESCENDING)], unique=True, name=UNIQUE_SEQ),
    # One text, not an array: an index over an array is unique per element.
    IndexModel(
        [("request_id", ASCENDING)],
        unique=True,
        partialFilterExpression={"request_id": {"$type": "string"}},
        name=UNIQUE_REQUEST,
    ),
    IndexModel(
        [("standing_due", ASCENDING), ("recorded_at", ASCENDING)],
        partialFilterExpression={"standing_due": True},
        name="unsettled",
    ),
    IndexModel(
        [
            ("key_result_id", ASCENDING),
            ("revision_of", ASCENDING),
            ("as_of", DESCENDING),
            ("seq", DESCENDING),
        ],
        name="history",
    ),
    IndexModel(
        [("revision_of", ASCENDING), ("seq", ASCENDING)],
        partialFilterExpression={"revision_of": {"$type": "string"}},
        name="versions",
    ),
    OUTBOX_INDEX,
]

_RUNNING = {"evaluate_at": {"$type": "date"}}

KEY_RESULTS = [
    IndexModel(
        [("organisation_id", ASCENDING), ("owner_id", ASCENDING)],
        partialFilterExpression=_RUNNING,
        name="owner",
    ),
    IndexModel(
        [("organisation_id", ASCENDING), ("delegate_id", ASCENDING)],
        partialFilterExpression=_RUNNING,
        name="delegate",
    ),
    IndexModel([("organisation_id", ASCENDING), ("team_id", ASCENDING)], name="team"),
    IndexModel([("cycle_id", ASCENDING)], name="cycle"),
    IndexModel([("evaluate_at", ASCENDING)], partialFilterExpression=_RUNNING, name="evaluation_due"),
    IndexModel(
        [("reminder.at", ASCENDING)],
        partialFilterExpression={"reminder.at": {"$type": "date"}},
        name="reminder_due",
    ),
    OUTBOX_INDEX,
]

_HALF_A_YEAR = 180 * 24 * 3600

REMINDERS = [
    IndexModel([("at", ASCENDING)], expireAfterSeconds=_HALF_A_YEAR, name="forgotten"),
    OUTBOX_INDEX,
]


def ensure(database: Database[dict[str, Any]]) -> None:
    """Every collection has its indexes."""
    ensure_indexes(database["check_ins"], CHECK_INS)
    ensure_indexes(database["key_results"], KEY_RESULTS)
    ensure_indexes(database["reminders"], REMINDERS)
