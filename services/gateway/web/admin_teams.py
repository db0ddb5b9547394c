"""Admin: making and changing teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import NotFound, Problem
from services.gateway.domain.okr import Team
from services.gateway.domain.typed import Findings
from services.gateway.usecases.save_team import save_team
from services.gateway.web import choices
from services.gateway.web.admin import require_admin
from services.gateway.web.conflict import Thing, resent, resumed, returns, saved, sent_anew
from services.gateway.web.forms import first_shown, rev_of, together, trouble_of, trouble_of_new, typed_of
from services.gateway.web.frame import frame, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.viewer import signed_in

blueprint = Blueprint("admin_teams", __name__, url_prefix="/admin/teams")
frame(blueprint)
blueprint.before_request(require_admin)

Typed = Mapping[str, str]


@blueprint.get("/new")
@signed_in
def draft() -> str:
    """An empty form."""
    return _form({"every": "weekly", "weekday": "0", "time": "09:00", "idempotency_key": new_key()}, {})


@blueprint.post("/new")
@signed_in
def create() -> tuple[str, int] | Response:
    """The team exists."""
    typed = typed_of(request.form, "member_ids")
    if "find" in typed:
        return _form(typed, {}), 200
    try:
        save_team(services(), typed, idempotency_key=typed.get("idempotency_key", ""))
    except (Findings, Problem) as error:
        again = resent(error, typed, made_before)
        if again:
            return again
        trouble = trouble_of_new(error)
        return _form(sent_anew(error, typed), trouble.errors), trouble.status
    flash("Team made.", "done")
    return redirect("/admin#teams")


@blueprint.get("/<team_id>")
@signed_in
def team(team_id: str) -> str:
    """The form with what is stored."""
    stored = _stored(team_id)
    return _form(first_shown(_typed(stored)), {}, stored=stored)


@blueprint.post("/<team_id>")
@signed_in
def change(team_id: str) -> tuple[str, int] | Response:
    """The team has these values, if nobody changed it since the form was shown."""
    typed = typed_of(request.form, "member_ids")
    stored = _stored(team_id)
    if returns(typed):
        return _form(resumed(typed), {}, stored=stored), 200

    def save(given: Typed) -> None:
        save_team(services(), given, team_id=team_id, rev=rev_of(given))

    try:
        overtaken = saved(typed, save, lambda: _typed(_stored(team_id)), lambda: _thing(stored))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _form(typed, trouble.errors, stored=stored), trouble.status
    if overtaken:
        return overtaken
    flash("Saved.", "done")
    return redirect("/admin#teams")


@blueprint.post("/<team_id>/delete")
@signed_in
def delete(team_id: str) -> Response:
    """The team is gone, if nothing belongs to it."""
    try:
        services().goals.delete_team(team_id, rev_of(request.form))
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
        return redirect(link("/admin/teams/{}", team_id))
    flash("Team deleted.", "done")
    return redirect("/admin#teams")


def _stored(team_id: str) -> Team:
    found = services().goals.directory(fresh=True).team(team_id)
    if found is None:
        raise NotFound
    return found


def made_before(team_id: str) -> tuple[Typed, Thing]:
    """Return what the form made when it was sent before."""
    stored = _stored(team_id)
    return _typed(stored), replace(_thing(stored), edited=stored.rev > 1)


def _thing(stored: Team) -> Thing:
    address = link("/admin/teams/{}", stored.id)
    return Thing(what="team", title=stored.name, address=address, back="/admin#teams", nav="admin")


def _typed(stored: Team) -> dict[str, str]:
    return {
        "name": stored.name,
        "parent_id": stored.parent_id or "",
        "lead_id": stored.lead_id or "",
        "every": stored.rhythm.every,
        "weekday": str(stored.rhythm.weekday),
        "time": stored.rhythm.time,
        "member_ids": together(stored.member_ids),
        "rev": str(stored.rev),
    }


def _form(typed: Typed, errors: Typed, *, stored: Team | None = None) -> str:
    members = {member for member in typed.get("member_ids", "").split(",") if member}
    goals = services().goals
    directory = goals.directory()
    title = stored.name if stored else "New team"
    return render_template(
        "admin/team.html",
        page={"title": title, "nav": "admin", "crumbs": [("Admin", "/admin"), ("Teams", "/admin#teams")]},
        title=title,
        stored=stored,
        typed=typed,
        members=members,
        errors=errors,
        leads=choices.people(goals, [typed.get("lead_id")], typed.get("lead_id_words", "")),
        people=choices.people(goals, members, typed.get("member_ids_words", "")),
        parents=choices.with_chosen(
            [choice for choice in choices.teams(directory) if stored is None or choice[0] != stored.id],
            typed.get("parent_id"),
            "A team that is no longer there",
        ),
        choices=choices,
    )
