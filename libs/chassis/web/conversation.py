"""The parts of HTTP that every resource shares: revisions, cursors, idempotency keys."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final, Generic, TypeVar

import marshmallow as ma
from flask import current_app, g, request

from libs.chassis import problems
from libs.chassis.web.fields import QueryInteger, Schema, Text

T = TypeVar("T")
_KEY_LIMIT: Final = 200
_CURSOR_LIMIT: Final = 1000
_INT64: Final = 2**63
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_ENTITY_TAG: Final = r'(W/)?"[!#-~]*"'
_ENTITY_TAGS: Final = re.compile(rf"{_ENTITY_TAG}(\s*,\s*{_ENTITY_TAG})*")
# Behind the revision may stand what tells one answer from another: a digest of ours, a coding of a proxy's.
_REVISION: Final = re.compile(r'(?:W/)?"([0-9]{1,15})(?:[.;:+-][!#-~]*)?"')
_REVISIONS_LIMIT: Final = 10

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
    "description": "The ETag that was read, or several; 412 if somebody changed it since.",
    "schema": {"type": "string", "pattern": r'^((W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*|\*)$'},
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

    None for ``*`` or, if ``optional``, for no header. Of several revisions it is the one that is being tried
    (:func:`for_each_revision`).

    Raises:
        problems.PreconditionRequired: no header where one is needed.
        problems.PreconditionFailed: an ETag that no revision of ours can have.
        problems.BadRequest: no ETag at all.
    """
    if "revision" in g:
        return int(g.revision)
    header = request.headers.get("If-Match")
    if header is None:
        if optional:
            return None
        msg = "Send If-Match with the ETag that you read, so that nobody's change is overwritten."
        raise problems.PreconditionRequired(msg)
    if header.strip() == "*":
        return None
    found = revisions_of(header.strip())
    if not found:
        raise _stale()
    return found[0]


def revisions_of(header: str) -> list[int]:
    """Return the revisions in a list of entity tags, each once.

    Our tags count revisions. Weak or strong, of this coding or that: the revision is compared, other than RFC
    9110 section 13.1.1 has it (ADR 28).

    Raises:
        problems.BadRequest: it is no list of entity tags, or holds too many revisions.
    """
    if _ENTITY_TAGS.fullmatch(header) is None:
        msg = 'If-Match takes an ETag in its quotes, such as "7".'
        raise problems.BadRequest(msg)
    # None of our tags holds a comma.
    tags = (tag.strip() for tag in header.split(","))
    found = dict.fromkeys(int(match[1]) for match in map(_REVISION.fullmatch, tags) if match is not None)
    if len(found) > _REVISIONS_LIMIT:
        msg = f"If-Match takes at most {_REVISIONS_LIMIT} revisions."
        raise problems.BadRequest(msg)
    return list(found)


def for_each_revision(view: Callable[..., T]) -> Callable[..., T]:
    """Call the view for one revision of ``If-Match`` after the other, until one is not refused as stale.

    What is refused has done nothing, so at most one of the calls does something.
    """

    @wraps(view)
    def wrapper(*args: Any, **options: Any) -> T:
        header = request.headers.get("If-Match", "").strip()
        several = revisions_of(header) if "," in header else []
        for revision in several[:-1]:
            g.revision = revision
            try:
                return view(*args, **options)
            except Exception as error:  # a service has its own; the app knows what it means
                answer = current_app.make_response(current_app.handle_user_exception(error))
                if answer.status_code != problems.PreconditionFailed.status:
                    raise
        if several:
            g.revision = several[-1]
        return view(*args, **options)

    return wrapper


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
