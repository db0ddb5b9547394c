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
Additions = Mapping[str, Callable[[Any], Payload | None]]
_BATCH = 500


def republish(
    database: Database[Document], announcements: Announcements, additions: Additions
) -> dict[str, int]:
    """Each document's newest state waits in its outbox under its present ``seq``; how many, by collection.

    ``additions`` say what else there is to tell of a document of a collection, if anything.
    A copy that is up to date ignores it; a document that changes meanwhile announces itself with a greater
    ``seq``.
    """
    return {
        name: _announce(database, name, entity, announce, additions.get(name))
        for name, (entity, announce) in announcements.items()
    }


def _announce(
    database: Database[Document],
    name: str,
    entity: type[Record],
    announce: Callable[[Any], Payload],
    add: Callable[[Any], Payload | None] | None,
) -> int:
    count = 0
    writes: list[UpdateOne] = []
    for document in database[name].find({}, {"outbox": 0}):
        item = entity_of(entity, document)
        more = add(item) if add is not None else None
        said = outgoing(item, item.seq, [announce(item), *([more] if more is not None else [])])
        key = {"_id": item.id, "organisation_id": item.organisation_id, "seq": item.seq}
        writes.append(UpdateOne(key, {"$push": {"outbox": {"$each": said}}}))
        if len(writes) == _BATCH:
            count += database[name].bulk_write(writes, ordered=False).modified_count
            writes = []
    if writes:
        count += database[name].bulk_write(writes, ordered=False).modified_count
    return count
