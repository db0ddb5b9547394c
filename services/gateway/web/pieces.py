"""Pieces of a page that follow from what they are told alone: written once while that is the same.

Most of what stands round a page, and above a table, is the same from one page to the next. A piece is a
template that is told its values by name. Beside these it knows the viewer's locale, time zone and day, which
the filters read; so it is kept by all of them, and nobody is shown what was written for another. What differs
with each answer (the token of a form, the number used once, what is said once) stands in no piece.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import current_app
from markupsafe import Markup

PIECES_KEPT: Final = 1024
_Key = tuple[object, ...]
_WRITTEN: Final[dict[_Key, Markup]] = {}


def written(name: str, told: dict[str, Any], locale: str | None, zone: str | None, today: date) -> Markup:
    """Return the piece, anew only where it was not written with just these values."""
    key = (name, locale, zone, today, *[(each, _still(value)) for each, value in told.items()])
    try:
        kept = _WRITTEN.get(key)
    except TypeError:  # a value that can change is no key: the piece is written each time
        return _write(name, told)
    if kept is None:
        if len(_WRITTEN) >= PIECES_KEPT:
            _WRITTEN.clear()
        kept = _WRITTEN[key] = _write(name, told)
    return kept


def _still(value: object) -> object:
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list) else value


def _write(name: str, told: dict[str, Any]) -> Markup:
    """Render with these values and no others: no context processor adds what the key does not hold."""
    return Markup(current_app.jinja_env.get_template(name).render(told))  # noqa: S704  # nosec B704  # the template escapes
