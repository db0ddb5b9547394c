"""The cookie of a signed-in browser: read, set at sign-in, removed at sign-out."""

from __future__ import annotations

import svcs
from flask import g, request
from werkzeug.wrappers import Response

from libs.language.addresses import address_key
from services.gateway.domain.identity import Identity
from services.gateway.domain.secrets import digest, new_secret, same, signature
from services.gateway.usecases.ports import Origin, Ports
from services.gateway.usecases.resume_session import resume_session
from services.gateway.usecases.sign_in import SignedIn
from services.gateway.web.read_only import read_only_ports
from services.gateway.web.security import PressAgain, cookies

DEVICE_SECONDS = 180 * 24 * 3600


def ports() -> Ports:
    """What the use cases need, as the composition root put it together; a form shown again may only read."""
    built = svcs.flask.get(Ports)
    why = g.get("press_again")
    return read_only_ports(built, why) if isinstance(why, PressAgain) else built


def origin() -> Origin:
    """Where this request came from."""
    return Origin(address=request.remote_addr or "", agent=request.headers.get("User-Agent", ""))


def current_identity() -> Identity | None:
    """Who is signed in with this browser, looked up once a request."""
    if "identity" not in g:
        secret = request.cookies.get(cookies().session)
        g.identity = resume_session(secret, ports()) if secret else None
    found = g.identity
    return found if isinstance(found, Identity) else None


def remember_sign_in(response: Response, signed_in: SignedIn) -> Response:
    """The browser gets the session's cookie and is known as this account's from now on.

    The session that the browser had until now, if any, is over.
    """
    names = cookies()
    before = request.cookies.get(names.session)
    if before:
        ports().sessions.remove(digest(before))
    longest = ports().session_policy.remembered_absolute if signed_in.session.remembered else None
    _set(response, names.session, signed_in.secret, int(longest.total_seconds()) if longest else None)
    _set(
        response,
        names.device,
        _signed(f"{digest(address_key(signed_in.account.email))}.{new_secret()}"),
        DEVICE_SECONDS,
    )
    _remove(response, names.visit)
    g.pop("new_visit", None)
    return response


def forget_sign_in(response: Response) -> Response:
    """The browser has no session cookie any longer."""
    _remove(response, cookies().session)
    return response


def known_device() -> str | None:
    """Which account (the digest of its address) this browser was last signed in to, a dot, and its own name.

    None where that is not proven.
    """
    value = request.cookies.get(cookies().device, "")
    device, _, _ = value.rpartition(".")
    return device if device and same(value, _signed(device)) else None


def _signed(device: str) -> str:
    return f"{device}.{signature(ports().session_secret, 'device', device)}"


def _set(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, secure=cookies().secure, httponly=True, samesite="Lax", path="/"
    )


def _remove(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=cookies().secure, httponly=True, samesite="Lax", path="/")
