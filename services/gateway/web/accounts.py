"""Coming and going: sign in and out, the first set-up, invitation, password reset, unsubscribe."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, g, make_response, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import (
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unprocessable,
)
from services.gateway.domain.accounts import LONGEST_EMAIL
from services.gateway.domain.errors import (
    Busy,
    LinkUnusable,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from services.gateway.domain.kept_forms import KeptForm, unseal
from services.gateway.usecases.accept_invitation import AcceptInvitation, accept_invitation
from services.gateway.usecases.look_at_invitation import look_at_invitation
from services.gateway.usecases.look_at_reset import look_at_reset
from services.gateway.usecases.ports import Subscription
from services.gateway.usecases.request_password_reset import RequestPasswordReset, request_password_reset
from services.gateway.usecases.reset_password import ResetPassword, reset_password
from services.gateway.usecases.setup_code import setup_code
from services.gateway.usecases.sign_in import SignedIn, SignIn, sign_in
from services.gateway.usecases.sign_out import sign_out
from services.gateway.usecases.start_session import start_session
from services.gateway.web.links import link, redirect
from services.gateway.web.security import PressAgain
from services.gateway.web.session import (
    current_identity,
    forget_sign_in,
    known_device,
    origin,
    ports,
    remember_sign_in,
)
from services.gateway.web.viewer import SIGN_IN, page_before, safe_path, viewer_or_none

blueprint = Blueprint("accounts", __name__)
TOO_LONG = f"An e-mail address has at most {LONGEST_EMAIL} characters."
MAIL_KINDS = {
    "at_risk": "at-risk alerts",
    "back_on_track": "mails about what is back on track",
    "celebration": "celebrations",
    "check_in_due": "reminders of check-ins that fall due",
    "check_in_overdue": "reminders of check-ins that were missed",
}


@blueprint.get("/sign-in")
def sign_in_form() -> Response | str:
    """The sign-in page; a fresh installation leads to its set-up."""
    if viewer_or_none() is not None:
        return redirect(safe_path(request.args.get("next")), 302)
    if setup_code(ports()) is not None:
        return redirect("/welcome", 302)
    return _sign_in_page({"email": request.args.get("email", "")})


@blueprint.post("/sign-in")
def sign_in_now() -> Response:
    """Signed in and on the way to where one wanted to go; or the form again, as it was typed."""
    form = request.form
    if len(form.get("email", "").strip()) > LONGEST_EMAIL:
        return make_response(_sign_in_page(form, TOO_LONG), Unprocessable.status)
    kept = unseal(form.get("kept", ""), ports().session_secret, ports().clock())
    try:
        signed_in = sign_in(
            SignIn(
                email=form.get("email", ""),
                password=form.get("password", ""),
                remembered="remembered" in form,
                origin=origin(),
                known_device=known_device(),
            ),
            ports(),
        )
    except WrongCredentials:
        said = "This e-mail and password do not belong together. Check both, or choose a new password."
        return make_response(_sign_in_page(form, said), Unauthenticated.status)
    except (TooManyAttempts, Busy) as error:
        said = f"That was too many attempts. Try again in {waiting(error.retry_after)}."
        return make_response(
            _sign_in_page(form, said), TooManyRequests.status, {"Retry-After": str(error.retry_after)}
        )
    except PressAgain as error:
        return make_response(_sign_in_page(form, error.detail), error.shown_with)
    return remember_sign_in(_after_sign_in(kept, signed_in), signed_in)


def _after_sign_in(kept: KeptForm | None, signed_in: SignedIn) -> Response:
    if kept is None:
        return to(safe_path(request.form.get("next")))
    if kept.person_id != signed_in.account.person_id:
        return to("/")
    # The browser sends this very form to where the kept one belongs, whose view shows it again unsaved.
    return redirect(safe_path(kept.address), 307)


def sign_in_again(person_id: str | None, sealed: str) -> Response:
    """The sign-in page for a form that was sent when its owner was not signed in; ``sealed`` is that form."""
    account = ports().accounts.get(person_id) if person_id else None
    typed = {"email": account.email if account else "", "kept": sealed, "next": page_before()}
    return make_response(_sign_in_page(typed), Unauthenticated.status)


@blueprint.post("/sign-out")
def sign_out_now() -> Response:
    """Nobody is signed in with this browser."""
    identity = current_identity()
    if identity is not None:
        sign_out(identity, origin(), ports())
    g.identity = None
    response = forget_sign_in(to("/sign-in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("/invitations/<token>")
def invitation_form(token: str) -> Response:
    """The form to choose a password with; opening it uses nothing up."""
    return _invitation_page(token, {})


@blueprint.post("/invitations/<token>")
def invitation_now(token: str) -> Response:
    """The account is active and signed in; or the form again."""
    command = AcceptInvitation(secret=token, password=request.form.get("password", ""), origin=origin())
    try:
        account = accept_invitation(command, ports())
    except WeakPassword as error:
        return _invitation_page(token, {"password": error.reason})
    except PressAgain as error:
        return _invitation_page(token, {"": error.detail})
    except (LinkUnusable, Busy):
        return _invitation_page(token, {})
    secret, session = start_session(account, remembered=False, origin=origin(), ports=ports())
    return remember_sign_in(to("/"), SignedIn(account=account, session=session, secret=secret))


@blueprint.get("/password")
def forgotten_form() -> str:
    """The form that asks for a reset link."""
    return account_page(
        "forgotten", "Choose a new password", form={"email": request.args.get("email", "")}, errors={}
    )


@blueprint.post("/password")
def forgotten_now() -> Response | str:
    """A link is on its way to that address, if it has an account. The page is the same either way."""
    email = request.form.get("email", "").strip()
    if "@" not in email or len(email) > LONGEST_EMAIL:
        too_long = len(email) > LONGEST_EMAIL
        wrong = {"email": TOO_LONG if too_long else "Type the e-mail address that you sign in with."}
        page = account_page("forgotten", "Choose a new password", form=request.form, errors=wrong)
        return make_response(page, Unprocessable.status)
    try:
        request_password_reset(RequestPasswordReset(email=email, origin=origin()), ports())
    except TooManyAttempts as error:
        wrong = {"email": f"That was too many requests. Try again in {waiting(error.retry_after)}."}
        page = account_page("forgotten", "Choose a new password", form=request.form, errors=wrong)
        return make_response(page, TooManyRequests.status)
    except PressAgain as error:
        page = account_page(
            "forgotten", "Choose a new password", form=request.form, errors={"": error.detail}
        )
        return make_response(page, error.shown_with)
    return account_page("forgotten_sent", "Look into your mailbox", email=email)


@blueprint.get("/password/<token>")
def reset_form(token: str) -> Response:
    """The form to choose another password with; opening it uses nothing up."""
    return _reset_page(token, {})


@blueprint.post("/password/<token>")
def reset_now(token: str) -> Response:
    """The new password counts; every browser must sign in with it."""
    command = ResetPassword(secret=token, password=request.form.get("password", ""), origin=origin())
    try:
        account = reset_password(command, ports())
    except WeakPassword as error:
        return _reset_page(token, {"password": error.reason})
    except PressAgain as error:
        return _reset_page(token, {"": error.detail})
    except (LinkUnusable, Busy):
        return _reset_page(token, {})
    flash("Your new password counts from now on. Sign in with it.", "info")
    g.identity = None
    response = to(link("/sign-in", query={"email": account.email}))
    return forget_sign_in(response)


@blueprint.get("/unsubscribe")
def unsubscribe_form() -> Response | str:
    """What the link would stop, and the button that stops it. A GET changes nothing."""
    token = request.args.get("token", "")
    return _unsubscribe_page("unsubscribe", "Stop these mails", ports().unsubscribing.describe(token), token)


@blueprint.post("/unsubscribe")
def unsubscribe() -> Response | str:
    """That kind of mail is no longer sent to that person. Mail programs may send this (RFC 8058)."""
    token = request.args.get("token") or request.form.get("token", "")
    return _unsubscribe_page(
        "unsubscribed", "These mails have stopped", ports().unsubscribing.stop(token), token
    )


def _unsubscribe_page(name: str, title: str, subscription: Subscription, token: str) -> str:
    mails = MAIL_KINDS.get(subscription.kind, "these mails")
    return account_page(name, title, mails=mails, email=subscription.email, token=token)


def _sign_in_page(form: Mapping[str, str], problem: str | None = None) -> str:
    organisation = ports().organisation_names.only()
    kept = unseal(form.get("kept", ""), ports().session_secret, ports().clock())
    owner = ports().accounts.get(kept.person_id) if kept else None
    g.page_kind = "sign-in"
    return account_page(
        "sign_in",
        "Sign in",
        form=form,
        problem=problem,
        kept=form.get("kept") if kept else None,
        action=None if request.path == SIGN_IN else SIGN_IN,
        owner=owner,
        then=safe_path(form.get("next") or request.args.get("next")),
        organisation=organisation.name if organisation else None,
    )


def _invitation_page(token: str, errors: Mapping[str, str]) -> Response:
    try:
        account = look_at_invitation(token, ports())
    except LinkUnusable:
        return make_response(
            account_page("link_over", "This invitation no longer works", kind="invitation"), NotFound.status
        )
    organisation = ports().organisation_names.get(account.organisation_id)
    page = account_page(
        "invitation",
        "Welcome to Cairn",
        account=account,
        organisation=organisation.name if organisation else "your organisation",
        errors=errors,
    )
    return make_response(page, Unprocessable.status if errors else 200)


def _reset_page(token: str, errors: Mapping[str, str]) -> Response:
    try:
        account = look_at_reset(token, ports())
    except LinkUnusable:
        return make_response(
            account_page("link_over", "This link no longer works", kind="reset"), NotFound.status
        )
    page = account_page("reset", "Choose a new password", account=account, errors=errors)
    return make_response(page, Unprocessable.status if errors else 200)


def account_page(name: str, title: str, **context: object) -> str:
    """One of the pages beside the illustration."""
    return render_template(f"accounts/{name}.html", page={"title": title}, **context)


def to(path: str) -> Response:
    """On to that page, after a form was taken."""
    return redirect(path)


def waiting(seconds: int) -> str:
    """So many seconds, as one says it."""
    minutes = round(seconds / 60)
    return f"{seconds} seconds" if minutes < 1 else "a minute" if minutes == 1 else f"{minutes} minutes"
