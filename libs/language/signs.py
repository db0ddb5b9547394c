"""The signs that a locale writes numbers with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern

from libs.language.locales import known_locale

# Pages and mails have European digits in every locale, as their dates and counts do: see ADR 21.
DIGITS = "latn"


@dataclass(frozen=True)
class Frame:
    """What stands before and after the digits."""

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Signs:
    """How one locale writes numbers. ``last_group`` and ``other_groups`` count digits, from the right."""

    decimal: str
    group: str
    minus: str
    last_group: int
    other_groups: int
    percent: Frame
    negative_percent: Frame


@lru_cache(maxsize=2048)
def signs_of(name: str | None) -> Signs:
    """Return the signs of a locale, by its tag."""
    locale = known_locale(name)
    symbols = locale.number_symbols.get(DIGITS, {})
    last_group, other_groups = _pattern(locale, "decimal_formats").grouping
    minus = symbols.get("minusSign", "-")
    percent = _pattern(locale, "percent_formats")
    percent_sign = symbols.get("percentSign", "%")

    def framed(negative: int) -> Frame:
        return Frame(
            percent.prefix[negative].replace("-", minus).replace("%", percent_sign),
            percent.suffix[negative].replace("-", minus).replace("%", percent_sign),
        )

    return Signs(
        decimal=symbols.get("decimal", "."),
        group=symbols.get("group", ","),
        minus=minus,
        last_group=last_group,
        other_groups=other_groups,
        percent=framed(0),
        negative_percent=framed(1),
    )


def _pattern(locale: Locale, formats: str) -> NumberPattern:
    pattern: NumberPattern = getattr(locale, formats)[None]
    return pattern
