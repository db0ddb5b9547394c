"""Payload dataclasses to and from the JSON of an event.

A tolerant reader: fields that the reader does not know are ignored, so that a publisher may add fields;
fields that the reader needs and does not find are an error, because guessing would spread.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from datetime import UTC, date, datetime
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
    name = type(payload).__name__
    return {
        field.name: _to_json(getattr(payload, field.name), f"{name}.{field.name}")
        for field in dataclasses.fields(payload)
    }


def decode(cls: type[T], data: object) -> T:
    """The payload of class ``cls`` that this JSON object says.

    Raises:
        PayloadError: a needed field is absent or has another type; nothing is coerced but dates.
    """
    if not isinstance(data, dict):
        raise PayloadError(f"{cls.__name__}: expected an object")
    hints = _hints(cls)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # every payload is a dataclass
        if field.name in data:
            values[field.name] = _from_json(
                hints[field.name], data[field.name], f"{cls.__name__}.{field.name}"
            )
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise PayloadError(f"{cls.__name__}.{field.name}: missing")
    return cls(**values)


_HINTS: dict[type, dict[str, Any]] = {}


def _hints(cls: type) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls)
    return _HINTS[cls]


def _to_json(value: Any, where: str) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PayloadError(f"{where}: an instant without a time zone")
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        raise PayloadError(f"{where}: {value} is no finite number")
    if isinstance(value, tuple | list):
        return [_to_json(item, where) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _to_json(getattr(value, field.name), f"{where}.{field.name}")
            for field in dataclasses.fields(value)
        }
    return value


def _from_json(hint: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        options = typing.get_args(hint)
        if value is None and type(None) in options:
            return None
        (hint,) = (option for option in options if option is not type(None))
        return _from_json(hint, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise PayloadError(f"{where}: expected a list")
        item_hint = typing.get_args(hint)[0]
        return tuple(_from_json(item_hint, item, where) for item in value)
    if dataclasses.is_dataclass(hint):
        return decode(cast("type[Any]", hint), value)
    return _scalar(hint, value, where)


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is datetime:
        return _instant(value, where)
    if hint is date:
        return _day(value, where)
    if hint is float:
        return _number(value, where)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise PayloadError(f"{where}: expected {hint.__name__}")
    return value


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
