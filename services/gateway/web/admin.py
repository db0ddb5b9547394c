"""Admin: people, teams, cycles, the lines between statuses, the mail log and the audit log. Admins only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, flash, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from libs.chassis.problems import Forbidden, Problem
from libs.language.shares import points_of
from services.gateway.domain.okr import Organisation
from services.gateway.domain.typed import Findings
from services.gateway.usecases.save_thresholds import SHARES, save_thresholds
from services.gateway.usecases.show_admin import PEOPLE_PAGE, AdminPage, AdminQuery, show_admin
from services.gateway.usecases.show_first_steps import show_first_steps
from services.gateway.web import choices, sentences
from services.gateway.web.audit_words import in_words
from services.gateway.web.conflict import Thing, resumed, returns, saved
from services.gateway.web.forms import first_shown, rev_of, trouble_of, typed_of
from services.gateway.web.frame import frame, locale, services
from services.gateway.web.links import link, redirect
from services.gateway.web.security import MAIL_POLICY
from services.gateway.web.session import ports
from services.gateway.web.viewer import current_viewer, signed_in, viewer_or_none

blueprint = Blueprint("admin", __name__)
frame(blueprint)


def require_admin() -> None:
    """The viewer is an admin, or nobody is signed in yet.

    Raises:
        Forbidden: the viewer is somebody else.
    """
    viewer = viewer_or_none()
    if viewer is not None and not viewer.is_admin:
        msg = "Only an administrator opens this page."
        raise Forbidden(msg)


blueprint.before_request(require_admin)


@blueprint.get("/admin")
@signed_in
def admin() -> str:
    """The page."""
    return admin_page()


@blueprint.get("/admin/<any(people,teams,cycles,thresholds,audit,mail):section>")
@signed_in
def part(section: str) -> BaseResponse:
    """A part of the page has an address of its own that can be told to others."""
    return redirect(link("/admin", fragment=section), 302)


@blueprint.post("/admin/thresholds")
@signed_in
def thresholds() -> tuple[str, int] | BaseResponse:
    """Statuses are judged by these lines from now on."""
    typed = typed_of(request.form)
    if returns(typed):
        return admin_page(typed=resumed(typed)), 200

    def save(given: Mapping[str, str]) -> None:
        save_thresholds(services(), given, rev_of(given), locale=locale())

    def thing() -> Thing:
        address = "/admin/thresholds"
        return Thing(what="page", title="Thresholds", address=address, back="/admin#thresholds", nav="admin")

    try:
        overtaken = saved(typed, save, lambda: _stored(services().goals.organisation(fresh=True)), thing)
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return admin_page(typed=typed, errors=trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Saved. Every status is judged anew.", "done")
    return redirect("/admin#thresholds")


@blueprint.get("/admin/mail-log/<mail_id>")
@signed_in
def mail(mail_id: str) -> str:
    """One mail: what became of it, and what it looked like."""
    found = services().notifications.mail(mail_id)
    return render_template(
        "admin/mail.html",
        page={
            "title": found.subject or "Mail",
            "nav": "admin",
            "crumbs": [("Admin", "/admin"), ("Mail log", "/admin#mail")],
        },
        mail=found,
        said=sentences,
    )


@blueprint.get("/admin/mail-log/<mail_id>/body")
@signed_in
def mail_body(mail_id: str) -> Response:
    """The mail's HTML body, for a frame that may do nothing."""
    found = services().notifications.mail(mail_id)
    answer = make_response(found.html or "<!doctype html><title>Mail</title><p>This mail has no HTML body.")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def admin_page(*, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    """The page; the lines between statuses may come back with what was typed and what is wrong with it."""
    seen = show_admin(services(), current_viewer().identity.account, ports(), _query())
    steps = show_first_steps(services(), ports().skipped_steps, current_viewer().organisation_id)
    return render_template(
        "admin/admin.html",
        page={"title": "Admin", "nav": "admin"},
        seen=seen,
        teams=choices.in_order(seen.directory),
        chips=_chips(seen),
        lines=[in_words(entry, seen.directory, seen.cycles) for entry in seen.audit],
        audit_older=_address(audit=_before(seen)) + "#audit" if seen.audit_more else None,
        mail_older=_address("mail", mail=seen.mails.next) if seen.mails and seen.mails.next else None,
        people_next=_people_next(seen),
        typed=typed if typed is not None else first_shown(_stored(seen.organisation)),
        errors=errors or {},
        said=sentences,
        steps_left=len(steps.left),
    )


def _query() -> AdminQuery:
    asked = request.args
    at, _, entry_id = asked.get("audit", "").partition("~")
    try:
        before = (datetime.fromisoformat(at), entry_id) if entry_id else None
    except ValueError:
        before = None
    start = asked.get("from", "0")
    return AdminQuery(
        people=asked.get("people", "everyone"),
        words=asked.get("q", ""),
        people_from=int(start) if start.isdecimal() else 0,
        mail_cursor=asked.get("mail"),
        audit_before=before,
    )


def _address(fragment: str = "", /, **given: str | None) -> str:
    return link("/admin", query=given, fragment=fragment)


def _before(seen: AdminPage) -> str:
    last = seen.audit[-1]
    return f"{last.at.isoformat()}~{last.id}"


def _people_next(seen: AdminPage) -> str | None:
    start = seen.query.people_from + PEOPLE_PAGE
    if start >= seen.people_in_all:
        return None
    return _address("people", people=seen.query.people, q=seen.query.words, **{"from": str(start)})


def _chips(seen: AdminPage) -> list[tuple[object, ...]]:
    named = (
        ("everyone", "Everyone"),
        ("invited", "Invited"),
        ("no-team", "No team"),
        ("disabled", "Disabled"),
    )
    return [
        (word, _address("people", people=None if key == "everyone" else key, q=seen.query.words),
         seen.query.people == key, seen.counts.get(key, 0), None)
        for key, word in named
    ]  # fmt: skip


def _stored(organisation: Organisation) -> dict[str, str]:
    limits = organisation.thresholds
    points = {name: sentences.editable(points_of(getattr(limits, name))) for name in SHARES}
    whole = {"low_confidence": str(limits.low_confidence), "stale_after_days": str(limits.stale_after_days)}
    return {**points, **whole, "rev": str(organisation.rev)}
