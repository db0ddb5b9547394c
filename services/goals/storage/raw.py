"""Entities by the bytes of their documents.

The pages of an organisation show the same objectives and key results over and over, and of what the database
sends for a page hardly anything has changed since the last one. Bytes that were read before are the same
entity, which is frozen and can be shared: it is not decoded and built once more.
"""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import Final

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.storage.documents import Document, entity_of

KEPT: Final = 8192
_CODEC: Final = CodecOptions[Document](tz_aware=True, tzinfo=UTC)
_UNREAD: Final = CodecOptions[RawBSONDocument](document_class=RawBSONDocument)


def unread(collection: Collection[Document]) -> Collection[RawBSONDocument]:
    """The collection, its documents as the bytes that the database sent."""
    return collection.with_options(codec_options=_UNREAD)


@lru_cache(maxsize=KEPT)
def objective_in(raw: bytes) -> Objective:
    """The objective that these bytes say."""
    return entity_of(Objective, bson.decode(raw, _CODEC))


@lru_cache(maxsize=KEPT)
def key_result_in(raw: bytes) -> KeyResult:
    """The key result that these bytes say."""
    return entity_of(KeyResult, bson.decode(raw, _CODEC))
