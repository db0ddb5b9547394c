"""Units: what else people write for the same one."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import get_currency_symbol, list_currencies

from libs.language.locales import known_locale

PERCENT_NAMES = ("%", "percent", "per cent", "pct")
POINT_NAMES = ("points", "point", "pp", "%")


@lru_cache(maxsize=1024)
def same_units(unit: str, locale: str | None = None) -> tuple[str, ...]:
    """Return the unit itself, then what else names it: `€` and `EUR`, `%` and `percent`."""
    if not unit:
        return ()
    if unit.casefold() in PERCENT_NAMES:
        return (unit, *PERCENT_NAMES)
    if unit.casefold() in POINT_NAMES:
        return (unit, *POINT_NAMES)
    known = known_locale(locale)
    codes = list_currencies()
    if unit.upper() in codes:
        return (unit, get_currency_symbol(unit.upper(), known))
    return (unit, *sorted(code for code in codes if get_currency_symbol(code, known) == unit))
