"""What people chose about mail, and addresses that bounced."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from libs.chassis import mongo
from libs.language.addresses import address_key
from services.notifier.domain.kinds import CHOOSABLE_KINDS, Delivery, MailKind
from services.notifier.storage.documents import Document


class MongoPreferences:
    """One document per person."""

    def __init__(self, database: Database[Document]) -> None:
        """People who chose nothing have no document."""
        self._preferences = database["preferences"]

    def of(self, organisation_id: str, person_id: str) -> dict[MailKind, Delivery]:
        """What the person chose; kinds that they never touched are absent."""
        return self.of_all(organisation_id, [person_id]).get(person_id, {})

    def of_all(
        self, organisation_id: str, person_ids: Collection[str]
    ) -> dict[str, dict[MailKind, Delivery]]:
        """What each of these people chose; who chose nothing is absent."""
        query = {"_id": {"$in": list(person_ids)}, "organisation_id": organisation_id}
        with mongo.translate_errors():
            return {found["_id"]: _chosen(found["choices"]) for found in self._preferences.find(query)}

    def rev_of(self, organisation_id: str, person_id: str) -> int:
        """Return how often the person has chosen; 0 where they never did, or an older version wrote it."""
        query = {"_id": person_id, "organisation_id": organisation_id}
        with mongo.translate_errors():
            found = self._preferences.find_one(query, {"rev": 1})
        return int(found.get("rev", 0)) if found else 0

    def change(
        self,
        organisation_id: str,
        person_id: str,
        choices: Mapping[MailKind, Delivery],
        rev: int | None = None,
    ) -> bool:
        """Deliver these kinds so, and the others as before. Return False when they changed since ``rev``."""
        fields = {f"choices.{kind}": str(how) for kind, how in choices.items()}
        query: Document = {"_id": person_id, "organisation_id": organisation_id}
        if rev is not None:
            query["rev"] = rev or {"$exists": False}
        with mongo.translate_errors():
            try:
                done = self._preferences.update_one(
                    query, {"$set": {**fields, "updated_at": mongo.now()}, "$inc": {"rev": 1}}, upsert=not rev
                )
            except DuplicateKeyError:  # there is a document, of another revision
                return False
        return bool(done.matched_count) or done.upserted_id is not None


class MongoSuppressions:
    """One document per organisation and address."""

    def __init__(self, database: Database[Document]) -> None:
        """An address stays until an operator removes its document."""
        self._suppressions = database["suppressions"]

    def add(self, organisation_id: str, email: str, detail: str) -> None:
        """The address gets no more mail but what its owner asks for."""
        with mongo.translate_errors():
            self._suppressions.update_one(
                {"_id": _keys(organisation_id, email)[0]},
                {
                    "$set": {"detail": detail, "at": mongo.now()},
                    "$setOnInsert": {"organisation_id": organisation_id},
                },
                upsert=True,
            )

    def has(self, organisation_id: str, email: str) -> bool:
        """Whether the address bounced."""
        return bool(self.among(organisation_id, [email]))

    def among(self, organisation_id: str, emails: Collection[str]) -> frozenset[str]:
        """Those of these addresses that bounced."""
        keys = {email: _keys(organisation_id, email) for email in emails}
        asked = {"_id": {"$in": sorted({key for pair in keys.values() for key in pair})}}
        with mongo.translate_errors():
            found = {document["_id"] for document in self._suppressions.find(asked, {"_id": 1})}
        return frozenset(email for email, pair in keys.items() if not found.isdisjoint(pair))


def _chosen(choices: Mapping[str, str]) -> dict[MailKind, Delivery]:
    return {MailKind(kind): Delivery(how) for kind, how in choices.items() if kind in CHOOSABLE_KINDS}


def _keys(organisation_id: str, email: str) -> tuple[str, str]:
    """The key of the address, and the one of before, by which older suppressions are still found (ADR 24)."""
    return f"{organisation_id}:{address_key(email)}", f"{organisation_id}:{email.casefold()}"
