"""What is wrong with the fields of a request, cut to what a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LISTED_ERRORS: Final = 20
"""At most so many wrong fields are named in one answer."""
POINTER_LIMIT: Final = 200


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field and what to do.

    ``pointer``: ``/title`` in the body, ``?limit`` in the query.
    """

    pointer: str
    message: str


@dataclass(frozen=True)
class Found:
    """What is wrong with a request's fields, cut to what a person reads.

    A body of 64 KiB holds thousands of wrong fields; to name them all would answer with a megabyte.
    """

    count: int = 0
    listed: Sequence[FieldError] = ()

    @property
    def summary(self) -> str:
        """How many fields are wrong, in a sentence. Empty if none is."""
        if not self.count:
            return ""
        said = f"{self.count} field{'s are' if self.count > 1 else ' is'} not right: see errors."
        more = self.count - len(self.listed)
        return f"{said} {more} more are not listed." if more else said

    @property
    def extra(self) -> dict[str, Any]:
        """The member ``more_errors`` where some are not listed."""
        more = self.count - len(self.listed)
        return {"more_errors": more} if more else {}


def bounded(errors: Iterable[FieldError]) -> Found:
    """Count the errors and keep the first of them, with pointers of a bounded length."""
    listed: list[FieldError] = []
    count = 0
    for count, error in enumerate(errors, 1):  # noqa: B007  # the last count is the number of errors
        if len(listed) < LISTED_ERRORS:
            listed.append(FieldError(_short(error.pointer), error.message))
    return Found(count, listed)


def _short(pointer: str) -> str:
    return pointer if len(pointer) <= POINTER_LIMIT else pointer[: POINTER_LIMIT - 1] + "…"


def field_errors(messages: Any) -> Iterator[FieldError]:
    """One error per wrong field of what marshmallow says, by location and path."""
    if not isinstance(messages, Mapping):
        messages = {"json": messages}
    for location, found in messages.items():
        if location in ("query", "headers", "path", "cookies", "view_args") and isinstance(found, Mapping):
            for name, inner in found.items():
                yield from _leaves(inner, f"?{name}" if location == "query" else f"{location}:{name}")
        else:
            yield from _leaves(found, "")


def step(key: str) -> str:
    """Return the part of a JSON pointer that leads into ``key``."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _leaves(found: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            yield from _leaves(inner, pointer if key == "_schema" else pointer + step(str(key)))
    elif isinstance(found, Sequence) and not isinstance(found, str):
        for message in found:
            yield from _leaves(message, pointer)
    else:
        yield FieldError(pointer or "/", str(found))
