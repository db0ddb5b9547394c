"""HTTP to one of the other services: the viewer's minted token, the correlation id, typed problems.

Asked twice is only what was never sent, and what does no harm twice (`kept_connections.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import orjson

from libs.chassis import problems
from libs.chassis.auth import Principal
from libs.chassis.telemetry import correlation_id
from services.gateway.clients.kept_connections import KeptConnections
from services.gateway.usecases.ports import Forwarded

READ_SECONDS = 8.0
KEPT_CONNECTIONS = 32
CLIENT_ERROR = 400
HARMLESS_TWICE = frozenset({"GET", "PUT", "DELETE"})
GUARDS = frozenset({"Idempotency-Key", "If-Match"})
SERVER_ERROR = 500
DAMAGED = "This form was damaged on its way. Go back, reload the page, and try again."
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


Note = Callable[[Principal, str, str, int, object], None]


class Upstream:
    """One service behind its base address. Safe to share between threads."""

    def __init__(
        self, base_url: str, audiences: Sequence[str], mint: Mint, *, note: Note | None = None
    ) -> None:
        """Keep no connection yet: they are made by the first request, after the fork.

        ``note`` is told of every write that the service took: by whom, method, path, status and answer.
        """
        self._audiences = tuple(audiences)
        self._mint = mint
        self._note = note
        self._connections = KeptConnections(base_url, at_most=KEPT_CONNECTIONS, seconds=READ_SECONDS)

    def get(self, principal: Principal, path: str, **query: object) -> Any:
        """The body of a resource.

        Raises:
            problems.Problem: the service refused; ``extra['cause']`` is its own slug.
            problems.Unavailable: it did not answer.
        """
        return self.ask(principal, "GET", path, query=query)

    def ask(
        self,
        principal: Principal,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The body of the service's answer, whatever the method; null where it has none.

        Raises:
            problems.Problem: the service refused; ``extra['cause']`` is its own slug.
            problems.BadRequest: what a form gave for a header can be none.
            problems.Unavailable: it did not answer, or answered what nobody can read.
        """
        sent = {
            "Accept": "application/json, application/problem+json",
            "Authorization": f"Bearer {self._mint.mint(principal, self._audiences)}",
            "X-Correlation-Id": correlation_id(),
            **(headers or {}),
        }
        payload = b""
        if body is not None:
            payload = orjson.dumps(body)
            sent["Content-Type"] = "application/json"
        answer = self._sent(method, _target(path, query or {}), payload, sent)
        read = _body(answer)
        if self._note is not None and method != "GET":
            self._note(principal, method, path, answer.status, read)
        return read

    def _sent(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Forwarded:
        harmless = method in HARMLESS_TWICE or bool(GUARDS.intersection(headers))
        try:
            return self._connections.request(method, target, headers, body, harmless_twice=harmless)
        except OSError as error:
            raise problems.Unavailable(SILENT) from error
        except ValueError as error:
            raise problems.BadRequest(DAMAGED) from error


def _body(answer: Forwarded) -> Any:
    try:
        body = orjson.loads(answer.body) if answer.body else None
    except ValueError as error:
        raise problems.Unavailable(SILENT) from error
    if answer.status >= CLIENT_ERROR:
        raise _problem(answer.status, body if isinstance(body, dict) else {}, answer.headers)
    return body


def segment(identifier: str) -> str:
    """An id as one segment of a path, whatever somebody typed into the address bar."""
    return quote(identifier, safe="").replace(".", "%2E")  # ".." would lead to another resource


def if_match(rev: int | None) -> Mapping[str, str]:
    """Return the header of a write that holds only for this revision; none for null."""
    return {} if rev is None else {"If-Match": f'"{rev}"'}


def _target(path: str, query: Mapping[str, object]) -> str:
    given = {name: _query_text(value) for name, value in query.items() if value not in (None, "", (), [])}
    return f"{path}?{urlencode(given)}" if given else path


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
    made = {"made": str(body["made"])} if "made" in body else {}
    return refusal(detail, errors=errors, extra={"cause": cause, **made}, headers=kept)
