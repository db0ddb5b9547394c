"""The way from the public API to the service that owns the resource.

It stands before the app: a request that only passes through needs neither pages nor their sessions, and is
by far the most frequent. What is no service's goes on to the app.

Only headers that are named here pass, in either direction: nobody outside can tell a service who they
are, and no service can tell a browser what to keep or whom to trust.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import orjson
from werkzeug import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoSuchAddress
from werkzeug.routing import Map, Rule

from libs.chassis import mongo
from libs.chassis.auth import Principal
from libs.chassis.problems import BadGateway, NotFound, problem_of, response_of
from libs.chassis.telemetry import CORRELATION_HEADER, correlation_id
from libs.chassis.web import (
    BODY_LIMIT,
    Handled,
    begin_request,
    end_request,
    finish_request,
    take_body,
)
from services.gateway.api.answers import complete
from services.gateway.api.identity import PREFIX, Doorkeeper, allowance_headers, origin_of, principal_of
from services.gateway.api.routes import AUDIENCES, CHECKINS, ROUTES
from services.gateway.domain.identity import Identity
from services.gateway.domain.tokens import SAFE_METHODS
from services.gateway.usecases.note_change import Change, id_of_made, note_change
from services.gateway.usecases.ports import Forwarded, Passage, Ports

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SERVICE: Final = "gateway"
# OPTIONS too: only the owner knows what is allowed.
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PASSED_IN: Final = ("Accept", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key")
PASSED_OUT: Final = {
    name.lower(): name
    for name in (
        "Content-Type",
        "ETag",
        "Location",
        "Retry-After",
        "Idempotency-Replayed",
        "Allow",
        "Cache-Control",
        "Last-Modified",
    )
}
BODYLESS: Final = (204, 304)
UNAUTHENTICATED: Final = 401
REFUSED: Final = 400
RULES: Final = Map(
    [
        Rule(PREFIX.rstrip("/") + address, endpoint=owner, methods=METHODS)
        for address, owner in ROUTES.items()
    ],
    merge_slashes=False,
)


class PassedOn(Response):
    """A service's answer. Where it has a body its headers need no more care: the service has taken it."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """They are sent as they are."""
        return super().get_wsgi_headers(environ) if self.status_code in BODYLESS else self.headers


class ApiRequest(Request):
    """A request whose body is as short as the API's may be."""

    max_content_length = BODY_LIMIT


class Front:
    """Answers what is a service's, in its name; all else is the app's to answer. Safe to share."""

    def __init__(
        self,
        beyond: WSGIApplication,
        doorkeeper: Doorkeeper,
        ports: Ports,
        headers: Iterable[tuple[str, str]],
    ) -> None:
        """``beyond`` is the app; every answer from here carries ``headers``."""
        self._beyond, self._doorkeeper, self._ports = beyond, doorkeeper, ports
        self._headers = tuple(headers)
        self._addresses = RULES.bind("gateway")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The answer to this request."""
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._beyond(environ, start_response)
        request = ApiRequest(environ)
        try:
            rule, _parts = self._addresses.match(request.path, request.method, return_rule=True)
        except NoSuchAddress:
            return self._beyond(environ, start_response)
        except HTTPException as error:
            return self._answer(request, None, error)(environ, start_response)
        return self._answer(request, rule, None)(environ, start_response)

    def _answer(self, request: Request, rule: Rule | None, refused: HTTPException | None) -> Response:
        began = time.perf_counter()
        begin_request(request)
        principal: Principal | None = None
        try:
            if rule is None:
                raise refused or NotFound()  # noqa: TRY301  # answered as any other problem
            take_body(request)
            identity, allowance = self._doorkeeper.admit(request)
            principal = principal_of(identity)
            response = self._forward(request, str(rule.endpoint), identity, principal)
            response.headers.update(allowance_headers(allowance))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, who asked is told as a problem
            response = response_of(problem_of(error, request.path, mongo.unavailable), request.path)
        response.headers.extend(self._headers)
        complete(request, response)
        handled = Handled(
            service=SERVICE,
            route="unmatched" if rule is None else rule.rule,
            seconds=time.perf_counter() - began,
            principal=principal,
        )
        finish_request(request, response, handled)
        end_request()
        return response

    def _forward(self, request: Request, service: str, identity: Identity, principal: Principal) -> Response:
        """The owning service's answer to this request.

        Raises:
            Unavailable: the service does not answer; a write may or may not have taken place.
            BadGateway: the service does not believe us.
        """
        token = self._ports.mint.mint(principal, AUDIENCES[service])
        given = request.headers
        answer = self._ports.forwarder.forward(
            Passage(
                service=service,
                # A service answers HEAD without the length and the tag of what GET answers.
                method="GET" if request.method == "HEAD" else request.method,
                target=_target(request),
                headers={
                    **{name: given[name] for name in PASSED_IN if name in given},
                    "Authorization": f"Bearer {token}",
                    CORRELATION_HEADER: correlation_id(),
                },
                body=request.get_data(cache=False),
            )
        )
        if answer.status == UNAUTHENTICATED:
            msg = "A service behind this one did not accept our word. This is not your mistake."
            raise BadGateway(msg)
        if request.method not in SAFE_METHODS and answer.status < REFUSED and service != CHECKINS:
            self._note(request, identity, answer)
        told = answer.headers
        passed = [(name, told[key]) for key, name in PASSED_OUT.items() if key in told]
        return PassedOn(answer.body, status=answer.status, headers=passed)

    def _note(self, request: Request, identity: Identity, answer: Forwarded) -> None:
        change = Change(
            person_id=identity.account.person_id,
            organisation_id=identity.account.organisation_id,
            method=request.method,
            path=request.path,
            status=answer.status,
            by=identity.credential,
            made=id_of_made(request.method, answer.status, lambda: _read(answer.body)),
        )
        note_change(change, origin_of(request), self._ports)


def _read(body: bytes) -> object:
    with suppress(ValueError):
        return orjson.loads(body)
    return None


def _target(request: Request) -> str:
    """The address at the service: the very resource that was routed, never one beside it.

    Raises:
        NotFound: a dot segment, which would lead out of it.
    """
    if {".", ".."} & set(request.path.split("/")):
        raise NotFound
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe="/:@!$&'()*+,;=-._~") + (f"?{query}" if query else "")
