"""Admin: inviting people, and changing their role and access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import NotFound, Problem
from libs.language.isolation import isolated
from services.gateway.domain.okr import Person
from services.gateway.domain.typed import Findings
from services.gateway.usecases.save_person import save_person
from services.gateway.web import choices
from services.gateway.web.admin import require_admin
from services.gateway.web.conflict import Thing, resent, resumed, returns, saved, sent_anew
from services.gateway.web.forms import first_shown, rev_of, trouble_of, trouble_of_new, typed_of
from services.gateway.web.frame import frame, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.viewer import signed_in

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")
frame(blueprint)
blueprint.before_request(require_admin)

Typed = Mapping[str, str]


@blueprint.get("/invite")
@signed_in
def invitation() -> str:
    """An empty form."""
    return _form({"role": "member", "idempotency_key": new_key()}, {})


@blueprint.post("/invite")
@signed_in
def invite() -> tuple[str, int] | Response:
    """The invitation is on its way."""
    typed = request.form.to_dict()
    try:
        person = save_person(services(), typed, idempotency_key=typed.get("idempotency_key", ""))
    except (Findings, Problem) as error:
        again = resent(error, typed, _made)
        if again:
            return again
        trouble = trouble_of_new(error)
        return _form(sent_anew(error, typed), trouble.errors), trouble.status
    flash(f"Invited {isolated(person.name)}. The mail is on its way.", "done")
    return redirect("/admin#people")


@blueprint.get("/<person_id>")
@signed_in
def person(person_id: str) -> str:
    """The form with what is stored."""
    stored = _stored(person_id)
    return _form(first_shown(_typed(stored)), {}, stored=stored)


@blueprint.post("/<person_id>")
@signed_in
def change(person_id: str) -> tuple[str, int] | Response:
    """The person has these values, if nobody changed them since the form was shown."""
    typed = typed_of(request.form)
    stored = _stored(person_id)
    if returns(typed):
        return _form(resumed(typed), {}, stored=stored), 200

    def save(given: Typed) -> None:
        save_person(services(), given, person=stored, rev=rev_of(given))

    try:
        overtaken = saved(typed, save, lambda: _typed(_stored(person_id)), lambda: _thing(stored))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _form(typed, trouble.errors, stored=stored), trouble.status
    if overtaken:
        return overtaken
    flash("Saved.", "done")
    return redirect("/admin#people")


@blueprint.post("/<person_id>/invite-again")
@signed_in
def invite_again(person_id: str) -> Response:
    """Another invitation is on its way; the link before it no longer works."""
    try:
        services().goals.invite_again(person_id)
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
    else:
        flash("Invited again. The mail is on its way.", "done")
    return redirect("/admin#people")


def _stored(person_id: str) -> Person:
    found = services().goals.directory([person_id], fresh=True).person(person_id)
    if found is None:
        raise NotFound
    return found


def _made(person_id: str) -> tuple[Typed, Thing]:
    stored = _stored(person_id)
    return _typed(stored), replace(_thing(stored), edited=stored.rev > 1)


def _thing(stored: Person) -> Thing:
    address = link("/admin/people/{}", stored.id)
    return Thing(what="person", title=stored.name, address=address, back="/admin#people", nav="admin")


def _typed(stored: Person) -> dict[str, str]:
    return {
        "name": stored.name,
        "email": stored.email,
        "role": stored.role,
        "state": stored.state,
        "rev": str(stored.rev),
    }


def _form(typed: Typed, errors: Typed, *, stored: Person | None = None) -> str:
    title = stored.name if stored else "Invite someone"
    return render_template(
        "admin/person.html",
        page={"title": title, "nav": "admin", "crumbs": [("Admin", "/admin"), ("People", "/admin#people")]},
        title=title,
        stored=stored,
        typed=typed,
        errors=errors,
        choices=choices,
    )
