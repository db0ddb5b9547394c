"""What every repository does: one document per write, with its events, by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from pymongo import UpdateOne
from pymongo.collection import Collection as MongoCollection
from pymongo.errors import DuplicateKeyError

from libs.contracts.codec import Payload
from services.goals.domain.record import Nested, Record
from services.goals.storage.documents import Document, document_of, entity_of
from services.goals.storage.indexes import BY_ID
from services.goals.storage.outgoing import outgoing
from services.goals.usecases.ports import LostRace, Slice, Taken, Window

T = TypeVar("T", bound=Record)
N = TypeVar("N", bound=Nested)


class Repository(Generic[T]):
    """Documents of one kind; every query names the organisation."""

    entity: ClassVar[type[Any]]
    live: ClassVar[Document] = {}
    unique: ClassVar[Mapping[str, str]] = {}

    def __init__(self, collection: MongoCollection[Document]) -> None:
        self._collection = collection

    def get(self, organisation_id: str, item_id: str) -> T | None:
        """The live document, or None; also when another organisation has it."""
        found = self._collection.find_one(
            {"_id": item_id, "organisation_id": organisation_id, **self.live}, _WITHOUT
        )
        return None if found is None else self._entity(found)

    def many(self, organisation_id: str, item_ids: Collection[str]) -> dict[str, T]:
        """Those of these documents that are live, by id."""
        if not item_ids:
            return {}
        found = self._find({"_id": {"$in": list(item_ids)}, "organisation_id": organisation_id, **self.live})
        return {item.id: item for item in found}

    def add(self, item: T, says: Sequence[Payload] = ()) -> None:
        """The document and its events are stored."""
        try:
            self._collection.insert_one({**document_of(item), "outbox": outgoing(item, item.seq, says)})
        except DuplicateKeyError as error:
            raise self._taken(error) from error

    def made_by(self, organisation_id: str, made_by: str) -> T | None:
        """What this person made with this idempotency key, deleted or not."""
        # The type is repeated because a partial index serves only a query that repeats its condition.
        query = {"organisation_id": organisation_id, "made_by": {"$eq": made_by, "$type": "string"}}
        found = self._collection.find_one(query, _WITHOUT)
        return None if found is None else self._entity(found)

    def save(self, item: T, says: Sequence[Payload] = (), *, edited: bool = True) -> T:
        """The document is replaced if nobody wrote it since it was read; the one now stored is returned."""
        return self._replace(item, says, edited=edited)

    def _replace(self, item: T, says: Sequence[Payload], *, edited: bool, without: Sequence[str] = ()) -> T:
        stored = replace(item, seq=item.seq + 1, rev=item.rev + 1 if edited else item.rev)
        fields = {name: value for name, value in document_of(stored).items() if name not in without}
        key = {"_id": fields.pop("_id"), "organisation_id": fields.pop("organisation_id"), "seq": item.seq}
        change: Document = {"$set": fields}
        if says:
            change["$push"] = {"outbox": {"$each": outgoing(stored, stored.seq, says)}}
        try:
            result = self._collection.update_one(key, change)
        except DuplicateKeyError as error:
            raise self._taken(error) from error
        if not result.matched_count:
            raise LostRace
        return stored

    def _find(self, query: Document) -> list[T]:
        return [self._entity(found) for found in self._collection.find(query, _WITHOUT)]

    def _page(
        self,
        query: Document,
        order: Sequence[tuple[str, int]],
        window: Window,
    ) -> Slice[T]:
        """A slice in this order; the last key is the id, so that no two items are equal."""
        narrowed = {"$and": [query, behind(order, window.after)]} if window.after is not None else query
        cursor = self._collection.find(narrowed, _WITHOUT).sort(list(order)).limit(window.limit + 1)
        found = list(cursor)
        last = found[window.limit - 1] if len(found) > window.limit else None
        after = None if last is None else tuple(last[name] for name, _ in order)
        return Slice([self._entity(document) for document in found[: window.limit]], after)

    def _entity(self, document: Document) -> T:
        return entity_of(self.entity, document)  # type: ignore[no-any-return]  # the class of this repository

    def _taken(self, error: DuplicateKeyError) -> Taken:
        keys = (error.details or {}).get("keyPattern", {})
        return Taken(next((self.unique[name] for name in keys if name in self.unique), "_id"))


class NestedRepository(Repository[N]):
    """Documents that were hung on others, which may have changed or gone in that very instant."""

    def recheck_due(self, limit: int) -> Sequence[N]:
        """Some that must be looked at again, deleted ones too."""
        return [self._entity(found) for found in self._collection.find({"recheck_due": True}).limit(limit)]

    def rechecked(self, items: Collection[N]) -> None:
        """These need not be looked at again, save those that somebody wrote since they were read.

        ``seq`` stays: nothing that anybody decides by has changed.
        """
        done = {"$set": {"recheck_due": False}}
        writes = [
            UpdateOne(
                {"_id": item.id, "organisation_id": item.organisation_id, "seq": item.seq}, done, hint=BY_ID
            )
            for item in items
        ]
        if writes:
            self._collection.bulk_write(writes, ordered=False)


_WITHOUT = {"outbox": 0}


def behind(order: Sequence[tuple[str, int]], after: Sequence[str | int]) -> Document:
    """What comes after these sort keys: equal in the first ones and beyond in the next."""
    options: list[Document] = []
    for number, (name, direction) in enumerate(order):
        equal = {order[before][0]: after[before] for before in range(number)}
        options.append({**equal, name: {"$gt" if direction > 0 else "$lt": after[number]}})
    return {"$or": options}
