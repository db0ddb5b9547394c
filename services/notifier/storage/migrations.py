"""What a fresh or older database needs before this version works with it."""

from __future__ import annotations

from pymongo.database import Database

from libs.chassis import mongo
from services.notifier.storage import ledger
from services.notifier.storage.documents import Document


def _make_indexes(database: Database[Document]) -> None:
    mongo.ensure_indexes(database["ledger"], ledger.INDEXES)


STEPS: tuple[mongo.Step, ...] = (("0001_indexes", _make_indexes),)
