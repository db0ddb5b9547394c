"""Strict field types: what is not exactly the declared type is a 422 that names the field and what to do.

Nothing is coerced, so no operator object (``{"$gt": ""}``), boolean or numeral in quotes passes for a scalar.
What a field documents in OpenAPI is what it accepts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import marshmallow as ma
from marshmallow import validate
from webargs.fields import DelimitedList

from libs.chassis.web.visible import BLANK_IN_PATTERNS, is_visible

NUMBER_LIMIT: Final = 1e15
INTEGER_LIMIT: Final = 2**53 - 1
_CONTROL: Final = r"\u0000-\u001f\u007f-\u009f"
_CONTROL_IN_LINES: Final = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,12})?)?([Zz]|[+-]\d\d:\d\d)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _messages(**texts: str) -> dict[str, Any]:
    """What marshmallow says in each case."""
    return dict(texts)


class Schema(ma.Schema):
    """Base of every schema: unknown fields are refused."""

    class Meta:
        """Refuse what is not declared."""

        unknown = ma.RAISE

    error_messages = _messages(
        unknown="This field is not known here; leave it out.",
        type="Must be an object.",
    )

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value to show; views hand over plain dictionaries, which need no search."""
        if type(obj) is dict:
            return obj.get(attr, default)
        return super().get_attribute(obj, attr, default)


class _Strict(ma.fields.Field[Any]):
    default_error_messages = _messages(
        required="This field is needed.",
        null="This field may not be null.",
    )

    def _describe(self, **properties: Any) -> None:
        """The OpenAPI properties that say what is accepted, unless the schema's author said otherwise."""
        self.metadata = {
            **{name: value for name, value in properties.items() if value is not None},
            **self.metadata,
        }


class Text(_Strict, ma.fields.String):
    """Text of ``min`` to ``max`` characters, NFC, without control characters, trimmed.

    Lines only if ``multiline``. What shows nothing is refused; it is empty where text may be.
    """

    default_error_messages = _messages(
        invalid="Must be text.",
        control="Must not contain control characters.",
        short="Must be at least {min} character{s} long.",
        invisible="Must show something: all of this is invisible.",
        long="Must be at most {max} characters long, this is {length}.",
    )

    def __init__(self, min: int = 0, max: int = 200, *, multiline: bool = False, **options: Any) -> None:  # noqa: A002
        """The least length is counted in characters after trimming, the greatest before."""
        super().__init__(**options)
        self.min, self.max, self.multiline = min, max, multiline
        refused = _CONTROL_IN_LINES if multiline else _CONTROL
        pattern = (
            rf"^[^{refused}]*[^\s{refused}{BLANK_IN_PATTERNS}][^{refused}]*$" if min else rf"^[^{refused}]*$"
        )
        self._describe(minLength=min or None, maxLength=max, pattern=pattern)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.max * 4 + 100:  # no need to normalise what is hopeless
            raise self.make_error("long", max=self.max, length=len(value))
        if value.isascii() and value.isprintable():
            return self._fitting(value, value)  # composed already, and nothing in it to look for
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n") if self.multiline else value)
        allowed = "\n\t\r" if self.multiline else ""
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text):
            raise self.make_error("control")
        return self._fitting(value, text)

    def _fitting(self, value: str, text: str) -> str:
        # Before trimming, and as it was sent where composing makes it longer: so counts maxLength.
        if min(len(value), len(text)) > self.max:
            raise self.make_error("long", max=self.max, length=len(text))
        text = text.replace("\r", "\n").strip()
        if text and not is_visible(text):
            if self.min:
                raise self.make_error("invisible")
            return ""
        if len(text) < self.min:
            raise self.make_error("short", min=self.min, s="" if self.min == 1 else "s")
        return text


class Id(_Strict, ma.fields.String):
    """An opaque id as this platform makes them.

    1 to 64 letters, digits, dots, dashes, underscores, colons.
    """

    default_error_messages = _messages(
        invalid="Must be an id as this API gives them.",
    )

    def __init__(self, **options: Any) -> None:
        """The usual options of a field."""
        super().__init__(**options)
        self._describe(minLength=1, maxLength=64, pattern=f"^{_ID.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self.make_error("invalid")
        return value


class Number(_Strict, ma.fields.Float):
    """A finite number between ``min`` and ``max``, never a boolean or text."""

    default_error_messages = _messages(
        invalid="Must be a number.",
        finite="Must be a finite number.",
        range="Must be between {min:g} and {max:g}.",
    )

    def __init__(self, min: float = -NUMBER_LIMIT, max: float = NUMBER_LIMIT, **options: Any) -> None:  # noqa: A002
        """Both bounds are included."""
        super().__init__(**options)
        self.min, self.max = min, max
        self._describe(minimum=min, maximum=max)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> float:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if isinstance(value, float) and not math.isfinite(value):
            raise self.make_error("finite")
        if not self.min <= value <= self.max:
            raise self.make_error("range", min=self.min, max=self.max)
        return float(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> float | None:  # noqa: ARG002
        return value  # type: ignore[no-any-return]  # ints stay ints on the wire


class Share(Number):
    """A number from 0 to 1."""

    def __init__(self, **options: Any) -> None:
        """The usual options of a field."""
        super().__init__(0, 1, **options)


class Integer(_Strict, ma.fields.Integer):
    """A whole number between ``min`` and ``max``; 7.0 is whole too, as JSON Schema has it."""

    default_error_messages = _messages(
        invalid="Must be a whole number.",
        range="Must be between {min} and {max}.",
    )

    def __init__(self, min: int = -INTEGER_LIMIT, max: int = INTEGER_LIMIT, **options: Any) -> None:  # noqa: A002
        """Both bounds are included."""
        super().__init__(**options)
        self.min, self.max = min, max
        self._describe(minimum=min, maximum=max)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:  # noqa: ARG002
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.min <= value <= self.max:
            raise self.make_error("range", min=self.min, max=self.max)
        return value


class QueryInteger(Integer):
    """A whole number in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,16}", value):
            raise self.make_error("invalid")
        return super()._deserialize(int(value), attr, data, **options)


class Flag(_Strict, ma.fields.Boolean):
    """True or false, nothing that looks like it."""

    default_error_messages = _messages(
        invalid="Must be true or false.",
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class QueryFlag(Flag):
    """``true`` or ``false`` in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        known = {"true": True, "false": False}.get(value) if isinstance(value, str) else None
        return super()._deserialize(known, attr, data, **options)


class Choice(_Strict, ma.fields.String):
    """One of these texts."""

    default_error_messages = _messages(
        choice="Must be one of: {choices}.",
    )

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        """``choices`` in the order to show them."""
        super().__init__(**options)
        self.choices = tuple(choices)
        nullable = [None] if self.allow_none else []
        self._describe(enum=[*self.choices, *nullable])

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str) or value not in self.choices:
            raise self.make_error("choice", choices=", ".join(self.choices))
        return value


class Instant(_Strict, ma.fields.DateTime):
    """An instant with its offset; kept in UTC to the millisecond, written ``2031-11-18T09:00:00.000Z``."""

    default_error_messages = _messages(
        invalid="Must be an instant with its offset, such as 2031-11-18T09:00:00Z.",
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:  # noqa: ARG002
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise self.make_error("invalid")
        try:
            instant = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:  # noqa: ARG002
        if value is None or isinstance(value, str):
            return value
        instant: datetime = value.astimezone(UTC)
        return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Day(_Strict, ma.fields.Date):
    """A calendar day, written ``2031-11-18``."""

    default_error_messages = _messages(
        invalid="Must be a day such as 2031-11-18.",
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:  # noqa: ARG002
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid") from error

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:  # noqa: ARG002
        if value is None or isinstance(value, str):
            return value
        return (value.date() if isinstance(value, datetime) else value).isoformat()


class CommaList(DelimitedList):
    """Several values of one query parameter; at most ``max`` of them.

    Reads ``ids=a,b`` and ``ids=a&ids=b`` alike: half of the generated clients send the one, half the other.
    """

    is_multiple = True
    """The query parser hands over every occurrence of the parameter, not one of them."""

    def __init__(self, inner: ma.fields.Field[Any], *, max: int = 100, **options: Any) -> None:  # noqa: A002
        """``inner`` is the field of each value."""
        super().__init__(inner, validate=validate.Length(min=1, max=max), **options)
        described = str(self.metadata.get("description", "")).strip()
        both = "Separate values by commas, or repeat the parameter."
        self.metadata = {**self.metadata, "description": f"{described} {both}".strip()}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        occurrences = value if isinstance(value, list) else [value]
        if not all(isinstance(occurrence, str) for occurrence in occurrences):
            raise self.make_error("invalid")
        joined = self.delimiter.join(occurrences)
        return super()._deserialize(joined, attr, data, **options)  # type: ignore[no-untyped-call]  # webargs'
