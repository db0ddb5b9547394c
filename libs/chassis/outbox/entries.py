"""How events wait in the document whose change they tell of."""

from __future__ import annotations

from typing import Any, Final

from pymongo import IndexModel

from libs.chassis import mongo
from libs.chassis.bus import Event

FIELD: Final = "outbox"
OWING: Final[dict[str, Any]] = {"outbox.0": {"$exists": True}}
INDEX_NAME: Final = "outbox_owing"

# Partial, so that it holds no key for the many documents that owe nothing.
OUTBOX_INDEX: Final = IndexModel([("outbox.at", 1)], name=INDEX_NAME, partialFilterExpression=OWING)


def pending(*events: Event) -> list[dict[str, Any]]:
    """The entries to insert as ``outbox``, in order.

    To add them to a document: ``{"$push": {"outbox": {"$each": pending(event)}}}``.
    """
    at = mongo.now()
    return [{**event.to_document(), "at": at} for event in events]
