"""Who looks at a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse

from libs.chassis.auth import Principal
from libs.chassis.problems import Unauthenticated
from services.gateway.domain.identity import Identity
from services.gateway.web import formatting
from services.gateway.web.links import here, link, redirect
from services.gateway.web.session import current_identity

P = ParamSpec("P")
R = TypeVar("R")
SIGN_IN = "/sign-in"
CONTROL = 32
NEEDS_SIGN_IN = "needs_sign_in"
SIGN_IN_HEADER = "X-Cairn-Sign-In"


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The signed-in person as pages know them. ``principal`` speaks for them to the other services."""

    person_id: str
    organisation_id: str
    name: str
    email: str
    roles: frozenset[str]
    theme: str
    locale: str
    time_zone: str
    principal: Principal
    identity: Identity

    @property
    def id(self) -> str:
        """The person's id, as templates say it."""
        return self.person_id

    @property
    def initials(self) -> str:
        """Two letters for a picture of the person."""
        return formatting.initials(self.name)

    @property
    def is_admin(self) -> bool:
        """Whether the viewer administers the organisation."""
        return "admin" in self.roles


def viewer_or_none() -> Viewer | None:
    """The viewer, where somebody is signed in."""
    identity = current_identity()
    if identity is None:
        return None
    if "viewer" not in g:
        g.viewer = _viewer(identity)
        g.principal = g.viewer.principal
    found = g.viewer
    return found if isinstance(found, Viewer) else None


def current_viewer() -> Viewer:
    """The viewer.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    viewer = viewer_or_none()
    if viewer is None:
        raise Unauthenticated
    return viewer


def signed_in(view: Callable[P, R]) -> Callable[P, R | BaseResponse]:
    """The page is only for who is signed in; others are led to sign in and back."""

    @wraps(view)
    def guarded(*args: P.args, **options: P.kwargs) -> R | BaseResponse:
        if viewer_or_none() is None:
            return to_sign_in()
        return view(*args, **options)

    vars(guarded)[NEEDS_SIGN_IN] = True
    return guarded


def needs_sign_in(view: object) -> bool:
    """Whether `signed_in` guards this view."""
    return getattr(view, NEEDS_SIGN_IN, False)


def to_sign_in() -> BaseResponse:
    """An answer that leads to the sign-in page and, after it, back here.

    A part of a page is asked for by htmx. It is told where to sign in and stays on its page, where somebody
    may have typed much.
    """
    if request.headers.get("HX-Request") == "true":
        shown = _path_of(request.headers.get("HX-Current-URL", "/"))
        return Response(status=401, headers={SIGN_IN_HEADER: sign_in_address(shown)})
    return redirect(sign_in_address(here() if request.method == "GET" else "/"), 302)


def _path_of(address: str) -> str:
    """The path and the query of what should be an address; ``/`` where it is none."""
    try:
        shown = urlsplit(address)
    except ValueError:
        return "/"
    return shown.path + (f"?{shown.query}" if shown.query else "")


def page_before() -> str:
    """Return the page that the browser says it came from, where it is one of ours that can be opened."""
    before = _path_of(request.headers.get("Referer", ""))
    try:
        current_app.url_map.bind("").match(urlsplit(before).path, method="GET")
    except (HTTPException, RequestRedirect):
        return "/"
    return safe_path(before)


def sign_in_address(then: str) -> str:
    """The address of the sign-in page that leads to ``then`` afterwards."""
    then = safe_path(then)
    return link(SIGN_IN, query={"next": None if then == "/" else then})


def safe_path(candidate: str | None) -> str:
    """The candidate if it is a path on this very host, else ``/``: signing in must not lead elsewhere."""
    if not candidate or not candidate.startswith("/") or candidate.startswith("//") or "\\" in candidate:
        return "/"
    if any(ord(character) < CONTROL for character in candidate) or urlsplit(candidate).netloc:
        return "/"
    return candidate


def principal_of(identity: Identity) -> Principal:
    """What the other services are told of who asks."""
    return Principal(
        person_id=identity.account.person_id,
        organisation_id=identity.account.organisation_id,
        roles=identity.account.roles,
        scopes=identity.scopes,
    )


def _viewer(identity: Identity) -> Viewer:
    account = identity.account
    return Viewer(
        person_id=account.person_id,
        organisation_id=account.organisation_id,
        name=account.name,
        email=account.email,
        roles=account.roles,
        theme=account.theme,
        locale=account.locale,
        time_zone=account.time_zone,
        principal=principal_of(identity),
        identity=identity,
    )
