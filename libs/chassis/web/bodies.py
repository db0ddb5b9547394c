"""Request bodies: whole, short and uncoded, or refused before anything is executed.

Gunicorn says that its input ends by itself (``wsgi.input_terminated``). Werkzeug then reads up to its limit
and no further: a chunked body that is larger was cut and stored, and a body that is shorter than its
Content-Length passed for a whole one. So the body is read here, once, for every service.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from gunicorn.http.errors import ParseException
from werkzeug import Request

from libs.chassis import problems

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

BODY_LIMIT: Final = 64 * 1024


def take_body(request: Request) -> None:
    """Read the body of ``request`` and put it in place of the stream.

    Raises:
        UnsupportedCoding: it is in another coding than ``identity``.
        PayloadTooLarge: it is larger than a body may be.
        NotImplementedHere: it comes in a transfer coding other than ``chunked``.
        BadRequest: it is shorter than the request says, or its chunks cannot be read.
        RequestTimeout: the client fell silent.
    """
    environ = request.environ
    coding = environ.get("HTTP_TRANSFER_ENCODING", "").strip().lower()
    is_chunked = coding == "chunked"
    declared = request.content_length
    if not declared and not coding:
        return
    _refuse_coded(request)
    if coding and not is_chunked:
        msg = "Send the body with Content-Length, or in chunks; no other transfer coding is known here."
        raise problems.NotImplementedHere(msg)
    if declared is not None and declared > BODY_LIMIT:
        raise _too_large()
    if is_chunked and not environ.get("wsgi.input_terminated"):
        msg = "Send the body with Content-Length; this server does not read chunks."
        raise problems.BadRequest(msg)
    body = _read(environ, BODY_LIMIT + 1 if declared is None else declared)
    if len(body) > BODY_LIMIT:
        raise _too_large()
    if declared is not None and len(body) < declared:
        msg = "The body is shorter than its Content-Length."
        raise problems.BadRequest(msg)
    environ["wsgi.input"] = io.BytesIO(body)


def _refuse_coded(request: Request) -> None:
    """A compressed body would be read as if it were not, and refused for what it never said."""
    codings = {coding.strip().lower() for coding in request.headers.get("Content-Encoding", "").split(",")}
    if codings - {"", "identity"}:
        msg = "Send it uncompressed and without Content-Encoding."
        raise problems.UnsupportedCoding(msg)


def _read(environ: WSGIEnvironment, size: int) -> bytes:
    parts, missing = [], size
    try:
        while missing and (part := environ["wsgi.input"].read(missing)):
            parts.append(part)
            missing -= len(part)
    except BlockingIOError as error:  # the deadline of the socket; an OSError too
        msg = "The client fell silent before its request was complete."
        raise problems.RequestTimeout(msg) from error
    except (OSError, ParseException) as error:
        msg = "The body ended early, or its chunks cannot be read."
        raise problems.BadRequest(msg) from error
    return b"".join(parts)


def _too_large() -> problems.PayloadTooLarge:
    return problems.PayloadTooLarge(f"A body may have {BODY_LIMIT // 1024} KiB. Send less at once.")
