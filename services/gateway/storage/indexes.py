"""Every index of the gateway's database, with the query that needs it."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

from libs.chassis.mongo import Document, ensure_indexes
from libs.chassis.outbox import OUTBOX_INDEX
from services.gateway.storage import accounts, api_tokens, audit, rates, reset_requests, sessions

AN_HOUR = 3600
A_MONTH = 30 * 24 * 3600
TWO_YEARS = 2 * 365 * 24 * 3600

INDEXES: dict[str, list[IndexModel]] = {
    accounts.COLLECTION: [
        IndexModel("email_key", unique=True, name=accounts.EMAIL_INDEX),  # signing in, in versions of before
        IndexModel(
            "address_key",
            unique=True,
            name=accounts.ADDRESS_INDEX,
            partialFilterExpression={"address_key": {"$type": "string"}},
        ),  # signing in
        IndexModel("invitation.digest", sparse=True),  # opening an invitation
        IndexModel("reset.digest", sparse=True),  # opening a reset link
        OUTBOX_INDEX,
    ],
    sessions.COLLECTION: [
        IndexModel("person_id"),  # signing out everywhere
        IndexModel("expires_at", expireAfterSeconds=0),
    ],
    api_tokens.COLLECTION: [
        IndexModel("token_id", unique=True),  # a form that is sent twice makes one
        IndexModel([("person_id", ASCENDING), ("created_at", DESCENDING)]),  # one's own list
        IndexModel("expires_at", expireAfterSeconds=A_MONTH),
    ],
    audit.COLLECTION: [
        IndexModel(
            [("organisation_id", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]
        ),  # reading the log
        IndexModel(
            [("organisation_id", ASCENDING), ("action", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]
        ),  # reading one kind of line
        IndexModel("at", expireAfterSeconds=TWO_YEARS),
    ],
    rates.COLLECTION: [IndexModel("ends_at", expireAfterSeconds=0)],
    reset_requests.COLLECTION: [
        IndexModel("free_at"),  # the next to answer
        IndexModel("at", expireAfterSeconds=AN_HOUR),  # whoever asked has long asked again
    ],
}


def make_indexes(database: Database[Document]) -> None:
    """Every collection has the indexes that its queries need."""
    for name, indexes in INDEXES.items():
        ensure_indexes(database[name], indexes)
