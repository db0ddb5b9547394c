"""Admin: opening, changing and closing cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import NotFound, Problem
from services.gateway.domain.okr import Cycle
from services.gateway.domain.typed import Findings
from services.gateway.usecases.save_cycle import save_cycle
from services.gateway.web.admin import require_admin
from services.gateway.web.conflict import Thing, resent, resumed, returns, saved, sent_anew
from services.gateway.web.forms import first_shown, rev_of, trouble_of, trouble_of_new, typed_of
from services.gateway.web.frame import frame, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.viewer import signed_in

blueprint = Blueprint("admin_cycles", __name__, url_prefix="/admin/cycles")
frame(blueprint)
blueprint.before_request(require_admin)

Typed = Mapping[str, str]
SAID = {"active": "It runs.", "closed": "Closed. It can be read, not changed.", "closing": "It is closing."}


@blueprint.get("/new")
@signed_in
def draft() -> str:
    """An empty form."""
    return _form({"idempotency_key": new_key()}, {})


@blueprint.post("/new")
@signed_in
def create() -> tuple[str, int] | Response:
    """The cycle exists, in planning."""
    typed = request.form.to_dict()
    try:
        save_cycle(services(), typed, idempotency_key=typed.get("idempotency_key", ""))
    except (Findings, Problem) as error:
        again = resent(error, typed, made_before)
        if again:
            return again
        trouble = trouble_of_new(error)
        return _form(sent_anew(error, typed), trouble.errors), trouble.status
    flash("Cycle made.", "done")
    return redirect("/admin#cycles")


@blueprint.get("/<cycle_id>")
@signed_in
def cycle(cycle_id: str) -> str:
    """The form with what is stored."""
    stored = _stored(cycle_id)
    return _form(first_shown(_typed(stored)), {}, stored=stored)


@blueprint.post("/<cycle_id>")
@signed_in
def change(cycle_id: str) -> tuple[str, int] | Response:
    """The cycle has these values, if nobody changed it since the form was shown."""
    typed = typed_of(request.form)
    stored = _stored(cycle_id)
    if returns(typed):
        return _form(resumed(typed), {}, stored=stored), 200

    def save(given: Typed) -> None:
        save_cycle(services(), given, cycle_id=cycle_id, rev=rev_of(given))

    try:
        overtaken = saved(typed, save, lambda: _typed(_stored(cycle_id)), lambda: _thing(stored))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _form(typed, trouble.errors, stored=stored), trouble.status
    if overtaken:
        return overtaken
    flash("Saved.", "done")
    return redirect("/admin#cycles")


@blueprint.post("/<cycle_id>/state")
@signed_in
def move(cycle_id: str) -> Response:
    """The cycle is in the chosen state."""
    state = request.form.get("state", "")
    try:
        services().goals.change_cycle(cycle_id, {"state": state}, rev_of(request.form))
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
    else:
        flash(SAID.get(state, "Saved."), "done")
    return redirect("/admin#cycles")


def _stored(cycle_id: str) -> Cycle:
    services().goals.directory(fresh=True)
    found = next((known for known in services().goals.cycles() if known.id == cycle_id), None)
    if found is None:
        raise NotFound
    return found


def made_before(cycle_id: str) -> tuple[Typed, Thing]:
    """Return what the form made when it was sent before."""
    stored = _stored(cycle_id)
    return _typed(stored), replace(_thing(stored), edited=stored.rev > 1)


def _thing(stored: Cycle) -> Thing:
    address = link("/admin/cycles/{}", stored.id)
    return Thing(what="cycle", title=stored.name, address=address, back="/admin#cycles", nav="admin")


def _typed(stored: Cycle) -> dict[str, str]:
    return {
        "name": stored.name,
        "starts_on": stored.starts_on.isoformat(),
        "ends_on": stored.ends_on.isoformat(),
        "rev": str(stored.rev),
    }


def _form(typed: Typed, errors: Typed, *, stored: Cycle | None = None) -> str:
    title = stored.name if stored else "New cycle"
    return render_template(
        "admin/cycle.html",
        page={"title": title, "nav": "admin", "crumbs": [("Admin", "/admin"), ("Cycles", "/admin#cycles")]},
        title=title,
        stored=stored,
        typed=typed,
        errors=errors,
    )
