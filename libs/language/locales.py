"""Find the locale data for a tag."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from libs.language.tags import canonical_tag

DEFAULT_LOCALE = "en_GB"
EUROPEAN_ENGLISH = frozenset({"", "en"})  # plain English is Europe's: 18 November, not November 18
_SHORTEST_VARIANT = 4


@lru_cache(maxsize=2048)
def known_locale(name: str | None) -> Locale:
    """Return the locale of that tag, the nearest one that is known (`de` for `de-XX`), or the default."""
    try:
        parts = [] if name is None or name in EUROPEAN_ENGLISH else canonical_tag(name).split("-")
    except ValueError:
        parts = []
    while parts and parts[0] != "und":
        try:
            return Locale.parse("_".join((parts[0], *map(_as_babel_names_it, parts[1:]))))
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale.parse(DEFAULT_LOCALE)


def _as_babel_names_it(subtag: str) -> str:
    """Return a variant in capitals (`VALENCIA`); scripts and territories are written alike everywhere."""
    variant = len(subtag) > _SHORTEST_VARIANT or (len(subtag) == _SHORTEST_VARIANT and subtag[0].isdigit())
    return subtag.upper() if variant else subtag
