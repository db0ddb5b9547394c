"""Errors as responses: every exception of an app becomes a problem document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from libs.chassis.problems.fields import Found, bounded, field_errors
from libs.chassis.problems.kinds import BadRequest, InternalError, Problem, RequestTimeout

MEDIA_TYPE: Final = "application/problem+json"
_BODY_HEADERS: Final = frozenset({"content-type", "content-length"})
_log = structlog.get_logger(__name__)
_BY_STATUS: Final[Mapping[int, type[Problem]]] = {
    problem.status: problem for problem in Problem.__subclasses__()
}


def from_http_exception(error: HTTPException) -> Problem:
    """The problem that says the same as Werkzeug's exception, with its ``Allow`` or ``Retry-After``."""
    status = error.code or 500
    cls = _BY_STATUS.get(status) or (InternalError if status >= 500 else BadRequest)  # noqa: PLR2004
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    stock = (
        type(error).description == error.description
    )  # Werkzeug's stock sentences say less than our titles
    detail = "" if cls is InternalError or stock else (error.description or "")
    headers = {
        name: value
        for name, value in error.get_response().headers.items()
        if name.lower() not in _BODY_HEADERS
    }
    found = bounded(field_errors(data["messages"])) if "messages" in data else Found()
    return cls(
        found.summary or detail,
        errors=found.listed,
        extra=found.extra,
        headers={**headers, **(data.get("headers") or {})},
    )


def response_of(problem: Problem, instance: str) -> Response:
    """The problem as an HTTP response."""
    response = Response(
        json.dumps(problem.document(instance)),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _untranslated(_error: Exception) -> Problem | None:
    return None


def problem_of(
    error: Exception, path: str, translate: Callable[[Exception], Problem | None] = _untranslated
) -> Problem:
    """The problem that this error is to who asked for ``path``; a fault of ours is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return from_http_exception(error)
    if isinstance(error, BlockingIOError):  # the client fell silent in the middle of its request
        return RequestTimeout("The client fell silent before its request was complete.")
    problem = translate(error)
    if problem is None:
        _log.error("request.failed", path=path, exc_info=error)
        return InternalError()
    return problem


def install(
    app: Flask,
    page: Callable[[Problem], Any] | None = None,
    translate: Callable[[Exception], Problem | None] = _untranslated,
) -> None:
    """Every error of this app is a problem, also those of Flask, marshmallow and our own mistakes.

    ``page`` renders problems outside ``/api/`` and ``/internal/`` for people; without it they are JSON too.
    ``translate`` tells of which problem another exception is the sign; None for a fault of ours.
    """

    def render(problem: Problem) -> Any:
        if page is not None and not request.path.startswith(("/api/", "/internal/")):
            return page(problem)
        return response_of(problem, request.path)

    def on_http(error: HTTPException) -> Any:
        if error.code is not None and error.code < 400:  # noqa: PLR2004
            return error  # a redirect to the canonical address is no error
        return render(from_http_exception(error))

    def on_unexpected(error: Exception) -> Any:
        return render(problem_of(error, g.get("logged_path", request.path), translate))

    app.register_error_handler(Problem, render)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_unexpected)
