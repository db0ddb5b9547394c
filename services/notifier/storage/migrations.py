"""What a fresh or older database needs before this version works with it."""

from __future__ import annotations

from datetime import timedelta

from pymongo.database import Database

from libs.chassis import mongo
from libs.language.addresses import address_key
from services.notifier.storage import ledger
from services.notifier.storage.documents import Document

_FIRST_KEPT = timedelta(days=365)


def forget_what_was_settled_before(database: Database[Document]) -> None:
    """Mails settled before there was a retention are forgotten after the usual one."""
    settled = {"finished_at": {"$type": "date"}, "forget_at": {"$exists": False}}
    forget_at = {"$add": ["$finished_at", int(_FIRST_KEPT / timedelta(milliseconds=1))]}
    database["ledger"].update_many(settled, [{"$set": {"forget_at": forget_at}}])


def suppress_every_spelling(database: Database[Document]) -> None:
    """Addresses that bounced are suppressed however they are spelled; what older versions read stays."""
    suppressions = database["suppressions"]
    for known in suppressions.find():
        organisation_id, _, email = known["_id"].partition(":")
        key = f"{organisation_id}:{address_key(email)}"
        if key != known["_id"]:
            fields = {name: value for name, value in known.items() if name != "_id"}
            suppressions.update_one({"_id": key}, {"$setOnInsert": fields}, upsert=True)


STEPS: tuple[mongo.Step, ...] = (
    ("forget-settled-mails", forget_what_was_settled_before),
    ("suppress-every-spelling", suppress_every_spelling),
)


def migrate(database: Database[Document]) -> list[str]:
    """The indexes exist and every step has been done; the names of those done now are returned."""
    mongo.ensure_indexes(database["ledger"], ledger.INDEXES)
    return mongo.run_migrations(database, STEPS)
