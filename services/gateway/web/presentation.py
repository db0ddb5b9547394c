"""What every template can use: filters in the viewer's own locale, asset addresses, stones and charts.

`install` is called once by the composition root. Macros are imported without context, so what they
need beyond their parameters comes from here: the viewer is read from `flask.g.viewer`.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup

from libs.language.templates import isolate
from services.gateway.web import charts, formatting, pieces, stones
from services.gateway.web.links import link

STATIC = Path(__file__).parent / "static"
THEMES = frozenset({"light", "dark"})
THEME_COOKIE = "cairn_theme"


def install(app: Flask) -> None:
    """Templates of `app` have Cairn's filters, globals and the layout's context."""
    isolate(app.jinja_env)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(filters())
    app.jinja_env.globals.update(
        asset=asset,
        link=link,
        drawn_icon=drawn_icon,
        piece=piece,
        stone=stones.outline,
        pile_of=stones.pile,
        burn_up=charts.burn_up,
        chart_frames=(charts.WIDE, charts.NARROW),
        status_word=formatting.status_word,
        today=today,
    )
    app.context_processor(layout_context)


def layout_context() -> dict[str, Any]:
    """The layout's context, from `flask.g`, with a signed-out visitor's defaults."""
    return {
        "page": {},
        "viewer": g.get("viewer"),
        "cycles": g.get("cycles", ()),
        "cycle": g.get("cycle"),
        "owed": g.get("owed", 0),
        "theme": theme(),
        "today": today(),
    }


def theme() -> str:
    """`light`, `dark` or `system`: the cookie of this browser, else the person's setting."""
    chosen = request.cookies.get(THEME_COOKIE) or viewer_setting("theme") or "system"
    return chosen if chosen in THEMES else "system"


def viewer_setting(name: str) -> str | None:
    """A setting of the signed-in person; null for a visitor."""
    viewer = g.get("viewer")
    if viewer is None:
        return None
    value = viewer.get(name) if isinstance(viewer, Mapping) else getattr(viewer, name, None)
    return None if value is None else str(value)


def locale() -> str | None:
    """The name of the viewer's locale."""
    return viewer_setting("locale")


def zone() -> str | None:
    """The name of the viewer's time zone."""
    return viewer_setting("time_zone")


def today() -> date:
    """Today's date where the viewer is."""
    return datetime.now(UTC).astimezone(formatting.known_zone(zone())).date()


def piece(name: str, /, **told: object) -> Markup:
    """Return a piece of the page that follows from ``told`` alone (`pieces.py`)."""
    return pieces.written(name, told, locale(), zone(), today())


@cache
def fingerprint(name: str) -> str:
    """Eight characters that change when the file does."""
    return hashlib.blake2b((STATIC / name).read_bytes(), digest_size=4).hexdigest()


def asset(name: str) -> str:
    """The address of a static file, safe to cache for ever."""
    return f"/static/{name}?v={fingerprint(name)}"


@cache
def drawn_icon(name: str, small: bool = False, **more: str) -> Markup:  # noqa: FBT001, FBT002  # as templates say it
    """One drawing of the sprite, further named by ``class``; the same wherever it stands, so drawn once."""
    classes = ("ico-s" if small else "ico") + (f" {more['class']}" if more.get("class") else "")
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>').format(
        classes, asset("icons.svg"), name
    )


def filters() -> dict[str, Callable[..., object]]:
    """Formatting's functions, with the viewer's locale and time zone filled in."""
    return {
        "percent": lambda share: formatting.percent(share, locale()),
        "points": lambda share: formatting.points(share, locale()),
        "number": lambda value, unit=None: formatting.number(value, unit, locale()),
        "reading": lambda value, kind, unit=None: formatting.reading(value, kind, unit, locale()),
        "editable": lambda value: formatting.editable_number(value, locale()),
        "day": lambda value: formatting.day(value, locale(), zone(), today()),
        "short_day": lambda value: formatting.short_day(value, locale(), zone(), today()),
        "weekday": lambda value: formatting.weekday(value, locale(), zone()),
        "full_date": lambda value: formatting.full_date(value, locale(), zone()),
        "moment": lambda value: formatting.moment(value, locale(), zone()),
        "relative_day": lambda value: formatting.relative_day(value, today(), locale(), zone()),
        "ago": lambda value: formatting.ago(value, datetime.now(UTC)),
        "initials": formatting.initials,
        "avatar_colour": formatting.avatar_colour,
        "counted": formatting.count,
        "spelled": formatting.spelled,
        "machine_time": formatting.machine_time,
        "combine": lambda base, more: dict(base) | dict(more),
    }
