"""The way from the public API to the service that owns the resource.

Only headers that are named here pass, in either direction: nobody outside can tell a service who they
are, and no service can tell a browser what to keep or whom to trust.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, request

from libs.chassis.problems import BadGateway, NotFound
from libs.chassis.telemetry import CORRELATION_HEADER, correlation_id
from services.gateway.api.identity import PREFIX, current_identity, origin, ports, principal_of
from services.gateway.api.routes import AUDIENCES, CHECKINS, ROUTES
from services.gateway.domain.identity import Identity
from services.gateway.domain.tokens import SAFE_METHODS
from services.gateway.usecases.note_change import Change, note_change
from services.gateway.usecases.ports import Passage

# OPTIONS too: only the owner knows what is allowed.
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PASSED_IN: Final = ("Accept", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key")
PASSED_OUT: Final = (
    "Content-Type",
    "ETag",
    "Location",
    "Retry-After",
    "Idempotency-Replayed",
    "Allow",
    "Cache-Control",
    "Last-Modified",
)
UNAUTHENTICATED: Final = 401
REFUSED: Final = 400

blueprint = Blueprint("front", __name__, url_prefix=PREFIX.rstrip("/"))


def forward(service: str, **_parts: Any) -> Response:
    """The owning service's answer to this request.

    Raises:
        Unavailable: the service does not answer; a write may or may not have taken place.
        BadGateway: the service does not believe us.
    """
    identity = current_identity()
    answer = ports().forwarder.forward(
        Passage(
            service=service,
            method=request.method,
            target=_target(),
            headers=_headers(service, identity),
            body=request.get_data(cache=False),
        )
    )
    if answer.status == UNAUTHENTICATED:
        msg = "A service behind this one did not accept our word. This is not your mistake."
        raise BadGateway(msg)
    if request.method not in SAFE_METHODS and answer.status < REFUSED and service != CHECKINS:
        _note(identity, answer.status)
    passed = {name: answer.headers[name] for name in PASSED_OUT if name in answer.headers}
    return Response(answer.body, status=answer.status, headers=passed)


def _target() -> str:
    """The address at the service: the very resource that was routed, never one beside it.

    Raises:
        NotFound: a dot segment, which would lead out of it.
    """
    if {".", ".."} & set(request.path.split("/")):
        raise NotFound
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe="/:@!$&'()*+,;=-._~") + (f"?{query}" if query else "")


def _headers(service: str, identity: Identity) -> dict[str, str]:
    token = ports().mint.mint(principal_of(identity), AUDIENCES[service])
    return {
        **{name: request.headers[name] for name in PASSED_IN if name in request.headers},
        "Authorization": f"Bearer {token}",
        CORRELATION_HEADER: correlation_id(),
    }


def _note(identity: Identity, status: int) -> None:
    change = Change(
        person_id=identity.account.person_id,
        organisation_id=identity.account.organisation_id,
        method=request.method,
        path=request.path,
        status=status,
        by=identity.credential,
    )
    note_change(change, origin(), ports())


for number, (address, owner) in enumerate(ROUTES.items()):
    blueprint.add_url_rule(
        address, endpoint=f"{owner}_{number}", view_func=forward, methods=METHODS, defaults={"service": owner}
    )
