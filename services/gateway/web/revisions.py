"""A check-in to correct: its form, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import Problem
from services.gateway.domain.okr import CheckIn, KeyResult
from services.gateway.domain.typed import Findings
from services.gateway.usecases.revise_check_in import revise_check_in
from services.gateway.web import items, sentences
from services.gateway.web.conflict import Thing, resumed, returns, saved
from services.gateway.web.forms import first_shown, rev_or_newest, trouble_of, typed_of
from services.gateway.web.frame import frame, locale, services
from services.gateway.web.links import link, redirect
from services.gateway.web.viewer import signed_in

blueprint = Blueprint("revisions", __name__)
frame(blueprint)

Typed = Mapping[str, str]


@blueprint.get("/key-results/<key_result_id>/check-ins/<check_in_id>")
@signed_in
def check_in(key_result_id: str, check_in_id: str) -> str:
    """A check-in to correct."""
    known = services().goals.key_result(key_result_id)
    entry = services().checkins.check_in(check_in_id)
    return _form(known, entry, first_shown(revision_typed(entry)), {})


def revision_typed(entry: CheckIn) -> dict[str, str]:
    """Return what a check-in says, as one would type it."""
    return {
        "value": sentences.editable(entry.value),
        "confidence": "" if entry.confidence is None else str(entry.confidence),
        "note": entry.note,
        "challenge": entry.challenge,
        "adjustment": entry.adjustment,
        "rev": str(entry.seq),
    }


@blueprint.post("/key-results/<key_result_id>/check-ins/<check_in_id>")
@signed_in
def revise(key_result_id: str, check_in_id: str) -> tuple[str, int] | Response:
    """The revision counts from now on; what it replaces stays in the history."""
    typed = typed_of(request.form)
    known = services().goals.key_result(key_result_id)
    checkins = services().checkins
    if returns(typed):
        return _form(known, checkins.check_in(check_in_id), resumed(typed), {}), 200

    def save(given: Typed) -> None:
        seq = rev_or_newest(given)
        revise_check_in(services(), known, check_in_id, given, seq=seq, locale=locale())

    def now() -> Typed:
        return revision_typed(checkins.check_in(check_in_id))

    try:
        overtaken = saved(typed, save, now, lambda: check_in_thing(known, check_in_id))
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        entry = checkins.check_in(check_in_id)
        return _form(known, entry, typed, trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Revised. The history shows both.", "done")
    return redirect(link("/key-results/{}", key_result_id, fragment="history"))


def check_in_thing(known: KeyResult, check_in_id: str) -> Thing:
    """Return what a page of two versions needs to know of a check-in."""
    page = link("/key-results/{}", known.id)
    address = link("/key-results/{}/check-ins/{}", known.id, check_in_id)
    return Thing(what="check-in", title=known.title, address=address, back=f"{page}#history")


def _form(known: KeyResult, entry: CheckIn, typed: Typed, errors: Typed) -> str:
    directory = services().goals.directory([known.owner_id, entry.author_id])
    return render_template(
        "key_results/revise.html",
        page={
            "title": "Revise a check-in",
            "nav": "okrs",
            "crumbs": [(known.title, f"/key-results/{known.id}")],
        },
        item=items.key_result(known, directory),
        entry=entry,
        author=directory.person(entry.author_id),
        typed=typed,
        errors=errors,
    )
