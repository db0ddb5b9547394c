"""Entities as BSON and back.

A stored field has the name of the entity's field, save ``_id``; days are ISO texts, tuples arrays, nested
values objects. A reader ignores fields that it does not know, and an absent field has the entity's default,
so that old and new documents can lie side by side.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import Any, TypeVar

from services.goals.domain.objective import Objective
from services.goals.domain.person import Person
from services.goals.domain.record import Record
from services.goals.domain.team import Team
from services.goals.domain.tree import rank

T = TypeVar("T")
Document = dict[str, Any]


def document_of(item: Record) -> Document:
    """The document of this entity, without its outbox, with the derived fields that queries need."""
    document = {field.name: _plain(getattr(item, field.name)) for field in dataclasses.fields(item)}
    document["_id"] = document.pop("id")
    return document | _derived(item)


def entity_of(cls: type[T], document: Document) -> T:
    """The entity that this document says."""
    return _build(cls, {**document, "id": document["_id"]})


def plain_of(value: Any) -> Any:
    """A nested value as BSON."""
    return _plain(value)


def _derived(item: Record) -> Document:
    if isinstance(item, Person):
        return {
            "address_key": item.address_key,
            # The key of before: versions that still run beside this one look people up by it (ADR 24).
            "email_key": item.email.strip().casefold(),
            "name_key": item.name.casefold(),
        }
    if isinstance(item, Team):
        return {"name_key": item.name.casefold()}
    if isinstance(item, Objective):
        return {"rank": rank(item)[0]}
    return {}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


Reader = Callable[[Any], Any]


@cache
def _plan(cls: Any) -> tuple[tuple[str, ...], tuple[tuple[str, Reader], ...]]:
    """The fields of the class that BSON's own values are, and the others with how each is read."""
    hints = typing.get_type_hints(cls)
    readers = [(field.name, _reader(hints[field.name])) for field in dataclasses.fields(cls)]
    plain = tuple(name for name, reader in readers if reader is None)
    return plain, tuple((name, reader) for name, reader in readers if reader is not None)


def _reader(hint: Any) -> Reader | None:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(next(option for option in typing.get_args(hint) if option is not type(None)))
        return None if inner is None else lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(typing.get_args(hint)[0])
        return tuple if item is None else lambda values: tuple([item(value) for value in values])
    if hint is date:
        return date.fromisoformat
    if dataclasses.is_dataclass(hint):
        return partial(_build, typing.cast("type[Any]", hint))
    return None


def _build(cls: type[T], document: Document) -> T:
    """The value, its fields set at once.

    A frozen dataclass's own `__init__` sets them one by one, the dearest part of reading a long list. What
    the document lacks is the class's attribute: that is where a dataclass keeps its defaults.
    """
    plain, read = _plan(typing.cast("Any", cls))
    built = object.__new__(cls)
    fields = {name: document[name] for name in plain if name in document}
    for name, reader in read:
        if name in document:
            fields[name] = reader(document[name])
    built.__dict__.update(fields)
    return built
