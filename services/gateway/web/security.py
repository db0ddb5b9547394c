"""What every page answer carries, and the token of its forms.

The token follows from the cookie of the session (or, before sign-in, of the visit), so nothing is stored and
it changes at sign-in. `form_guard` asks for it.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import svcs
from flask import Flask, Response, g, request

from libs.chassis.problems import Forbidden, NotFound
from services.gateway.domain.browser import PAD_BYTES, Cookies, form_token, masked, unmasked
from services.gateway.domain.kept_forms import mark_of
from services.gateway.domain.neighbourhood import is_inside
from services.gateway.domain.secrets import new_secret, same
from services.gateway.usecases.ports import Ports

FIELD: Final = "csrf_token"
HEADER: Final = "X-CSRF-Token"
PAGE_HEADER: Final = "X-Cairn-Page"
ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
INSTRUMENTS: Final = frozenset({"/metrics", "/readyz"})
API_PREFIX: Final = "/api/v1/"
# The pages whose links hold secrets.
WITH_SECRETS: Final = frozenset({"accounts"})
API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
# Rendered mails have inline styles; the frame that shows one may do nothing else.
MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox"
)
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)

ALWAYS: Final = (
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Permissions-Policy", PERMISSIONS),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class ForeignForm(Forbidden):
    """A form that no page of ours sent, or an old one."""

    type = "foreign-form"
    title = "This form is no longer valid"


class PressAgain(ForeignForm):
    """A form that is shown again with all that was typed, to be sent once more; nothing was saved."""

    def __init__(self, words: str = "", *, shown_with: int = 403) -> None:
        """``shown_with`` is the status of the page that shows the form again."""
        super().__init__(words)
        self.shown_with = shown_with


def install(app: Flask) -> None:
    """Give every page of this app the security headers. `form_guard` checks its forms."""
    app.jinja_env.globals.update(csp_nonce=csp_nonce, csrf_token=csrf_token, form_of=form_of)
    # Before any `before_request`: what refuses a request is logged as well.
    app.url_value_preprocessor(keep_secrets_out_of_logs)
    app.before_request(hide_instruments)
    app.after_request(add_headers)


def cookies() -> Cookies:
    """The names of our cookies in this installation."""
    return svcs.flask.get(Cookies)


def csp_nonce() -> str:
    """The number used once that lets this answer's own scripts run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def csrf_token() -> str:
    """What a form of this page must send back, in field ``csrf_token`` or header ``X-CSRF-Token``.

    It is masked anew for each answer (ADR 28).
    """
    if "csrf_token" not in g:
        g.csrf_token = masked(_expected_token(), secrets.token_bytes(PAD_BYTES))
    return str(g.csrf_token)


def form_of() -> str:
    """Return what a form carries to say whom it was shown to; empty where nobody is signed in."""
    viewer = g.get("viewer")
    person_id = getattr(viewer, "person_id", None)
    return mark_of(person_id, svcs.flask.get(Ports).session_secret) if person_id else ""


def is_one_click() -> bool:
    """Whether a mail provider unsubscribes somebody (RFC 8058): the signed token in the link is the proof."""
    return request.endpoint == "accounts.unsubscribe" and request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]


def shows_our_token() -> bool:
    """Whether the request carries the token that only a page of ours in this very session could read."""
    shown = request.headers.get(HEADER) or request.form.get(FIELD, "")
    return same(unmasked(shown), _expected_token())


def _expected_token() -> str:
    return form_token(svcs.flask.get(Ports).session_secret, _browser_secret())


def keep_secrets_out_of_logs(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """The log says no more of an address than its route, where the address may hold the secret of a link.

    Nor does it where the address meets no route: a link that was copied badly may still be good.
    """
    if request.url_rule is None:
        if not request.path.startswith(API_PREFIX):
            g.logged_path = _first_segment(request.path)
    elif request.blueprint in WITH_SECRETS:
        g.logged_path = request.url_rule.rule


def hide_instruments() -> None:
    """Metrics and readiness are told to neighbours alone; this address is the one that is public.

    Raises:
        NotFound: the request came from outside, or was passed on by a proxy.
    """
    # The trusted proxies' word on who asks is kept apart: here it counts who holds the other end.
    peer = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR") or request.remote_addr
    if request.path in INSTRUMENTS and not is_inside(peer or "", list(request.headers.keys())):
        raise NotFound


def headers_of(policy: str, *, secure: bool) -> list[tuple[str, str]]:
    """What tells a browser to do nothing that we did not mean, with this content security policy."""
    strict = [("Strict-Transport-Security", "max-age=63072000; includeSubDomains")] if secure else []
    return [("Content-Security-Policy", policy), *ALWAYS, *strict]


def add_headers(response: Response) -> Response:
    """The answer tells the browser to do nothing that we did not mean."""
    headers = response.headers
    given = set(headers.keys(lower=True))
    is_page = (response.mimetype or "") == "text/html"
    if is_page:  # so that a script tells our pages, and which they are, from what a proxy answers
        headers[PAGE_HEADER] = g.get("page_kind", "page")
    policy = _page_policy() if is_page else API_POLICY
    wanted = headers_of(policy, secure=cookies().secure)
    headers.extend([(name, value) for name, value in wanted if name.lower() not in given])
    if "new_visit" in g:
        _set_visit(response, str(g.new_visit))
    return response


def _first_segment(path: str) -> str:
    first, *more = [part for part in path.split("/") if part] or [""]
    return f"/{first}/…" if more else f"/{first}"


def _page_policy() -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{csp_nonce()}' 'strict-dynamic'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _browser_secret() -> str:
    """The cookie that ties forms to this browser; one is made for a browser that has none."""
    known = request.cookies.get(cookies().session) or request.cookies.get(cookies().visit)
    if known:
        return known
    if "new_visit" not in g:
        g.new_visit = new_secret()
    return str(g.new_visit)


def _set_visit(response: Response, secret: str) -> None:
    response.set_cookie(
        cookies().visit, secret, secure=cookies().secure, httponly=True, samesite="Lax", path="/"
    )
