"""Who calls the API: by a personal token, or by a session's cookie from a page of ours."""

from __future__ import annotations

from typing import Final

import svcs
from flask import Flask, Response, g, request
from werkzeug import Request

from libs.chassis.auth import Principal
from libs.chassis.problems import TooManyRequests, Unauthenticated
from services.gateway.api.errors import ForeignRequest, InsufficientScope
from services.gateway.domain.browser import Cookies, form_token, is_foreign, unmasked
from services.gateway.domain.identity import SESSION, Identity
from services.gateway.domain.secrets import same
from services.gateway.domain.throttle import Allowance
from services.gateway.domain.tokens import SAFE_METHODS, scope_for
from services.gateway.usecases.accept_token import accept_token
from services.gateway.usecases.ports import Origin, Ports
from services.gateway.usecases.resume_session import resume_session

PREFIX: Final = "/api/v1/"
AHEAD: Final = 20
# For who has no account yet, or cannot get into it. Each is guarded by a secret or a limit of its own.
PUBLIC: Final = frozenset(
    {
        "/api/v1/setup",
        "/api/v1/invitations/accept",
        "/api/v1/password/reset-requests",
        "/api/v1/password/resets",
    }
)


def install(app: Flask, doorkeeper: Doorkeeper) -> None:
    """Nothing below ``/api/v1/`` is answered to a stranger, and nobody is answered too often."""

    def authenticate() -> None:
        if not request.path.startswith(PREFIX) or request.url_rule is None or request.path in PUBLIC:
            return
        g.identity, g.allowance = doorkeeper.admit(request)
        g.principal = principal_of(g.identity)

    app.before_request(authenticate)
    app.after_request(tell_allowance)


def ports() -> Ports:
    """What the use cases need, as the composition root put it together."""
    return svcs.flask.get(Ports)


def origin_of(asking: Request) -> Origin:
    """Where this request came from."""
    return Origin(address=asking.remote_addr or "", agent=asking.headers.get("User-Agent", ""))


def origin() -> Origin:
    """Where the app's present request came from."""
    return origin_of(request)


def current_identity() -> Identity:
    """Who calls.

    Raises:
        Unauthenticated: a stranger.
    """
    identity = g.get("identity")
    if not isinstance(identity, Identity):
        raise Unauthenticated
    return identity


def principal_of(identity: Identity) -> Principal:
    """What the other services are told of who calls."""
    return Principal(
        person_id=identity.account.person_id,
        organisation_id=identity.account.organisation_id,
        roles=identity.account.roles,
        scopes=identity.scopes,
    )


class Doorkeeper:
    """Knows callers by what they show, and counts how often they come."""

    def __init__(self, ports: Ports, cookies: Cookies) -> None:
        """``cookies`` has the name of the session's."""
        self._ports, self._cookies = ports, cookies

    def admit(self, asking: Request) -> tuple[Identity, Allowance]:
        """Who asks and how often they still may: they are known, and may do this kind of thing.

        Raises:
            Unauthenticated: no token and no session, or neither is good any longer.
            InsufficientScope: the token has not the scope for the method.
            ForeignRequest: a session's write that no page of ours sent.
            TooManyRequests: slow down.
        """
        identity = self._identify(asking)
        if scope_for(asking.method) not in identity.scopes:
            msg = f"Make a token with the scope {scope_for(asking.method)}."
            raise InsufficientScope(msg)
        # By person: a new session or token must bring no fresh allowance.
        key = f"api:{identity.account.organisation_id}:{identity.account.person_id}"
        allowance = self._ports.rates.take(key, self._ports.api_limit, ahead=AHEAD)
        if not allowance.allowed:
            msg = f"At most {allowance.limit.count} requests a minute. Go on in {allowance.reset} seconds."
            headers = {**allowance_headers(allowance), "Retry-After": str(allowance.reset)}
            raise TooManyRequests(msg, headers=headers)
        return identity, allowance

    def _identify(self, asking: Request) -> Identity:
        header = asking.headers.get("Authorization", "")
        identity = self._by_token(header) if header else self._by_session(asking)
        if identity is None:
            msg = "Send a personal API token as Authorization: Bearer."
            if header:
                msg = "The API token is unknown, revoked or expired. Make another one in Settings."
            raise Unauthenticated(msg)
        return identity

    def _by_token(self, header: str) -> Identity | None:
        scheme, _, secret = header.partition(" ")
        return accept_token(secret.strip(), self._ports) if scheme.lower() == "bearer" else None

    def _by_session(self, asking: Request) -> Identity | None:
        secret = asking.cookies.get(self._cookies.session)
        identity = resume_session(secret, self._ports) if secret else None
        if identity is None or secret is None:
            return None
        if asking.method not in SAFE_METHODS and identity.credential == SESSION:
            shown = asking.headers.get("X-CSRF-Token", "")
            expected = form_token(self._ports.session_secret, secret)
            if is_foreign(asking.headers.get("Sec-Fetch-Site")) or not same(unmasked(shown), expected):
                msg = "Send the page's token as X-CSRF-Token, or use a personal API token."
                raise ForeignRequest(msg)
        return identity


def allowance_headers(allowance: Allowance) -> dict[str, str]:
    """How an answer says how many requests are left."""
    return {
        "RateLimit-Limit": str(allowance.limit.count),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(allowance.reset),
    }


def tell_allowance(response: Response) -> Response:
    """The answer says how many requests are left."""
    allowance = g.get("allowance")
    if isinstance(allowance, Allowance):
        response.headers.update(allowance_headers(allowance))
    return response
