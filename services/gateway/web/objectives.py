"""Objectives: their page, drafting and changing one, hanging it elsewhere, following it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import Forbidden, Problem
from libs.contracts.permissions import Action, Relation
from libs.language.isolation import isolated
from services.gateway.domain.okr import HIDDEN_PARENT, Cycle, Directory, Objective
from services.gateway.domain.typed import Findings
from services.gateway.usecases.align_objective import align_objective
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.find_parents import find_parents
from services.gateway.usecases.may import may, to_objective
from services.gateway.usecases.save_objective import SaveObjective, save_objective
from services.gateway.usecases.show_objective import ObjectivePage, show_objective
from services.gateway.web import choices, items, sentences
from services.gateway.web.conflict import Thing, resent, resumed, returns, saved, sent_anew
from services.gateway.web.field_words import UNSEEN, in_words, label_of
from services.gateway.web.forms import Trouble, first_shown, rev_of, trouble_of, trouble_of_new, typed_of
from services.gateway.web.frame import asker, frame, locale, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.viewer import current_viewer, safe_path, signed_in

blueprint = Blueprint("objectives", __name__)
frame(blueprint)

Crumb = tuple[str, str | None]
FIXED = ("level", "cycle_id")


@blueprint.get("/objectives/<objective_id>")
@signed_in
def objective(objective_id: str) -> str:
    """The page."""
    seen = show_objective(services(), asker(), objective_id)
    return render_template(
        "objectives/objective.html",
        page={"title": seen.objective.title, "nav": "okrs", "crumbs": crumbs(seen)},
        seen=seen,
        item=items.objective(seen.objective, seen.directory, {kr.id: kr.status for kr in seen.key_results}),
        key_results=[items.key_result(found, seen.directory) for found in seen.key_results],
        children=[_child(seen, place) for place in range(len(seen.children))],
        live=_live(seen),
        said=sentences,
        team=seen.directory.team(seen.objective.team_id),
        owner=seen.directory.person(seen.objective.owner_id),
    )


def _live(seen: ObjectivePage) -> str:
    """The ids whose check-ins change the numbers at the head of the page."""
    ids = [
        seen.objective.id,
        *(found.id for found in seen.key_results),
        *(c.objective.id for c in seen.children),
    ]
    if seen.weakest:
        ids.append(seen.weakest.id)
    return " ".join(dict.fromkeys(ids))


def crumbs(seen: ObjectivePage) -> list[Crumb]:
    """The cycle, then everything above from the top down."""
    start: list[Crumb] = []
    if seen.cycle:
        start.append((seen.cycle.name, link("/okrs", query={"cycle": seen.cycle.id})))
    for above in seen.ancestors:
        if above.below_hidden:
            start.append((UNSEEN, None))
        kind = "key-results" if above.kind == "key_result" else "objectives"
        start.append((above.title, f"/{kind}/{above.id}"))
    if seen.objective.parent_hidden:
        start.append((UNSEEN, None))
    elif not seen.ancestors:
        start.append((sentences.LEVELS.get(seen.objective.level, ""), None))
    return start


def _child(seen: ObjectivePage, place: int) -> items.Item:
    child = seen.children[place]
    item = items.objective(child.objective, seen.directory)
    carries = f" contributes to “{isolated(child.carries.title)}”" if child.carries else ""
    by = item["team"] or (item["owner"].name if item["owner"] else "")
    said = isolated(child.objective.contribution)
    item["contribution"] = f"{isolated(by)}{carries}{': ' if (by or carries) and said else ''}{said}"
    return item


@blueprint.get("/objectives/new")
@signed_in
def draft() -> str:
    """An empty form; ``?parent=`` names what the objective will belong to."""
    cycle = choose_cycle(services().goals.cycles(), asker().today, request.args.get("in"))
    person_id = current_viewer().person_id
    directory = services().goals.directory()
    offered = [level for level, _ in _levels(directory)]
    theirs = directory.teams_of(person_id)
    led = [team for team in theirs if team.lead_id == person_id]
    team = next(iter([*led, *theirs]), None)
    typed = {
        "level": "team" if team and "team" in offered else "person",
        "owner_id": person_id,
        "team_id": team.id if team else "",
        "cycle_id": cycle.id if cycle else "",
        "parent": request.args.get("parent", ""),
        "visibility": "organisation",
        "weight": "1",
        "idempotency_key": new_key(),
    }
    return _form(typed, {}, cycle=cycle)


@blueprint.post("/objectives/new")
@signed_in
def create() -> tuple[str, int] | Response:
    """The objective is stored; the next thing is its first key result."""
    typed = typed_of(request.form)
    cycle = choose_cycle(services().goals.cycles(), asker().today, typed.get("cycle_id"))
    if "find" in typed:
        return _form(typed, {}, cycle=cycle), 200
    command = SaveObjective(typed=typed, idempotency_key=typed.get("idempotency_key", ""), locale=locale())
    try:
        saved = save_objective(services(), command)
    except (Findings, Problem) as error:
        again = resent(error, typed, lambda made: made_before(made, typed))
        if again:
            return again
        trouble = trouble_of_new(error)
        return _form(sent_anew(error, typed), _at_fields(error, trouble), cycle=cycle), trouble.status
    flash("Saved. Now say how it is measured.", "done")
    return redirect(link("/objectives/{}", saved.id))


@blueprint.get("/objectives/<objective_id>/edit")
@signed_in
def edit(objective_id: str) -> str:
    """The form with what is stored."""
    stored = services().goals.objective(objective_id)
    _require_change(stored)
    return _form(first_shown(_typed(stored)), {}, stored=stored)


@blueprint.post("/objectives/<objective_id>/edit")
@signed_in
def change(objective_id: str) -> tuple[str, int] | Response:
    """The objective has these values, if nobody changed it since the form was shown."""
    typed = typed_of(request.form)
    stored = services().goals.objective(objective_id)
    if returns(typed):
        return _form(resumed(typed), {}, stored=stored), 200

    def save(given: Mapping[str, str]) -> None:
        command = SaveObjective(typed=given, objective_id=objective_id, rev=rev_of(given), locale=locale())
        save_objective(services(), command)

    try:
        overtaken = saved(typed, save, lambda: _now(objective_id), lambda: _thing(stored, "edit"))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _form(typed, trouble.errors, stored=stored), trouble.status
    if overtaken:
        return overtaken
    flash("Saved.", "done")
    return redirect(link("/objectives/{}", objective_id))


@blueprint.get("/objectives/<objective_id>/align")
@signed_in
def align(objective_id: str) -> str:
    """Where it could belong instead."""
    stored = services().goals.objective(objective_id)
    _require_change(stored)
    return _align_form(stored, first_shown(_align_typed(stored)), {})


def _require_change(stored: Objective) -> None:
    """The viewer may change the objective; else a form would only lead them to a refusal.

    Raises:
        Forbidden: they may not.
    """
    related = to_objective(asker(), stored, services().goals.directory())
    if not may(asker(), Action.OBJECTIVE_CHANGE, related):
        msg = "Its owner, its team's lead and admins may change this objective."
        raise Forbidden(msg)


@blueprint.post("/objectives/<objective_id>/align")
@signed_in
def realign(objective_id: str) -> tuple[str, int] | Response:
    """The objective belongs to the chosen parent."""
    typed = typed_of(request.form)
    stored = services().goals.objective(objective_id)
    if returns(typed):
        return _align_form(stored, resumed(typed), {}), 200

    def save(given: Mapping[str, str]) -> None:
        align_objective(services(), stored, given, rev_of(given))

    try:
        overtaken = saved(typed, save, lambda: _now(objective_id), lambda: _thing(stored, "align"))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _align_form(stored, typed, trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Aligned.", "done")
    return redirect(link("/objectives/{}", objective_id))


@blueprint.get("/objectives/parents")
@signed_in
def parents() -> str:
    """The picker's list for what was typed so far."""
    asked = request.args
    found = find_parents(
        services(),
        asked.get("cycle_id", ""),
        asked.get("parent_words", ""),
        but=asked.get("but") or None,
        chosen=asked.get("parent", ""),
    )
    return render_template("objectives/parents.html", options=found, value=asked.get("parent", ""))


@blueprint.post("/objectives/<objective_id>/follow")
@signed_in
def follow(objective_id: str) -> Response:
    """The viewer follows the objective, or no longer."""
    if request.form.get("follow") == "no":
        services().goals.unfollow(objective_id)
    else:
        services().goals.follow(objective_id)
    then = request.args.get("then")
    return redirect(safe_path(then) if then else link("/objectives/{}", objective_id))


@blueprint.post("/objectives/<objective_id>/delete")
@signed_in
def delete(objective_id: str) -> Response:
    """The objective is gone, if nothing stands below it."""
    try:
        services().goals.delete_objective(objective_id, rev_of(request.form))
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
        return redirect(link("/objectives/{}", objective_id))
    flash("Deleted.", "done")
    return redirect("/okrs")


def _typed(stored: Objective) -> dict[str, str]:
    """What is stored, as one would type it."""
    return {
        "title": stored.title,
        "why": stored.why,
        "contribution": stored.contribution,
        "level": stored.level,
        "visibility": stored.visibility,
        "owner_id": stored.owner_id,
        "team_id": stored.team_id or "",
        "cycle_id": stored.cycle_id,
        "parent": _parent_text(stored),
        "weight": sentences.editable(stored.weight),
        "roll_up": stored.roll_up,
        "rev": str(stored.rev),
    }


def _parent_text(stored: Objective) -> str:
    if stored.parent is None:
        return ""
    return HIDDEN_PARENT if stored.parent_hidden else f"{stored.parent.kind}:{stored.parent.id}"


def _now(objective_id: str) -> dict[str, str]:
    return _typed(services().goals.objective(objective_id))


def _at_fields(error: Exception, trouble: Trouble) -> Mapping[str, str]:
    """Return what is wrong by field; for a cycle that was closed meanwhile there is a field then."""
    closed = isinstance(error, Problem) and error.extra.get("cause") == "cycle-closed"
    if closed or "cycle_id" in trouble.errors:
        services().goals.directory(fresh=True)
    return {"cycle_id": "This cycle was closed. Choose another one."} if closed else trouble.errors


def made_before(objective_id: str, typed: Mapping[str, str]) -> tuple[dict[str, str], Thing]:
    """Return what the form made when it was sent before; its level and cycle stay."""
    stored = services().goals.objective(objective_id)
    texts = _typed(stored)
    said = [
        f"{label_of(name)} stays “{in_words(name, texts[name], services().goals)}”."
        for name in FIXED
        if typed.get(name, texts[name]) != texts[name]
    ]
    thing = replace(_thing(stored, "edit"), stays=" ".join(said), edited=stored.rev > 1)
    return {name: text for name, text in texts.items() if name not in FIXED}, thing


def _thing(stored: Objective, form: str) -> Thing:
    page = link("/objectives/{}", stored.id)
    return Thing(what="objective", title=stored.title, address=f"{page}/{form}", back=page)


def _align_typed(stored: Objective) -> dict[str, str]:
    return {name: text for name, text in _typed(stored).items() if name in {"parent", "contribution", "rev"}}


def _form(
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    cycle: Cycle | None = None,
    stored: Objective | None = None,
) -> str:
    """Return the form with what was typed."""
    goals = services().goals
    directory = goals.directory()
    cycle = cycle or next((c for c in goals.cycles() if stored and c.id == stored.cycle_id), None)
    return render_template(
        "objectives/edit.html",
        page=_form_page(stored, cycle),
        stored=stored,
        cycle_of=cycle,
        typed=typed,
        errors=errors,
        options=find_parents(
            services(),
            stored.cycle_id if stored else cycle.id if cycle else "",
            typed.get("parent_words", ""),
            but=stored.id if stored else None,
            chosen=typed.get("parent", ""),
        ),
        people=choices.people(goals, [typed.get("owner_id")], typed.get("owner_id_words", "")),
        teams=_teams(directory, typed.get("team_id")),
        levels=_levels(directory),
        open_cycles=[(known.id, known.name) for known in goals.cycles() if known.state != "closed"],
        choices=choices,
    )


def _levels(directory: Directory) -> list[choices.Choice]:
    """All for who may set objectives for all; else one's own, and that of the teams that one leads."""
    everywhere = may(asker(), Action.OBJECTIVE_CREATE)
    person_id = current_viewer().person_id
    leads = any(team.lead_id == person_id for team in directory.teams.values())
    offered = {
        "company": everywhere,
        "team": everywhere or (leads and may(asker(), Action.OBJECTIVE_CREATE, Relation(team=True))),
        "person": True,
    }
    return [level for level in choices.LEVELS if offered[level[0]]]


def _teams(directory: Directory, chosen: str | None) -> list[choices.Choice]:
    """All teams for who may set objectives for all; others could only be refused."""
    if may(asker(), Action.OBJECTIVE_CREATE):
        offered = choices.teams(directory)
    else:
        offered = choices.own_teams(directory, current_viewer().person_id, chosen)
    return choices.with_chosen(offered, chosen, "A team that is no longer there")


def _form_page(stored: Objective | None, cycle: Cycle | None) -> dict[str, object]:
    start: list[Crumb] = [(cycle.name, link("/okrs", query={"cycle": cycle.id}))] if cycle else []
    if stored:
        return {
            "title": "Change an objective",
            "nav": "okrs",
            "crumbs": [*start, (stored.title, f"/objectives/{stored.id}")],
        }
    return {"title": "Draft an objective", "nav": "okrs", "crumbs": start}


def _align_form(stored: Objective, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "objectives/align.html",
        page={
            "title": "Move to another parent",
            "nav": "okrs",
            "crumbs": [(stored.title, f"/objectives/{stored.id}")],
        },
        stored=stored,
        typed=typed,
        errors=errors,
        options=find_parents(
            services(),
            stored.cycle_id,
            typed.get("parent_words", ""),
            but=stored.id,
            chosen=typed.get("parent", ""),
        ),
    )
