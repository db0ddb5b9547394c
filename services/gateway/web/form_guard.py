"""Every form of a page is checked here before its view runs.

A state-changing request to a page is accepted only from a page of ours: the browser must not say that it
comes from another site, and the request must carry the token that only our page in this session could read.
A form of ours whose session has ended meanwhile is not thrown away: it waits, sealed, in a sign-in page, or
is shown again at once where the same person is signed in anew. Then its view runs with ports that only read.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, current_app, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from services.gateway.domain.browser import is_foreign
from services.gateway.domain.kept_forms import KeptForm, person_of, seal, unseal, without_secrets
from services.gateway.domain.tokens import SAFE_METHODS
from services.gateway.web import accounts
from services.gateway.web.errors import wants_json
from services.gateway.web.links import here
from services.gateway.web.security import API_PREFIX, ForeignForm, PressAgain, is_one_click, shows_our_token
from services.gateway.web.session import ports
from services.gateway.web.viewer import Viewer, needs_sign_in, viewer_or_none

SIGN_OUT: Final = "accounts.sign_out_now"
BACK: Final = (
    "You are signed in again, and this is as you left it. It is not saved yet: press the button again."
)
STALE: Final = (
    "You signed in or out in another tab since this page was loaded. "
    "This is as you left it, and not saved yet: press the button again."
)
REFUSED: Final = "You have signed in or out since the page was loaded. Go back, reload it, and try again."


def install(app: Flask) -> None:
    """Check every form of this app."""
    app.before_request(guard_forms)


def guard_forms() -> Response | None:
    """Let the view run if the request changes nothing or a page of ours in this session sent it.

    Raises:
        ForeignForm: another site sent it, or nobody knows who.
    """
    if request.method in SAFE_METHODS or request.path.startswith(API_PREFIX) or is_one_click():
        return None
    if is_foreign(request.headers.get("Sec-Fetch-Site")):
        raise ForeignForm(REFUSED)
    is_fresh = shows_our_token()
    if not needs_sign_in(current_app.view_functions.get(request.endpoint or "")):
        if not is_fresh:
            _show_public_form_again()
        return None
    viewer = viewer_or_none()
    if is_fresh and (viewer is not None or wants_json()):
        return None
    if wants_json():
        raise ForeignForm(REFUSED)
    return _take_up(viewer)


def _take_up(viewer: Viewer | None) -> Response | None:
    """Run the view without saving where the viewer sent the form; else let its owner sign in.

    Raises:
        ForeignForm: nothing shows that a page of ours sent it.
    """
    kept = unseal(request.form.get("kept", ""), ports().session_secret, ports().clock())
    if viewer and kept and kept.person_id == viewer.person_id and kept.address == here():
        request.form = ImmutableMultiDict(list(kept.fields))
        g.press_again = PressAgain(BACK, shown_with=200)
        return None
    owner_id = person_of(request.form.get("form_of", ""), ports().session_secret)
    if owner_id is None:
        if viewer is None and shows_our_token():  # a page of the version before, whose session is over
            return accounts.sign_in_again(None, "")
        raise ForeignForm(REFUSED)
    if viewer and viewer.person_id == owner_id:
        g.press_again = PressAgain(STALE)
        return None
    form = KeptForm(
        person_id=owner_id,
        address=here(),
        fields=without_secrets(request.form.items(multi=True)),
        kept_at=ports().clock(),
    )
    return accounts.sign_in_again(owner_id, seal(form, ports().session_secret) or "")


def _show_public_form_again() -> None:
    """Run the view without saving, where the browser itself says that a page of ours sent the form.

    Raises:
        ForeignForm: it does not.
    """
    signs_out = request.endpoint == SIGN_OUT and viewer_or_none() is not None  # nothing is typed there
    if wants_json() or signs_out or request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise ForeignForm(REFUSED)
    g.press_again = PressAgain(STALE)
