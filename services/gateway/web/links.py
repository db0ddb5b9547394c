"""Addresses of Cairn's own pages: the one place that builds them, encodes them and redirects to them.

A value that is put into an address as it is loses its ``+``, ``&``, ``%`` and ``#`` on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import flask
from flask import request
from werkzeug.wrappers import Response

_PLAIN_IN_QUERY = ",/:"  # they mean nothing of their own in a query (RFC 3986, section 3.4)
_PLAIN_IN_PATH = "/:@!$&'()*+,;=-._~"


def link(shape: str, *ids: str, query: Mapping[str, str | None] | None = None, fragment: str = "") -> str:
    """Return the address of a page.

    Each ``{}`` of ``shape`` takes one of ``ids`` as a single segment of the path. A query value that is empty
    or None is left out.
    """
    path = shape.format(*(_segment(item) for item in ids))
    given = {name: value for name, value in (query or {}).items() if value}
    asked = f"?{urlencode(given, quote_via=quote, safe=_PLAIN_IN_QUERY)}" if given else ""
    return f"{path}{asked}" + (f"#{quote(fragment)}" if fragment else "")


def redirect(address: str, status: int = 303) -> Response:
    """Lead the browser to an address that `link` built, that is constant, or that `safe_path` let through."""
    return flask.redirect(address, status)


def here() -> str:
    """Return the path and query of this request, encoded as the browser sent them."""
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe=_PLAIN_IN_PATH) + (f"?{query}" if query else "")


def _segment(item: str) -> str:
    return quote(item, safe=":")
