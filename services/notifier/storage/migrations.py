"""What a fresh or older database needs before this version works with it."""

from __future__ import annotations

from pymongo.database import Database

from libs.chassis import mongo
from services.notifier.storage import ledger
from services.notifier.storage.documents import Document

STEPS: tuple[mongo.Step, ...] = ()


def migrate(database: Database[Document]) -> list[str]:
    """The indexes exist and every step has been done; the names of those done now are returned."""
    mongo.ensure_indexes(database["ledger"], ledger.INDEXES)
    return mongo.run_migrations(database, STEPS)
