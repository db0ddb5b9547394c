"""Key results: their page with the chart and the history, adding and changing one, revising a check-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import Forbidden, NotFound, Problem
from libs.contracts.permissions import Action
from services.gateway.domain.okr import KeyResult, Objective
from services.gateway.domain.typed import Findings
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.delegate_key_result import delegate_key_result
from services.gateway.usecases.may import may, to_key_result, to_objective
from services.gateway.usecases.okr_ports import ObjectiveQuery
from services.gateway.usecases.save_key_result import SaveKeyResult, save_key_result
from services.gateway.usecases.show_key_result import KeyResultPage, show_key_result
from services.gateway.web import choices, items, sentences
from services.gateway.web.charts import Reading, Series
from services.gateway.web.conflict import Thing, resent, resumed, returns, saved, sent_anew
from services.gateway.web.field_words import UNSEEN
from services.gateway.web.formatting import as_day
from services.gateway.web.forms import Trouble, first_shown, rev_of, trouble_of, trouble_of_new, typed_of
from services.gateway.web.frame import asker, frame, locale, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.viewer import current_viewer, signed_in

blueprint = Blueprint("key_results", __name__)
frame(blueprint)

Typed = Mapping[str, str]
NO_PLACE = "This objective was deleted, or is no longer visible to you. Choose another one."
MEASURE = ("unit", "start", "target")


@blueprint.get("/key-results/<key_result_id>")
@signed_in
def key_result(key_result_id: str) -> str:
    """The page."""
    return key_result_page(key_result_id)


def key_result_page(key_result_id: str, *, typed: Typed | None = None, errors: Typed | None = None) -> str:
    """Return the page; its check-in form may come back with what was typed and what is wrong with it."""
    seen = show_key_result(services(), asker(), key_result_id)
    known = seen.key_result
    return render_template(
        "key_results/key_result.html",
        page={"title": known.title, "nav": "okrs", "crumbs": _crumbs(seen)},
        seen=seen,
        item=_check_in_item(seen),
        owner=seen.directory.person(known.owner_id),
        delegate=seen.directory.person(known.delegate_id),
        series=_series(seen),
        summary=sentences.chart_summary(known, *_span(seen)),
        notes=_notes(seen),
        why=sentences.why_facts(known, seen.organisation),
        entries=_entries(seen),
        form=_check_in_form(seen, typed, errors),
        people=choices.people(services().goals, [known.delegate_id]),
        delegate_typed=first_shown({"delegate_id": known.delegate_id or "", "rev": str(known.rev)}),
        said=sentences,
        said_by=_said_by(seen),
    )


def _entries(seen: KeyResultPage) -> list[items.Item]:
    """The history's rows; the latest that counts is marked."""
    latest = next((entry for entry in seen.entries if not entry.check_in.withdrawn), None)
    return [items.entry(seen, entry, latest=entry is latest) for entry in seen.entries]


def _said_by(seen: KeyResultPage) -> str:
    """The first name of whoever checked in last, for a notice on open pages; nobody is told of oneself."""
    latest = max(seen.entries, key=lambda entry: entry.check_in.recorded_at, default=None)
    author = seen.directory.person(latest.check_in.author_id) if latest else None
    if author is None or author.id == current_viewer().person_id:
        return ""
    return author.name.split(" ")[0]


def _crumbs(seen: KeyResultPage) -> list[tuple[str, str | None]]:
    start: list[tuple[str, str | None]] = []
    if seen.cycle:
        start.append((seen.cycle.name, link("/okrs", query={"cycle": seen.cycle.id})))
    return [*start, (seen.objective.title, f"/objectives/{seen.objective.id}")]


def _check_in_item(seen: KeyResultPage) -> items.Item:
    """The key result for its own check-in form, which need not repeat the page's title."""
    due_on = seen.key_result.next_check_in_on if seen.owed else None
    item = items.key_result(seen.key_result, seen.directory)
    return {**item, "title": "Check in", "url": "#check-in", "due_on": due_on}


def _check_in_form(seen: KeyResultPage, typed: Typed | None, errors: Typed | None) -> items.Item | None:
    if not seen.may_check_in:
        return None
    return items.check_in_form(
        seen.key_result,
        key=(typed or {}).get("idempotency_key") or new_key(),
        back="key-result",
        typed=typed,
        errors=errors,
        days=(seen.cycle.starts_on, seen.today) if seen.cycle else None,
    )


def _span(seen: KeyResultPage) -> tuple[date, date]:
    cycle, known = seen.cycle, seen.key_result
    starts_on = cycle.starts_on if cycle else seen.today
    return starts_on, known.due_on or (cycle.ends_on if cycle else seen.today)


def _series(seen: KeyResultPage) -> Series:
    """The chart's readings, each on the day that it speaks of, where the viewer is."""
    known, zone = seen.key_result, current_viewer().time_zone
    starts_on, ends_on = _span(seen)
    gap = sentences.gap(known)
    behind = gap if gap is not None and gap > 0 and known.current is not None else 0
    return Series(
        title=known.title,
        start=known.start if known.kind != "boolean" else 0.0,
        target=known.target if known.kind != "boolean" else 1.0,
        starts_on=starts_on,
        ends_on=ends_on,
        readings=[
            Reading(
                on=as_day(entry.check_in.as_of, zone),
                value=entry.check_in.value,
                revised=len(entry.check_in.versions) > 1,
                note=entry.note_number,
            )
            for entry in seen.readings
            if entry.check_in.value is not None
        ],
        today=seen.today,
        unit=known.unit,
        gap_words=f"{sentences.whole_points(behind)} behind plan" if behind else "",
        number=sentences.number,
    )


def _notes(seen: KeyResultPage) -> list[dict[str, object]]:
    return [
        {"number": entry.note_number, "on": entry.check_in.as_of, "text": entry.check_in.note}
        for entry in seen.readings
        if entry.note_number is not None
    ]


@blueprint.get("/objectives/<objective_id>/key-results/new")
@signed_in
def draft(objective_id: str) -> str:
    """An empty form."""
    objective = services().goals.objective(objective_id)
    if not may(
        asker(), Action.KEY_RESULT_CREATE, to_objective(asker(), objective, services().goals.directory())
    ):
        msg = "The objective's owner, its team's lead and admins may add key results."
        raise Forbidden(msg)
    typed = {
        "kind": "metric",
        "owner_id": objective.owner_id,
        "weight": "1",
        "commitment": "committed",
        "idempotency_key": new_key(),
    }
    return _form(objective, typed, {})


@blueprint.post("/objectives/<objective_id>/key-results/new")
@signed_in
def create(objective_id: str) -> tuple[str, int] | Response:
    """The key result is stored."""
    typed = typed_of(request.form)
    objective_id = typed.get("objective_id") or objective_id
    if "find" in typed:
        return _form(_place(objective_id), typed, {}), 200
    key = typed.get("idempotency_key", "")
    command = SaveKeyResult(typed=typed, objective_id=objective_id, idempotency_key=key, locale=locale())
    try:
        save_key_result(services(), command)
    except (Findings, Problem) as error:
        again = resent(error, typed, made_before)
        if again:
            return again
        objective = _place(objective_id)
        trouble = trouble_of_new(error)
        if isinstance(error, NotFound) and not objective.owner_id:
            trouble = Trouble(422, {"objective_id": NO_PLACE})
        return _form(objective, sent_anew(error, typed), trouble.errors), trouble.status
    flash("Key result added.", "done")
    return redirect(link("/objectives/{}", objective_id))


@blueprint.get("/key-results/<key_result_id>/edit")
@signed_in
def edit(key_result_id: str) -> str:
    """The form with what is stored."""
    stored = services().goals.key_result(key_result_id)
    objective = services().goals.objective(stored.objective_id)
    related = to_key_result(asker(), stored, services().goals.directory(), objective.owner_id)
    if not may(asker(), Action.KEY_RESULT_CHANGE, related):
        msg = "Its owner, its objective's owner, its team's lead and admins may change this key result."
        raise Forbidden(msg)
    return _form(objective, first_shown(_typed(stored)), {}, stored=stored)


@blueprint.post("/key-results/<key_result_id>/edit")
@signed_in
def change(key_result_id: str) -> tuple[str, int] | Response:
    """The key result has these values, if nobody changed it since the form was shown."""
    typed = typed_of(request.form)
    stored = services().goals.key_result(key_result_id)
    objective = services().goals.objective(stored.objective_id)
    if returns(typed):
        return _form(objective, resumed(typed), {}, stored=stored), 200

    def save(given: Typed) -> None:
        command = SaveKeyResult(typed=given, key_result_id=key_result_id, rev=rev_of(given), locale=locale())
        save_key_result(services(), command)

    try:
        overtaken = saved(typed, save, lambda: _now(key_result_id), lambda: _thing(stored, "edit"))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _form(objective, typed, trouble.errors, stored=stored), trouble.status
    if overtaken:
        return overtaken
    flash("Saved.", "done")
    return redirect(link("/key-results/{}", key_result_id))


@blueprint.post("/key-results/<key_result_id>/delegate")
@signed_in
def delegate(key_result_id: str) -> tuple[str, int] | Response:
    """The chosen person may check in as well."""
    typed = typed_of(request.form)
    stored = services().goals.key_result(key_result_id)
    if returns(typed):
        objective = services().goals.objective(stored.objective_id)
        chosen = {"delegate_id": typed.get("delegate_id", "")}
        return _form(objective, {**first_shown(_typed(stored)), **chosen}, {}, stored=stored), 200

    def save(given: Typed) -> None:
        delegate_key_result(services(), key_result_id, given, rev_of(given))

    try:
        overtaken = saved(typed, save, lambda: _now(key_result_id), lambda: _thing(stored, "delegate"))
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
    else:
        if overtaken:
            return overtaken
        flash("Saved." if typed.get("delegate_id") else "Nobody stands in any longer.", "done")
    return redirect(link("/key-results/{}", key_result_id))


@blueprint.post("/key-results/<key_result_id>/delete")
@signed_in
def delete(key_result_id: str) -> Response:
    """The key result is gone from lists and from the roll-up."""
    stored = services().goals.key_result(key_result_id)
    try:
        services().goals.delete_key_result(key_result_id, rev_of(request.form))
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
        return redirect(link("/key-results/{}", key_result_id))
    flash("Deleted.", "done")
    return redirect(link("/objectives/{}", stored.objective_id))


def _now(key_result_id: str) -> Typed:
    return _typed(services().goals.key_result(key_result_id))


def _place(objective_id: str) -> Objective:
    """Return the objective, or one that tells nothing where it was deleted or hidden while somebody typed."""
    try:
        return services().goals.objective(objective_id)
    except NotFound:
        return Objective(id=objective_id, title=UNSEEN, level="", cycle_id="", owner_id="")


def _places(objective: Objective) -> list[choices.Choice]:
    """Return the viewer's own objectives, for a key result whose objective is there no longer."""
    if objective.owner_id:
        return []
    cycle = choose_cycle(services().goals.cycles(), asker().today, None)
    query = ObjectiveQuery(owner_id=current_viewer().person_id, cycle_id=cycle.id if cycle else None)
    return [(found.id, found.title) for found in services().goals.objectives(query).items]


def made_before(key_result_id: str) -> tuple[Typed, Thing]:
    """Return what the form made when it was sent before; how it is measured stays."""
    stored = services().goals.key_result(key_result_id)
    fixed = {"kind", *(MEASURE if stored.kind == "boolean" else ())}
    texts = {name: text for name, text in _typed(stored).items() if name not in fixed}
    return texts, replace(_thing(stored, "edit"), edited=stored.rev > 1)


def _thing(stored: KeyResult, form: str) -> Thing:
    page = link("/key-results/{}", stored.id)
    kept = {"kind": stored.kind}
    return Thing(what="key result", title=stored.title, address=f"{page}/{form}", back=page, kept=kept)


def _typed(stored: KeyResult) -> dict[str, str]:
    """What is stored, as one would type it."""
    return {
        "title": stored.title,
        "kind": stored.kind,
        "unit": stored.unit,
        "start": sentences.editable(stored.start),
        "target": sentences.editable(stored.target),
        "due_on": stored.due_on.isoformat() if stored.due_on else "",
        "weight": sentences.editable(stored.weight),
        "commitment": stored.commitment,
        "owner_id": stored.owner_id,
        "delegate_id": stored.delegate_id or "",
        "description": stored.description,
        "rev": str(stored.rev),
    }


def _form(objective: Objective, typed: Typed, errors: Typed, *, stored: KeyResult | None = None) -> str:
    """Return the form with what was typed."""
    goals = services().goals
    cycle = next((cycle for cycle in goals.cycles() if cycle.id == objective.cycle_id), None)
    title = "Change a key result" if stored else "Add a key result"
    start = [(cycle.name, link("/okrs", query={"cycle": cycle.id}))] if cycle else []
    return render_template(
        "key_results/edit.html",
        page={
            "title": title,
            "nav": "okrs",
            "crumbs": [*start, (objective.title, f"/objectives/{objective.id}")],
        },
        objective=objective,
        stored=stored,
        cycle_of=cycle,
        typed=typed,
        errors=errors,
        places=_places(objective),
        people=choices.people(goals, [typed.get("owner_id")], typed.get("owner_id_words", "")),
        delegates=choices.people(goals, [typed.get("delegate_id")], typed.get("delegate_id_words", "")),
        choices=choices,
    )
