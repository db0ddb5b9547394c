"""Read numbers as people type them: the exact inverse of `number_format`, and never a guess (ADR 21).

A text has one or two *readings*: `1.500` is 1.5 where decimals follow a point, and 1500 where points group
digits. What the locale itself would write is taken; another text only if it can be read in one way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from libs.language.number_format import format_editable, format_exact
from libs.language.signs import Signs, signs_of
from libs.language.units import same_units

LONGEST = 400  # the smallest float has 326 digits
SPACE, APOSTROPHE, POINT, COMMA, UNDERSCORE = " ", "'", ".", ",", "_"
ARABIC_DECIMAL = "\u066b"
PERCENT = "%"

_ALIKE = {
    SPACE: "\t\u00a0\u2007\u2008\u2009\u202f\u205f\u3000",
    APOSTROPHE: "\u2019\u2018\u02bc\u02b9\u00b4`\uff07\u066c\u2e41",  # the last two only group: Arabic, Adlam
    "-": "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d",
    "+": "\uff0b",
    POINT: "\uff0e",
    COMMA: "\uff0c\u060c",
    PERCENT: "\u066a\uff05\ufe6a",
    "": "\u200b\u200e\u200f\u061c\u2060\u2066\u2067\u2068\u2069\ufeff",  # marks that nobody sees
}
_FOLDED = str.maketrans({sign: folded for folded, signs in _ALIKE.items() for sign in signs})
_GROUPINGS = ((3, 3), (3, 2))  # the world's and India's
_ONLY_DECIMAL = frozenset({ARABIC_DECIMAL})
_DECIMAL = frozenset({POINT, COMMA, ARABIC_DECIMAL})
_BODY = re.compile(r"(?P<mantissa>[0-9.,' _\u066b]*[0-9][.,\u066b]?)(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?")


@dataclass(frozen=True)
class Number:
    """The one number that the text is."""

    value: Decimal


@dataclass(frozen=True)
class Ambiguous:
    """The two numbers that the text could be, the locale's own reading first."""

    readings: tuple[Decimal, Decimal]


@dataclass(frozen=True)
class NotANumber:
    """The text is no number."""


Parsed = Number | Ambiguous | NotANumber


def parse_number(text: str, locale: str | None = None, unit: str = "") -> Parsed:
    """Read a number. Around it may stand its own unit; where there is none, `12 %` could be 12 or 0.12."""
    if len(text) > LONGEST:
        return NotANumber()
    folded, signs = _fold(text), signs_of(locale)
    found = _signed(folded, signs, locale)
    if not isinstance(found, NotANumber):
        return found
    for name in same_units(unit, locale):
        for bare in _without(folded, _fold(name)):
            found = _signed(bare, signs, locale)
            if not isinstance(found, NotANumber):
                return found
    if not unit:
        for bare in _without(folded, PERCENT):
            found = _signed(bare, signs, locale)
            if isinstance(found, Number):
                return Ambiguous((found.value, found.value.scaleb(-2))) if found.value else found
    return NotANumber()


def _fold(text: str) -> str:
    """Write signs that look alike as one, and all digits as European ones."""
    plain = unicodedata.normalize("NFC", text).translate(_FOLDED).strip()
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)


def _without(text: str, unit: str) -> Iterator[str]:
    """Take the unit off the end or the beginning, in any case; a sign may stand before the unit."""
    name, size = unit.casefold(), len(unit)
    if not name:
        return
    if text[-size:].casefold() == name:
        yield text[:-size].rstrip()
    sign = text[:1] if text[:1] in {"-", "+"} else ""
    unsigned = text[len(sign) :].lstrip()
    if unsigned[:size].casefold() == name:
        yield f"{sign}{unsigned[size:].lstrip()}"


def _signed(text: str, signs: Signs, locale: str | None) -> Parsed:
    negative = text.startswith("-")
    body = text[1:].lstrip() if text[:1] in {"-", "+"} else text
    values = _readings(body, signs)
    own = [value for value in values if _as_locale_writes_it(body, value, locale)]
    if len(own) == 1 or len(values) == 1:
        value = (own or values)[0]
        return Number(-value if negative and value else value)
    if not values:
        return NotANumber()
    first, second = (-value if negative else value for value in values)
    return Ambiguous((first, second))


def _readings(body: str, signs: Signs) -> list[Decimal]:
    """Every number that the text could be, the locale's own reading first."""
    matched = _BODY.fullmatch(body)
    if matched is None:
        return []
    mantissa, exponent = matched["mantissa"], matched["exponent"]
    used = {sign for sign in mantissa if not sign.isdigit()}
    found: dict[Decimal, None] = {}
    own_first = sorted(used & _DECIMAL, key=lambda sign: sign != _fold(signs.decimal))
    for decimal in [*(sign for sign in own_first if mantissa.count(sign) == 1), ""]:
        value = _value(mantissa, decimal, used - {decimal}, signs)
        if value is not None and not (exponent and used - {decimal}):
            found[value.scaleb(int(exponent or 0))] = None
    return list(found)


def _value(mantissa: str, decimal: str, groups: set[str], signs: Signs) -> Decimal | None:
    """Read the text with this decimal sign; null where what is left is no grouping."""
    if len(groups) > 1 or groups & _ONLY_DECIMAL:
        return None
    whole, _, fraction = mantissa.partition(decimal) if decimal else (mantissa, "", "")
    if fraction and not fraction.isdigit():
        return None
    if groups:
        (group,) = groups
        own = {(signs.last_group, signs.other_groups)} if group == _fold_sign(signs.group) else set()
        if not any(_well_grouped(whole.split(group), sizes) for sizes in {*_GROUPINGS, *own}):
            return None
        whole = whole.replace(group, "")
    return Decimal(f"{whole or '0'}.{fraction or '0'}")


def _well_grouped(parts: list[str], sizes: tuple[int, int]) -> bool:
    last, others = sizes
    first, *between, end = parts
    return (
        all(part.isdigit() for part in parts)
        and len(end) == last
        and all(len(part) == others for part in between)
        and 0 < len(first) <= others
        and not first.startswith("0")
    )


def _fold_sign(sign: str) -> str:
    """Fold one sign without losing a space."""
    return sign.translate(_FOLDED)


def _as_locale_writes_it(body: str, value: Decimal, locale: str | None) -> bool:
    return body in {_fold(format_exact(value, locale)), format_editable(value, locale)}
