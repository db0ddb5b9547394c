"""Settings: only yours. Profile, notifications, appearance, tokens, password, sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from flask import Blueprint, flash, make_response, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import NotFound, Problem
from services.gateway.domain.errors import AccountError, TokenMade, TokenUnknown
from services.gateway.domain.typed import SHOWN, Findings, touched
from services.gateway.usecases.change_password import ChangePassword, change_password
from services.gateway.usecases.change_theme import change_theme
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.end_other_sessions import end_other_sessions
from services.gateway.usecases.revoke_token import revoke_token
from services.gateway.usecases.save_profile import save_profile
from services.gateway.usecases.show_settings import SettingsPage, show_settings
from services.gateway.web import choices
from services.gateway.web.conflict import Thing, resumed, returns, saved
from services.gateway.web.forms import first_shown, rev_or_newest, trouble_of, typed_of
from services.gateway.web.frame import asker, frame, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.presentation import THEME_COOKIE
from services.gateway.web.session import origin, ports
from services.gateway.web.viewer import current_viewer, signed_in

blueprint = Blueprint("settings", __name__)
frame(blueprint)

Typed = Mapping[str, str]
LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"))


@blueprint.get("/settings")
@signed_in
def settings() -> str:
    """The page."""
    return _page()


@blueprint.post("/settings/profile")
@signed_in
def profile() -> tuple[str, int] | Response:
    """The viewer's name, time zone and way of writing numbers are these."""
    typed = typed_of(request.form)
    if returns(typed):
        return _page("profile", resumed(typed)), 200

    def save(given: Typed) -> None:
        save_profile(services(), current_viewer().person_id, given, rev_or_newest(given))

    try:
        overtaken = saved(typed, save, lambda: _now("profile"), lambda: _thing("profile"))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _page("profile", typed, trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Profile saved.", "done")
    return redirect("/settings#profile")


@blueprint.post("/settings/appearance")
@signed_in
def appearance() -> tuple[str, int] | Response:
    """Pages look so from now on, on every device; this browser forgets a choice of its own."""
    typed = typed_of(request.form)
    if returns(typed):
        return _page("appearance", resumed(typed)), 200

    def save(given: Typed) -> None:
        if touched(given, "theme"):
            theme, account = given.get("theme", "system"), current_viewer().identity.account
            change_theme(account, theme, ports(), rev=rev_or_newest(given))

    try:
        overtaken = saved(typed, save, lambda: _now("appearance"), lambda: _thing("appearance"))
    except (AccountError, Problem) as error:
        trouble = trouble_of(error)
        return _page("appearance", typed, trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Appearance saved.", "done")
    answer = redirect("/settings#appearance")
    answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    return answer


@blueprint.post("/settings/notifications")
@signed_in
def notifications() -> tuple[str, int] | Response:
    """Each mail is sent so from now on."""
    typed = typed_of(request.form)
    if returns(typed):
        return _page("notifications", resumed(typed)), 200

    def save(given: Typed) -> None:
        kinds = (name for name in given if not name.startswith(SHOWN) and touched(given, name))
        wanted = {kind: given[kind] for kind in kinds if given[kind] in {"at_once", "off"}}
        services().notifications.change_preferences(wanted, rev_or_newest(given))

    try:
        overtaken = saved(typed, save, lambda: _now("notifications"), lambda: _thing("notifications"))
    except Problem as error:
        trouble = trouble_of(error)
        return _page("notifications", typed, trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Notifications saved.", "done")
    return redirect("/settings#notifications")


@blueprint.post("/settings/tokens")
@signed_in
def make_token() -> tuple[str, int] | Response:
    """A token works; its secret is shown in this answer and never again."""
    typed = request.form.to_dict()
    days = int(typed["days"]) if typed.get("days") in dict(LIFETIMES) else 90
    command = CreateToken(
        name=typed.get("name", ""),
        scopes=frozenset(request.form.getlist("scopes")),
        expires_at=datetime.now(UTC) + timedelta(days=days, seconds=-1),
        origin=origin(),
        idempotency_key=typed.get("idempotency_key", ""),
    )
    try:
        secret, token = create_token(current_viewer().identity.account, command, ports())
    except (AccountError, Problem) as error:
        trouble = trouble_of(error)
        chosen = {**typed, "scopes": request.form.getlist("scopes")}
        if isinstance(error, TokenMade):
            chosen["idempotency_key"] = new_key()
        return _page("tokens", chosen, trouble.errors), trouble.status
    answer = make_response(_page(secret=secret, secret_name=token.name), 201)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/settings/tokens/<token_id>/revoke")
@signed_in
def end_token(token_id: str) -> Response:
    """The token opens nothing any longer."""
    try:
        revoke_token(current_viewer().identity.account, token_id, origin(), ports())
    except TokenUnknown as error:
        raise NotFound from error
    flash("Revoked. It opens nothing any longer.", "done")
    return redirect("/settings#tokens")


@blueprint.post("/settings/password")
@signed_in
def password() -> tuple[str, int] | Response:
    """The new password counts; other sessions and every token end."""
    typed = request.form
    if typed.get("new", "") != typed.get("again", ""):
        return _page("password", {}, {"again": "The two are not the same. Type the new one twice."}), 422
    command = ChangePassword(current=typed.get("current", ""), new=typed.get("new", ""), origin=origin())
    try:
        change_password(current_viewer().identity, command, ports())
    except (AccountError, Problem) as error:
        trouble = trouble_of(error)
        return _page("password", {}, trouble.errors), trouble.status
    flash("Password changed. Other devices are signed out and tokens revoked.", "done")
    return redirect("/settings#password")


@blueprint.post("/settings/sessions/end-others")
@signed_in
def end_sessions() -> Response:
    """Only this browser is still signed in."""
    ended = end_other_sessions(current_viewer().identity, origin(), ports())
    flash("Signed out everywhere else." if ended else "You were signed in nowhere else.", "done")
    return redirect("/settings#sessions")


def _page(
    section: str = "",
    typed: Mapping[str, object] | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    secret: str | None = None,
    secret_name: str = "",
) -> str:
    """The page; one section may come back with what was typed and what is wrong with it."""
    seen = show_settings(services(), asker(), ports())
    return render_template(
        "settings/settings.html",
        page={"title": "Settings", "nav": "settings"},
        seen=seen,
        section=section,
        typed={**_first_shown(seen), **({section: dict(typed)} if typed else {})},
        errors={section: dict(errors or {})},
        lifetimes=LIFETIMES,
        token_key=(typed or {}).get("idempotency_key") or new_key(),
        zones=sorted(available_timezones()),
        choices=choices,
        secret=secret,
        secret_name=secret_name,
        now=datetime.now(UTC),
    )


def _stored(seen: SettingsPage) -> dict[str, dict[str, str]]:
    """Return what is stored, by section, as one would type it."""
    person, account = seen.person, current_viewer().identity.account
    mails = {mail.kind: mail.delivery for mail in seen.mails.choices}
    return {
        "profile": {
            "name": person.name,
            "time_zone": person.time_zone,
            "locale": person.locale,
            "rev": str(person.rev),
        },
        "appearance": {"theme": account.theme, "rev": str(account.rev)},
        "notifications": {**mails, "rev": str(seen.mails.rev)},
    }


def _first_shown(seen: SettingsPage) -> dict[str, dict[str, str]]:
    return {section: first_shown(texts) for section, texts in _stored(seen).items()}


def _now(section: str) -> Typed:
    return _stored(show_settings(services(), asker(), ports()))[section]


def _thing(section: str) -> Thing:
    what = {"profile": "profile", "appearance": "choice", "notifications": "choice of mails"}[section]
    address, back = link("/settings/{}", section), link("/settings", fragment=section)
    mails = services().notifications.preferences().choices if section == "notifications" else ()
    return Thing(
        what=what,
        title=section.capitalize(),
        address=address,
        back=back,
        nav="settings",
        labels={mail.kind: mail.label for mail in mails},
    )
