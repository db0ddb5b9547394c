"""Payload dataclasses to and from the JSON of an event.

A tolerant reader: fields that the reader does not know are ignored, so that a publisher may add fields;
fields that the reader needs and does not find are an error, because guessing would spread.

How each class is read and written is worked out once, from its annotations: events come by the thousand.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar, cast


class Payload(Protocol):
    """What every event payload is: a dataclass that names its event type."""

    TYPE: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]


T = TypeVar("T")


class PayloadError(ValueError):
    """The JSON of an event does not have the shape of its payload. The message names the field."""


def encode(payload: Payload) -> dict[str, Any]:
    """The payload as JSON types: instants as ``2031-11-18T09:00:00.000Z``, days as ``2031-11-18``.

    Raises:
        PayloadError: an instant without a time zone, or a number that JSON cannot say.
    """
    return _fields(payload)


def decode(cls: type[T], data: object) -> T:
    """The payload of class ``cls`` that this JSON object says.

    Raises:
        PayloadError: a needed field is absent or has another type; nothing is coerced but dates.
    """
    if not isinstance(data, dict):
        raise PayloadError(f"{cls.__name__}: expected an object")
    values: dict[str, Any] = {}
    for name, read, needed in _readers(cast("Any", cls)):
        if name in data:
            values[name] = read(data[name])
        elif needed:
            raise PayloadError(f"{cls.__name__}.{name}: missing")
    return cls(**values)


@cache
def _names(cls: type) -> tuple[tuple[str, str], ...]:
    """Each field with its place as an error names it."""
    return tuple((field.name, f"{cls.__name__}.{field.name}") for field in dataclasses.fields(cls))


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def _fields(thing: Any) -> dict[str, Any]:
    """Most values need nothing, and a call for each of them would be most of the cost."""
    cls: type = type(thing)
    return {
        name: value if type(value := getattr(thing, name)) in _AS_IT_IS else _to_json(value, where)
        for name, where in _names(cls)
    }


def _to_json(value: Any, where: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise PayloadError(f"{where}: {value} is no finite number")
    if type(value) in _AS_IT_IS or isinstance(value, float):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PayloadError(f"{where}: an instant without a time zone")
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_to_json(item, where) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    return value


Reader = Callable[[Any], Any]


@cache
def _readers(cls: type) -> tuple[tuple[str, Reader, bool], ...]:
    """Each field, how its JSON is read, and whether it must be there."""
    hints = typing.get_type_hints(cls)
    return tuple(
        (
            field.name,
            _reader(hints[field.name], f"{cls.__name__}.{field.name}"),
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(cls)
    )


def _reader(hint: Any, where: str) -> Reader:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        options = typing.get_args(hint)
        (present,) = (option for option in options if option is not type(None))
        inner = _reader(present, where)
        return (lambda value: None if value is None else inner(value)) if len(options) > 1 else inner
    if origin is tuple:
        return _list_reader(_reader(typing.get_args(hint)[0], where), where)
    if dataclasses.is_dataclass(hint):
        return lambda value: decode(cast("type[Any]", hint), value)
    scalar = _SCALARS.get(hint)
    return _exact_reader(hint, where) if scalar is None else lambda value: scalar(value, where)


def _list_reader(item: Reader, where: str) -> Reader:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise PayloadError(f"{where}: expected a list")
        return tuple(item(each) for each in value)

    return read


def _exact_reader(hint: Any, where: str) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
            raise PayloadError(f"{where}: expected {hint.__name__}")
        return value

    return read


def _instant(value: Any, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise PayloadError(f"{where}: expected an instant") from error
    if instant.tzinfo is None:
        raise PayloadError(f"{where}: an instant without a time zone")
    return instant.astimezone(UTC)


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise PayloadError(f"{where}: expected a day") from error


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PayloadError(f"{where}: expected a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise PayloadError(f"{where}: too large a number") from error
    if not math.isfinite(number):
        raise PayloadError(f"{where}: {value} is no finite number")
    return number


_SCALARS: dict[Any, Callable[[Any, str], Any]] = {datetime: _instant, date: _day, float: _number}
