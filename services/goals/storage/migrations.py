"""What has to be done once to a database, in order. Each step bears being repeated."""

from __future__ import annotations

from pymongo.database import Database

from libs.chassis.mongo import Step, run_migrations
from services.goals.storage.documents import Document
from services.goals.storage.indexes import make_indexes

STEPS: tuple[Step, ...] = ()


def migrate(database: Database[Document]) -> list[str]:
    """The indexes exist and every step has been done; the names of those done now are returned."""
    make_indexes(database)
    return run_migrations(database, STEPS)
