"""The first visit of a fresh installation: the organisation and its first admin."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, request
from werkzeug.wrappers import Response

from libs.chassis.problems import Forbidden, Problem, TooManyRequests, Unprocessable
from services.gateway.domain.errors import (
    AccountError,
    AlreadySetUp,
    Busy,
    EmailTaken,
    InvalidFields,
    TooManyAttempts,
    WrongSetupCode,
)
from services.gateway.usecases.set_up import SetUp, set_up
from services.gateway.usecases.setup_code import setup_code
from services.gateway.usecases.sign_in import SignedIn
from services.gateway.usecases.start_session import start_session
from services.gateway.web import choices
from services.gateway.web.accounts import account_page, to, waiting
from services.gateway.web.links import redirect
from services.gateway.web.session import origin, ports, remember_sign_in

blueprint = Blueprint("welcome", __name__)


@blueprint.get("/welcome")
def welcome_form() -> Response | str:
    """The first set-up, while there is no organisation."""
    if setup_code(ports()) is None:
        return redirect("/sign-in")
    languages = [language for language, _ in request.accept_languages]
    return _page({"time_zone": "UTC", "locale": choices.preferred_locale(languages)}, {}, is_first=True)


@blueprint.post("/welcome")
def welcome_now() -> Response:
    """The organisation exists and its admin is signed in; or the form again, as it was typed."""
    form = request.form
    command = SetUp(
        code=form.get("code", ""),
        organisation_name=form.get("organisation_name", ""),
        time_zone=form.get("time_zone", ""),
        locale=form.get("locale", "en"),
        name=form.get("name", ""),
        email=form.get("email", ""),
        password=form.get("password", ""),
        origin=origin(),
    )
    try:
        account = set_up(command, ports())
    except AlreadySetUp:
        flash("Cairn is set up already. Sign in.", "info")
        return to("/sign-in")
    except (AccountError, Problem) as error:
        status, wrong = _wrong(error)
        return make_response(_page(form, wrong), status)
    secret, session = start_session(account, remembered=False, origin=origin(), ports=ports())
    return remember_sign_in(to("/first-steps"), SignedIn(account=account, session=session, secret=secret))


def _wrong(error: AccountError | Problem) -> tuple[int, Mapping[str, str]]:
    """The status, and what stands beside which field."""
    if isinstance(error, Problem):  # what goals refuses, or that it does not answer
        beside = {found.pointer.strip("/"): found.message for found in error.errors}
        again = "Nothing is made twice when you send the form again."
        return error.status, beside or {"": f"{error.detail or error.title} {again}"}
    if isinstance(error, InvalidFields):
        return Unprocessable.status, error.fields
    if isinstance(error, WrongSetupCode):
        said = "This is not the code. It stands in the gateway's log, in the line setup.code."
        return Forbidden.status, {"code": said}
    if isinstance(error, TooManyAttempts | Busy):
        said = f"That was too many attempts. Try again in {waiting(error.retry_after)}."
        return TooManyRequests.status, {"code": said}
    if isinstance(error, EmailTaken):
        return Unprocessable.status, {"email": "Another account signs in with this address. Use another one."}
    raise error


def _page(form: Mapping[str, str], errors: Mapping[str, str], *, is_first: bool = False) -> str:
    return account_page(
        "welcome",
        "Welcome",
        form=form,
        errors=errors,
        time_zones=choices.time_zones(),
        locales=choices.locales(form.get("locale", "en")),
        is_first=is_first,
    )
