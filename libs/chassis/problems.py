"""Everything that can go wrong for a client, as RFC 9457 problems.

    Problem
    ├── BadRequest                400 bad-request
    │   └── MissingIdempotencyKey 400 missing-idempotency-key
    ├── Unauthenticated           401 unauthenticated
    ├── Forbidden                 403 forbidden
    ├── NotFound                  404 not-found
    ├── MethodNotAllowed          405 method-not-allowed
    ├── NotAcceptable             406 not-acceptable
    ├── Conflict                  409 conflict          (services derive their own: cycle-closed, …)
    ├── Gone                      410 gone
    ├── PreconditionFailed        412 stale-revision
    ├── PayloadTooLarge           413 payload-too-large
    ├── UnsupportedMediaType      415 unsupported-media-type
    │   └── UnsupportedCoding     415 unsupported-content-coding
    ├── Unprocessable             422 invalid-fields
    ├── PreconditionRequired      428 precondition-required
    ├── TooManyRequests           429 too-many-requests
    ├── InternalError             500 internal-error
    ├── BadGateway                502 bad-gateway
    └── Unavailable               503 unavailable       (with Retry-After)

A problem is raised wherever it is noticed; :func:`install` renders it. docs/problems.md documents each slug.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestTimeout

MEDIA_TYPE: Final = "application/problem+json"
_BODY_HEADERS: Final = frozenset({"content-type", "content-length"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field and what to do.

    ``pointer``: ``/title`` in the body, ``?limit`` in the query.
    """

    pointer: str
    message: str


class Problem(Exception):
    """An error that the client is told.

    Subclasses fix slug, status and title; ``detail`` is for this occurrence.
    """

    type: ClassVar[str] = "problem"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """``extra`` members are added to the JSON object; ``headers`` to the response."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = list(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def document(self, instance: str) -> dict[str, Any]:
        """The JSON object of RFC 9457 for this occurrence at path ``instance``."""
        body: dict[str, Any] = {
            **self.extra,
            "type": f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
            "instance": instance,
        }
        if self.detail:
            body["detail"] = self.detail
        correlation = structlog.contextvars.get_contextvars().get("correlation_id")
        if correlation:
            body["correlation_id"] = correlation
        if self.errors:
            body["errors"] = [{"pointer": error.pointer, "message": error.message} for error in self.errors]
        return body


class BadRequest(Problem):
    """The request cannot be read."""

    type = "bad-request"
    status = 400
    title = "The request cannot be read"


class MissingIdempotencyKey(BadRequest):
    """A write that may be repeated came without a usable key."""

    type = "missing-idempotency-key"
    title = "An Idempotency-Key is needed"


class Unauthenticated(Problem):
    """Nobody is signed in, or the token is no longer good."""

    type = "unauthenticated"
    status = 401
    title = "Sign in first"

    def __init__(self, detail: str = "", **rest: Any) -> None:
        """RFC 9110 wants a challenge with every 401."""
        super().__init__(detail, **rest)
        self.headers.setdefault("WWW-Authenticate", "Bearer")


class Forbidden(Problem):
    """It exists and may be seen, but this is not theirs to do."""

    type = "forbidden"
    status = 403
    title = "You may not do this"


class NotFound(Problem):
    """It does not exist, or not for the one who asks."""

    type = "not-found"
    status = 404
    title = "There is nothing here"


class MethodNotAllowed(Problem):
    """The address exists, but not for this method. ``Allow`` says which."""

    type = "method-not-allowed"
    status = 405
    title = "This method is not possible here"


class NotAcceptable(Problem):
    """No representation that the client accepts."""

    type = "not-acceptable"
    status = 406
    title = "No acceptable representation"


class Conflict(Problem):
    """The state of things does not allow it. Services derive their own, each with its slug."""

    type = "conflict"
    status = 409
    title = "The current state does not allow this"


class Gone(Problem):
    """It was here and is no more."""

    type = "gone"
    status = 410
    title = "This is no longer here"


class PreconditionFailed(Problem):
    """Somebody changed it since it was read."""

    type = "stale-revision"
    status = 412
    title = "It has changed since you read it"


class PayloadTooLarge(Problem):
    """The body is larger than is read."""

    type = "payload-too-large"
    status = 413
    title = "The request is too large"


class UnsupportedMediaType(Problem):
    """The body is not JSON."""

    type = "unsupported-media-type"
    status = 415
    title = "Send JSON"


class UnsupportedCoding(UnsupportedMediaType):
    """The body is compressed, or coded in another way. ``Accept-Encoding`` says which coding is taken."""

    type = "unsupported-content-coding"
    title = "Send the body as it is"

    def __init__(self, detail: str = "", **rest: Any) -> None:
        """RFC 9110 wants the codings named that would have been taken."""
        super().__init__(detail, **rest)
        self.headers.setdefault("Accept-Encoding", "identity")


class Unprocessable(Problem):
    """Fields are missing or wrong; ``errors`` names them."""

    type = "invalid-fields"
    status = 422
    title = "Some fields are not right"


class PreconditionRequired(Problem):
    """A write without ``If-Match`` would overwrite what others did."""

    type = "precondition-required"
    status = 428
    title = "An If-Match header is needed"


class TooManyRequests(Problem):
    """Slow down. ``Retry-After`` says how long."""

    type = "too-many-requests"
    status = 429
    title = "Too many requests"


class InternalError(Problem):
    """A fault of ours. Nothing of it is shown but the correlation id."""

    type = "internal-error"
    status = 500
    title = "Something went wrong on our side"


class BadGateway(Problem):
    """A service behind this one answered nonsense."""

    type = "bad-gateway"
    status = 502
    title = "A service behind this one failed"


class Unavailable(Problem):
    """Something needed cannot be reached; whether a write took effect is unknown.

    Repeating is safe with the same key.
    """

    type = "unavailable"
    status = 503
    title = "Try again in a moment"

    def __init__(self, detail: str = "", *, retry_after: int = 1, **rest: Any) -> None:
        """``retry_after`` is in seconds."""
        super().__init__(detail, **rest)
        self.headers.setdefault("Retry-After", str(retry_after))


def _all(root: type[Problem]) -> Iterator[type[Problem]]:
    for subclass in root.__subclasses__():
        yield subclass
        yield from _all(subclass)


def catalogue() -> dict[str, str]:
    """Slug and title of every problem that is imported in this process."""
    return {problem.type: problem.title for problem in _all(Problem)}


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
    errors = list(field_errors(data["messages"])) if "messages" in data else []
    headers = {
        name: value
        for name, value in error.get_response().headers.items()
        if name.lower() not in _BODY_HEADERS
    }
    if errors:
        detail = f"{len(errors)} field{'s are' if len(errors) > 1 else ' is'} not right: see errors"
    return cls(detail, errors=errors, headers={**headers, **(data.get("headers") or {})})


def field_errors(messages: Any) -> Iterator[FieldError]:
    """One error per wrong field of what marshmallow says, by location and path."""
    if not isinstance(messages, Mapping):
        messages = {"json": messages}
    for location, found in messages.items():
        if location in ("query", "headers", "path", "cookies", "view_args") and isinstance(found, Mapping):
            for name, inner in found.items():
                yield from _leaves(inner, f"?{name}" if location == "query" else f"{location}:{name}")
        else:
            yield from _leaves(found, "")


def _leaves(found: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _leaves(inner, pointer + step)
    elif isinstance(found, Sequence) and not isinstance(found, str):
        for message in found:
            yield from _leaves(message, pointer)
    else:
        yield FieldError(pointer or "/", str(found))


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
        return from_http_exception(RequestTimeout())
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
