"""The parts of HTTP that every resource shares: revisions, cursors, idempotency keys."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

import marshmallow as ma
from flask import request

from libs.chassis import problems
from libs.chassis.web.fields import QueryInteger, Schema, Text

T = TypeVar("T")
_KEY_LIMIT: Final = 200
_CURSOR_LIMIT: Final = 1000
_INT64: Final = 2**63
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_OURS: Final = re.compile(r'"([0-9]{1,15})"')
_ENTITY_TAG: Final = r'(W/)?"[!#-~]*"'
_ENTITY_TAGS: Final = re.compile(rf"{_ENTITY_TAG}(\s*,\s*{_ENTITY_TAG})*")

IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Any text that is new for each new write; repeating it repeats the answer, not the write.",
    "schema": {"type": "string", "minLength": 1, "maxLength": _KEY_LIMIT, "pattern": "^[!-~]+$"},
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that was read; 412 if somebody changed it since.",
    "schema": {"type": "string", "pattern": r'^((W/)?"[!#-~]*"|\*)$'},
}
IF_MATCH_OPTIONAL: Final = {**IF_MATCH, "required": False}


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list and, unless it ends here, the cursor of what follows."""

    items: Sequence[T]
    next: str | None = None


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of these items."""
    name = item.__name__.removesuffix("Schema") + "PageSchema"
    fields: dict[str, Any] = {
        "items": ma.fields.List(ma.fields.Nested(item), required=True),
        "next": ma.fields.String(
            required=True, allow_none=True, metadata={"description": "Send it as cursor to get what follows."}
        ),
    }
    return type(name, (Schema,), fields)


class PageQuery(Schema):
    """What every list understands. Derive from it to add filters."""

    limit = QueryInteger(1, 100, load_default=50, metadata={"description": "At most this many items."})
    cursor = Text(
        1,
        _CURSOR_LIMIT,
        load_default=lambda: None,
        metadata={"description": "`next` of the page before.", "pattern": "^[A-Za-z0-9_-]+$"},
    )


def encode_cursor(*keys: str | float | datetime) -> str:
    """An opaque cursor that stands behind the item with these sort keys."""
    plain = [key.astimezone(UTC).isoformat() if isinstance(key, datetime) else key for key in keys]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *types: type) -> tuple[Any, ...] | None:
    """The sort keys in a cursor, each of the given type (``str``, ``int``, ``float``, ``datetime``).

    No cursor gives None.

    Raises:
        problems.BadRequest: this API did not make it.
    """
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        if not isinstance(keys, list) or len(keys) != len(types):
            raise TypeError  # noqa: TRY301
        return tuple(_sort_key(key, expected) for key, expected in zip(keys, types, strict=True))
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        msg = "The cursor is not one of ours. Begin again without it."
        raise problems.BadRequest(msg, errors=[problems.FieldError("?cursor", msg)]) from error


def _sort_key(key: Any, expected: type) -> Any:
    if expected is datetime:
        instant = datetime.fromisoformat(key)
        if instant.tzinfo is None:
            raise ValueError(key)
        return instant.astimezone(UTC)  # what lies outside the calendar there cannot be stored
    if expected is float and isinstance(key, int) and not isinstance(key, bool):
        key = float(key)
    if not isinstance(key, expected) or isinstance(key, bool):
        raise TypeError(key)
    if isinstance(key, str):
        key.encode()  # a lone surrogate cannot be sent to the database
    if isinstance(key, int) and not -_INT64 <= key < _INT64:
        raise ValueError(key)
    return key


def etag_of(rev: int) -> str:
    """The ETag of a revision."""
    return f'"{rev}"'


def expected_rev(*, optional: bool = False) -> int | None:
    """The revision that the client read, from ``If-Match``.

    None for ``*`` or, if ``optional``, for no header.

    Raises:
        problems.PreconditionRequired: no header where one is needed.
        problems.PreconditionFailed: an ETag that no revision of ours can have.
        problems.BadRequest: no ETag at all.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if optional:
            return None
        msg = "Send If-Match with the ETag that you read, so that nobody's change is overwritten."
        raise problems.PreconditionRequired(msg)
    if header == "*":
        return None
    matched = _OURS.fullmatch(header)
    if matched is not None:
        return int(matched[1])
    if _ENTITY_TAGS.fullmatch(header) is not None:
        raise _stale()
    msg = 'If-Match takes an ETag in its quotes, such as "7".'
    raise problems.BadRequest(msg)


def require_match(rev: int, *, optional: bool = False) -> None:
    """The client has read this very revision.

    Raises:
        problems.PreconditionFailed: it has read another one.
        problems.PreconditionRequired: it does not say, and must (unless ``optional``).
    """
    expected = expected_rev(optional=optional)
    if expected is not None and expected != rev:
        raise _stale()


def _stale() -> problems.PreconditionFailed:
    return problems.PreconditionFailed(
        "Somebody changed it in the meantime. Read it again, then repeat your change."
    )


def idempotency_key() -> str:
    """The client's key for this write.

    Raises:
        problems.MissingIdempotencyKey: there is none, or it is longer than 200 characters or not printable.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > _KEY_LIMIT or not _PRINTABLE.fullmatch(key):
        raise problems.MissingIdempotencyKey(
            f"Send Idempotency-Key with 1 to {_KEY_LIMIT} printable characters, new for each new write."
        )
    return key
