"""The kinds of problems, one class each, with their slugs, statuses and titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import structlog

from libs.chassis.problems.fields import FieldError, bounded


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


class RequestTimeout(Problem):
    """The head and the body did not arrive in time. Nothing was executed."""

    type = "request-timeout"
    status = 408
    title = "The request took too long to arrive"


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


class UriTooLong(Problem):
    """The address is longer than is read."""

    type = "uri-too-long"
    status = 414
    title = "The address is too long"


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


class ExpectationFailed(Problem):
    """``Expect`` asks for what this server does not do."""

    type = "expectation-failed"
    status = 417
    title = "The expectation cannot be met"


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


class HeadersTooLarge(Problem):
    """One header, or all of them together, are larger than is read."""

    type = "headers-too-large"
    status = 431
    title = "The headers are too large"


class InternalError(Problem):
    """A fault of ours. Nothing of it is shown but the correlation id."""

    type = "internal-error"
    status = 500
    title = "Something went wrong on our side"


class NotImplementedHere(Problem):
    """The request uses a part of HTTP that this server does not support."""

    type = "not-implemented"
    status = 501
    title = "This is not supported"


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


def invalid_fields(errors: Iterable[FieldError]) -> Unprocessable:
    """Return the problem that names these wrong fields, or the first of them and the number of the rest."""
    found = bounded(errors)
    return Unprocessable(found.summary, errors=found.listed, extra=found.extra)
