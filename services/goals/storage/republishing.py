"""Every document announced anew, so that any service can rebuild its copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database

from libs.contracts.codec import Payload
from services.goals.domain.record import Record
from services.goals.storage.documents import Document, entity_of
from services.goals.storage.outgoing import outgoing

Announcements = Mapping[str, tuple[type[Record], Callable[[Any], Payload]]]
_BATCH = 500


def republish(database: Database[Document], announcements: Announcements) -> dict[str, int]:
    """Each document's newest state waits in its outbox under its present ``seq``; how many, by collection.

    A copy that is up to date ignores it; a document that changes meanwhile announces itself with a greater
    ``seq``.
    """
    return {
        name: _announce(database, name, entity, announce)
        for name, (entity, announce) in announcements.items()
    }


def _announce(
    database: Database[Document], name: str, entity: type[Record], announce: Callable[[Any], Payload]
) -> int:
    count = 0
    writes: list[UpdateOne] = []
    for document in database[name].find({}, {"outbox": 0}):
        item = entity_of(entity, document)
        said = outgoing(item, item.seq, [announce(item)])
        key = {"_id": item.id, "organisation_id": item.organisation_id, "seq": item.seq}
        writes.append(UpdateOne(key, {"$push": {"outbox": {"$each": said}}}))
        if len(writes) == _BATCH:
            count += database[name].bulk_write(writes, ordered=False).modified_count
            writes = []
    if writes:
        count += database[name].bulk_write(writes, ordered=False).modified_count
    return count
