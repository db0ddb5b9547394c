"""What every answer of the gateway goes through at the end: a tag, 304 where nothing changed, a coding.

See ADR 28. Nothing here depends on the route: the API's front and the app's pages take the same steps.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from werkzeug import Request, Response

from services.gateway.domain.codings import LEAST, chosen, coded, is_text

API: Final = "/api/"
READS: Final = ("GET", "HEAD")
OK: Final = 200
NOT_MODIFIED: Final = 304
NEVER_CODED: Final = frozenset({204, 206, NOT_MODIFIED})
# What another site's page makes a browser fetch is not compressed: it could measure how it shrinks (BREACH).
MAY_MEASURE: Final = frozenset({"cross-site", "same-site"})
_REVISION: Final = re.compile(r'(?:W/)?"([0-9]{1,15})"')
# A standing says to the millisecond when it was judged. Where that alone differs, nothing has changed.
_JUDGED_AT: Final = re.compile(rb'("seq":[0-9]+,"at":)"[^"]*"')
_OF_THE_BODY: Final = ("Content-Type", "Content-Length", "Content-Encoding")


def complete(request: Request, response: Response) -> Response:
    """Give the answer its tag, leave out what the client has, and compress the rest."""
    if request.method in READS and response.status_code == OK and request.path.startswith(API):
        _tag(response)
        if _has_it(request, response):
            response.status_code = NOT_MODIFIED
            response.set_data(b"")
            response.vary.add("Accept-Encoding")  # a 304 says what the 200 would have said
            for name in _OF_THE_BODY:
                response.headers.pop(name, None)
    _code(request, response)
    return response


def _tag(response: Response) -> None:
    """Tag what is read by its revision and its content.

    The revision counts what people edit and is what ``If-Match`` compares. It does not count progress, the
    day, or who asks, so it alone does not say that the client has this very answer. The tag is weak: it is
    the same for every coding.
    """
    if response.is_streamed or response.direct_passthrough:
        return
    judged = _JUDGED_AT.sub(rb"\1", response.get_data())
    content = hashlib.blake2b(judged, digest_size=8).hexdigest()
    revision = _REVISION.fullmatch(response.headers.get("ETag", ""))
    response.headers["ETag"] = f'W/"{revision[1]}.{content}"' if revision else f'W/"{content}"'


def _has_it(request: Request, response: Response) -> bool:
    tag, _weak = response.get_etag()
    known = request.if_none_match
    return tag is not None and (known.star_tag or known.contains_weak(tag))


def _code(request: Request, response: Response) -> None:
    headers = response.headers
    if not is_text(headers.get("Content-Type", "")) or "Content-Encoding" in headers:
        return
    if response.is_streamed or response.direct_passthrough:
        return
    response.vary.add("Accept-Encoding")
    if response.status_code in NEVER_CODED or request.headers.get("Sec-Fetch-Site") in MAY_MEASURE:
        return
    coding = chosen(request.headers.get("Accept-Encoding", ""))
    body = response.get_data()
    if coding is None or len(body) <= LEAST:
        return
    response.set_data(coded(body, coding))
    headers["Content-Encoding"] = coding
    tag, weak = response.get_etag()
    if tag is not None and not weak:
        response.set_etag(tag, weak=True)
