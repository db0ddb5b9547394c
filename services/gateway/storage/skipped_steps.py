"""Which first steps an organisation has skipped: one document for each organisation that did."""

from __future__ import annotations

from pymongo.database import Database

from libs.chassis.mongo import Document, translate_errors
from services.gateway.domain.first_steps import Step

COLLECTION = "skipped_steps"


class MongoSkippedSteps:
    """Implements the port ``SkippedSteps``."""

    def __init__(self, database: Database[Document]) -> None:
        """``database`` is the gateway's own."""
        self._collection = database[COLLECTION]

    def of(self, organisation_id: str) -> frozenset[Step]:
        """See the port."""
        with translate_errors():
            found = self._collection.find_one({"_id": organisation_id})
        known = {step.value for step in Step}
        return frozenset(Step(name) for name in (found or {}).get("steps", []) if name in known)

    def skip(self, organisation_id: str, step: Step) -> None:
        """See the port."""
        with translate_errors():
            self._collection.update_one(
                {"_id": organisation_id}, {"$addToSet": {"steps": step.value}}, upsert=True
            )
