"""HTTP to one of the other services: a pool, the viewer's minted token, the correlation id, typed problems.

Asked twice is only what does no harm twice, and only where a kept connection broke: the other side may
have closed it at the very moment when it was used again. Nothing else is retried here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import orjson
import urllib3

from libs.chassis import problems
from libs.chassis.auth import Principal
from libs.chassis.telemetry import correlation_id
from services.gateway.clients.connections import REPEATS, keeping, may_repeat

READ_SECONDS = 8.0
POOLED_CONNECTIONS = 32
CLIENT_ERROR = 400
HARMLESS_TWICE = frozenset({"GET", "PUT", "DELETE"})
GUARDS = frozenset({"Idempotency-Key", "If-Match"})
SERVER_ERROR = 500
SILENT = "A part of Cairn does not answer. Try again in a moment; nothing counts twice."


class Mint(Protocol):
    """Makes the short-lived token that a service accepts for this principal."""

    def mint(self, principal: Principal, audiences: Sequence[str]) -> str:
        """A signed token that names these services as its audience."""


REFUSALS: Mapping[int, type[problems.Problem]] = {
    refusal.status: refusal
    for refusal in (
        problems.BadRequest,
        problems.Unauthenticated,
        problems.Forbidden,
        problems.NotFound,
        problems.Conflict,
        problems.Gone,
        problems.PreconditionFailed,
        problems.PayloadTooLarge,
        problems.Unprocessable,
        problems.PreconditionRequired,
        problems.TooManyRequests,
    )
}


Note = Callable[[Principal, str, str, int], None]


@dataclass(frozen=True)
class Answer:
    """A service's answer that is no problem."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Upstream:
    """One service behind its base address. Safe to share between threads."""

    def __init__(
        self, base_url: str, audiences: Sequence[str], mint: Mint, *, note: Note | None = None
    ) -> None:
        """Keep no connection yet: they are made by the first request, after the fork.

        ``note`` is told of every write that the service took: by whom, method, path and status.
        """
        self._base_url = base_url.rstrip("/")
        self._audiences = tuple(audiences)
        self._mint = mint
        self._note = note
        self._pool = keeping(POOLED_CONNECTIONS, read_seconds=READ_SECONDS)

    def get(self, principal: Principal, path: str, **query: object) -> Any:
        """The body of a resource.

        Raises:
            problems.Problem: the service refused; ``extra['cause']`` is its own slug.
            problems.Unavailable: it did not answer.
        """
        return self.ask(principal, "GET", path, query=query).body

    def ask(
        self,
        principal: Principal,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The service's answer, whatever the method.

        Raises:
            problems.Problem: the service refused; ``extra['cause']`` is its own slug.
            problems.Unavailable: it did not answer, or answered what nobody can read.
        """
        sent = {
            "Accept": "application/json, application/problem+json",
            "Authorization": f"Bearer {self._mint.mint(principal, self._audiences)}",
            "X-Correlation-Id": correlation_id(),
            **(headers or {}),
        }
        payload = None
        if body is not None:
            payload = orjson.dumps(body)
            sent["Content-Type"] = "application/json"
        read = self._read(self._sent(method, self._url(path, query or {}), payload, sent))
        if self._note is not None and method != "GET":
            self._note(principal, method, path, read.status)
        return read

    def _sent(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        harmless = method in HARMLESS_TWICE or bool(GUARDS.intersection(headers))
        repeats = REPEATS
        while True:
            try:
                return self._pool.request(method, url, body=body, headers=headers)
            except (urllib3.exceptions.HTTPError, OSError) as error:
                repeats -= 1
                if repeats < 0 or not may_repeat(error, harmless_twice=harmless):
                    raise problems.Unavailable(SILENT) from error

    def _url(self, path: str, query: Mapping[str, object]) -> str:
        given = {name: _query_text(value) for name, value in query.items() if value not in (None, "", (), [])}
        return f"{self._base_url}{path}" + (f"?{urlencode(given)}" if given else "")

    def _read(self, answer: urllib3.BaseHTTPResponse) -> Answer:
        try:
            body = orjson.loads(answer.data) if answer.data else None
        except ValueError as error:
            raise problems.Unavailable(SILENT) from error
        if answer.status >= CLIENT_ERROR:
            raise _problem(answer.status, body if isinstance(body, dict) else {}, dict(answer.headers))
        return Answer(answer.status, body, dict(answer.headers))


def segment(identifier: str) -> str:
    """An id as one segment of a path, whatever somebody typed into the address bar."""
    return quote(identifier, safe="").replace(".", "%2E")  # ".." would lead to another resource


def _query_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list, set, frozenset)):
        return ",".join(str(item) for item in value)
    return str(value)


def _problem(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> problems.Problem:
    detail = str(body.get("detail") or body.get("title") or "")
    cause = str(body.get("type", "")).rsplit("/", 1)[-1]
    if status >= SERVER_ERROR:
        return problems.Unavailable(SILENT, extra={"cause": cause})
    errors = [
        problems.FieldError(str(error.get("pointer", "")), str(error.get("message", "")))
        for error in body.get("errors") or []
        if isinstance(error, dict)
    ]
    kept = {name: value for name, value in headers.items() if name.lower() == "retry-after"}
    refusal = REFUSALS.get(status, problems.BadRequest)
    return refusal(detail, errors=errors, extra={"cause": cause}, headers=kept)
