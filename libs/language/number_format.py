"""Write numbers as a locale does. `number_parse` reads back what is written here."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from libs.language.shares import exact, points_of, whole_percent
from libs.language.signs import Frame, Signs, signs_of

NO_BREAK_SPACE = "\u00a0"
PERCENT = "%"
TYPED_DIGITS = 12  # a number with more significant digits was calculated by a machine
DECIMALS = 4
SIGNIFICANT = 4  # digits that a small number keeps at least
_REMEMBERED = 8192


@lru_cache(_REMEMBERED)
def format_number(value: float, locale: str | None = None) -> str:
    """Write a number to be read: as it was typed, a calculated one with four decimals or four digits."""
    return format_exact(_shown(exact(value)), locale)


def format_exact(value: float | Decimal, locale: str | None = None) -> str:
    """Write a number with all its digits, grouped."""
    signs, number = signs_of(locale), exact(value)
    return f"{signs.minus if number < 0 else ''}{_digits(abs(number), signs)}"


def format_editable(value: float | Decimal, locale: str | None = None) -> str:
    """Write a number as one types it into a field: all its digits, no grouping, a hyphen for minus."""
    return _plain(exact(value)).replace(".", signs_of(locale).decimal)


@lru_cache(_REMEMBERED)
def format_percent(share: float, locale: str | None = None) -> str:
    """Write a share as whole percent: `26%` in English, `26 %` in German."""
    return _in_percent(Decimal(whole_percent(share)), signs_of(locale))


def format_share(share: float, locale: str | None = None) -> str:
    """Write a share as percent with all its digits: 0.125 is `12.5%`."""
    return _in_percent(points_of(share), signs_of(locale))


@lru_cache(_REMEMBERED)
def format_amount(value: float, unit: str | None, locale: str | None = None) -> str:
    """Write a number with its unit, which stays as it was typed; percent as the locale writes it."""
    if unit == PERCENT:
        return _in_percent(_shown(exact(value)), signs_of(locale))
    number = format_number(value, locale)
    return f"{number}{NO_BREAK_SPACE}{unit}" if unit else number


def _shown(number: Decimal) -> Decimal:
    if len(number.normalize().as_tuple().digits) <= TYPED_DIGITS:
        return number
    smallest = min(-DECIMALS, number.adjusted() - SIGNIFICANT + 1)
    return number.quantize(Decimal(1).scaleb(smallest), ROUND_HALF_UP)


def _in_percent(percent: Decimal, signs: Signs) -> str:
    frame: Frame = signs.negative_percent if percent < 0 else signs.percent
    return f"{frame.before}{_digits(abs(percent), signs)}{frame.after}"


def _digits(number: Decimal, signs: Signs) -> str:
    whole, _, fraction = _plain(number).partition(".")
    groups: list[str] = []
    size = signs.last_group
    while len(whole) > size:
        groups.insert(0, whole[-size:])
        whole, size = whole[:-size], signs.other_groups
    grouped = signs.group.join((whole, *groups))
    return f"{grouped}{signs.decimal}{fraction}" if fraction else grouped


def _plain(number: Decimal) -> str:
    """Write the digits without an exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
