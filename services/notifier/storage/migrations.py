"""What a fresh or older database needs before this version works with it."""

from __future__ import annotations

from datetime import timedelta

from pymongo.database import Database

from libs.chassis import mongo
from services.notifier.storage import ledger
from services.notifier.storage.documents import Document

_FIRST_KEPT = timedelta(days=365)


def forget_what_was_settled_before(database: Database[Document]) -> None:
    """Mails settled before there was a retention are forgotten after the usual one."""
    settled = {"finished_at": {"$type": "date"}, "forget_at": {"$exists": False}}
    forget_at = {"$add": ["$finished_at", int(_FIRST_KEPT / timedelta(milliseconds=1))]}
    database["ledger"].update_many(settled, [{"$set": {"forget_at": forget_at}}])


STEPS: tuple[mongo.Step, ...] = (("forget-settled-mails", forget_what_was_settled_before),)


def migrate(database: Database[Document]) -> list[str]:
    """The indexes exist and every step has been done; the names of those done now are returned."""
    mongo.ensure_indexes(database["ledger"], ledger.INDEXES)
    return mongo.run_migrations(database, STEPS)
