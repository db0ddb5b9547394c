"""What people chose about mail, and addresses that bounced."""

from __future__ import annotations

from collections.abc import Mapping

from pymongo.database import Database

from libs.chassis import mongo
from services.notifier.domain.kinds import CHOOSABLE_KINDS, Delivery, MailKind
from services.notifier.storage.documents import Document


class MongoPreferences:
    """One document per person."""

    def __init__(self, database: Database[Document]) -> None:
        """People who chose nothing have no document."""
        self._preferences = database["preferences"]

    def of(self, organisation_id: str, person_id: str) -> dict[MailKind, Delivery]:
        """What the person chose; kinds that they never touched are absent."""
        with mongo.translate_errors():
            document = self._preferences.find_one({"_id": person_id, "organisation_id": organisation_id})
        chosen = {} if document is None else document["choices"]
        return {MailKind(kind): Delivery(how) for kind, how in chosen.items() if kind in CHOOSABLE_KINDS}

    def change(self, organisation_id: str, person_id: str, choices: Mapping[MailKind, Delivery]) -> None:
        """These kinds are delivered so; others stay as they were."""
        fields = {f"choices.{kind}": str(how) for kind, how in choices.items()}
        with mongo.translate_errors():
            self._preferences.update_one(
                {"_id": person_id, "organisation_id": organisation_id},
                {"$set": {**fields, "updated_at": mongo.now()}},
                upsert=True,
            )


class MongoSuppressions:
    """One document per organisation and address."""

    def __init__(self, database: Database[Document]) -> None:
        """An address stays until an operator removes its document."""
        self._suppressions = database["suppressions"]

    def add(self, organisation_id: str, email: str, detail: str) -> None:
        """The address gets no more mail but what its owner asks for."""
        with mongo.translate_errors():
            self._suppressions.update_one(
                {"_id": _key(organisation_id, email)},
                {
                    "$set": {"detail": detail, "at": mongo.now()},
                    "$setOnInsert": {"organisation_id": organisation_id},
                },
                upsert=True,
            )

    def has(self, organisation_id: str, email: str) -> bool:
        """Whether the address bounced."""
        with mongo.translate_errors():
            return self._suppressions.find_one({"_id": _key(organisation_id, email)}, {"_id": 1}) is not None


def _key(organisation_id: str, email: str) -> str:
    return f"{organisation_id}:{email.casefold()}"
