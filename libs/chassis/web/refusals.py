"""Answers that are given before any request reaches the app: as problems, with the headers of all answers."""

from __future__ import annotations

import http
import json
import re
from collections.abc import Iterable
from email.utils import formatdate
from typing import Final

import structlog
from gunicorn.http import errors

from libs.chassis import problems, telemetry

HEADERS: Final = "cairn.headers"
"""Among an app's extensions: the headers that every answer of it carries."""
_CORRELATION: Final = re.compile(rb"\r\nx-correlation-id:[ \t]*([^\r\n]*)", re.IGNORECASE)
_LINE: Final = "The request line cannot be read."
_HEADER: Final = "A header cannot be read, or is not allowed."
_CHUNK: Final = "The chunks of the body cannot be read."
_KINDS: Final[tuple[tuple[type[Exception], type[problems.Problem], str], ...]] = (
    (errors.LimitRequestLine, problems.UriTooLong, "A request line may have 4094 bytes."),
    (errors.LimitRequestHeaders, problems.HeadersTooLarge, "There may be 100 headers of 8190 bytes each."),
    (errors.UnsupportedTransferCoding, problems.NotImplementedHere, "The transfer coding is not known here."),
    (errors.ExpectationFailed, problems.ExpectationFailed, "Expect may say 100-continue and nothing else."),
    (errors.InvalidRequestLine, problems.BadRequest, _LINE),
    (errors.InvalidRequestMethod, problems.BadRequest, _LINE),
    (errors.InvalidHTTPVersion, problems.BadRequest, "The version of HTTP is not known here."),
    (errors.InvalidHeader, problems.BadRequest, _HEADER),
    (errors.InvalidHeaderName, problems.BadRequest, _HEADER),
    (errors.ObsoleteFolding, problems.BadRequest, _HEADER),
    (errors.InvalidSchemeHeaders, problems.BadRequest, _HEADER),
    (errors.InvalidChunkSize, problems.BadRequest, _CHUNK),
    (errors.InvalidChunkExtension, problems.BadRequest, _CHUNK),
    (errors.ChunkMissingTerminator, problems.BadRequest, _CHUNK),
)


def problem_of(error: BaseException) -> problems.Problem:
    """Return what gunicorn's error is to the client; a fault of ours where it is none of the client's."""
    for cls, problem, detail in _KINDS:
        if isinstance(error, cls):
            return problem(detail)
    return problems.InternalError()


def correlation_of(head: bytes | None) -> str:
    """Return the correlation id that the head gives, or a new one."""
    found = _CORRELATION.search(head or b"")
    given = telemetry.sane_correlation_id(found[1].decode("latin-1")) if found else None
    return given or telemetry.new_correlation_id()


def refusal(problem: problems.Problem, head: bytes | None, own: Iterable[tuple[str, str]]) -> bytes:
    """Return the whole answer with this problem; the connection ends after it."""
    target = (head or b"").partition(b"\r\n")[0].split(b" ")[1:2]
    path = target[0].partition(b"?")[0].decode("latin-1")[:200] if target else "/"
    correlation = correlation_of(head)
    with structlog.contextvars.bound_contextvars(correlation_id=correlation):
        body = json.dumps(problem.document(path)).encode()
    headers = [("Content-Type", problems.MEDIA_TYPE), *problem.headers.items()]
    return answer(problem.status, headers, body, correlation, own)


def answer(  # it is what an answer consists of
    status: int,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    correlation: str,
    own: Iterable[tuple[str, str]],
    *,
    closes: bool = True,
    bodyless: bool = False,
) -> bytes:
    """Return an answer as it goes over the wire, with the headers that every answer of ours has."""
    always = {
        "Date": formatdate(usegmt=True),
        "Content-Length": str(len(body)),
        "Connection": "close" if closes else "keep-alive",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        telemetry.CORRELATION_HEADER: correlation,
    }
    lines = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in {**always, **dict(own), **dict(headers)}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if bodyless else body)
