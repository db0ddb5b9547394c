"""The check-in screen, and what every check-in form on any page is sent to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import Conflict, Forbidden, NotFound, Problem
from libs.language.isolation import isolated
from services.gateway.domain.okr import CheckIn, Done, KeyResult
from services.gateway.domain.typed import Findings
from services.gateway.usecases.may import may_check_in
from services.gateway.usecases.record_check_in import record_check_in
from services.gateway.usecases.show_check_in import CheckInPage, show_check_in
from services.gateway.web import formatting, items, sentences
from services.gateway.web.conflict import Thing, resent, sent_anew
from services.gateway.web.forms import trouble_of, typed_of
from services.gateway.web.frame import asker, frame, local_now, locale, new_key, services
from services.gateway.web.key_results import key_result_page
from services.gateway.web.links import link, redirect
from services.gateway.web.revisions import check_in_thing, revision_typed
from services.gateway.web.today import today_page
from services.gateway.web.viewer import current_viewer, safe_path, signed_in, viewer_or_none

blueprint = Blueprint("check_in", __name__)
frame(blueprint)

Shown = Callable[..., str]


@blueprint.get("/check-in")
@signed_in
def check_in() -> str:
    """Everything owed; ``?key_result=`` names the one that is open."""
    return check_in_page(open_id=request.args.get("key_result"))


@blueprint.post("/key-results/<key_result_id>/check-in")
@signed_in
def record(key_result_id: str) -> tuple[str, int] | Response:
    """The check-in is stored, and the page that it came from says so with a way to undo it."""
    back = request.args.get("back", "check-in")
    typed = typed_of(request.form)
    known = services().goals.key_result(key_result_id)
    try:
        key = typed.get("idempotency_key", "")
        stored = record_check_in(services(), known, typed, key, locale=locale(), now=local_now())
    except (Findings, Problem) as error:
        again = resent(error, typed, lambda made: _made(known, made, typed))
        if again:
            return again
        trouble = trouble_of(error)
        typed = dict(sent_anew(error, typed))
        return _show(back, key_result_id)(typed=typed, errors=trouble.errors), trouble.status
    flash(_stored(known, stored, back), "undo")
    return redirect(_address(back, key_result_id))


def _made(known: KeyResult, check_in_id: str, typed: Mapping[str, str]) -> tuple[Mapping[str, str], Thing]:
    """Return what the form recorded when it was sent before; its date stays.

    Raises:
        NotFound: it was undone since.
    """
    entry = services().checkins.check_in(check_in_id)
    if entry.withdrawn:
        raise NotFound
    day = formatting.as_day(entry.as_of, current_viewer().time_zone)
    moved = typed.get("as_of") not in {None, "", day.isoformat()}
    stays = f"Its date stays {sentences.day(day)}." if moved else ""
    return revision_typed(entry), replace(
        check_in_thing(known, check_in_id), stays=stays, edited=len(entry.versions) > 1
    )


@blueprint.post("/key-results/<key_result_id>/check-in/preview")
def preview(key_result_id: str) -> str | tuple[str, int]:
    """Say what the check-in would store and where it would lead; nothing is stored.

    It is asked while somebody types, so one who is signed out by now is not led away from the form.
    """
    if viewer_or_none() is None:
        return "", 401
    known = services().goals.key_result(key_result_id)
    if not may_check_in(asker(), known, services().goals.directory()):
        raise Forbidden("Its owner, delegate or team lead checks in.")
    return render_template(
        "check_in/preview.html",
        item=items.key_result(known, services().goals.directory([known.owner_id])),
        previews=items.previews(known, request.form),
    )


@blueprint.post("/check-ins/<check_in_id>/undo")
@signed_in
def undo(check_in_id: str) -> Response:
    """The check-in no longer counts, if its ten seconds are not over."""
    try:
        services().checkins.undo(check_in_id)
    except Conflict:
        flash("Ten seconds are over, so it stays. Revise it in the history instead.", "problem")
    else:
        flash("Undone. It no longer counts; the history shows it.", "done")
    return redirect(safe_path(request.args.get("then")))


def check_in_page(
    *,
    open_id: str | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The screen with one form open, with what was typed and what is wrong with it."""
    page = show_check_in(services(), asker(), open_id)
    g.owed = len(page.owed.due)
    team, mine = page.team, current_viewer().person_id
    week = page.end.team_week if page.end else None
    return render_template(
        "check_in/check_in.html",
        page={"title": "Check in", "nav": "check-in"},
        seen=page,
        over=" · ".join(filter(None, (_today(page), isolated(team.name) if team else None))),
        title=_title(page),
        done=[_done(done, page) for done in page.done],
        steps=[items.owed(owed, page.directory, mine) for owed in page.steps],
        later=[items.owed(owed, page.directory, mine) for owed in page.owed.later if owed not in page.steps],
        live=items.live_ids(page.owed),
        form=_form(page, typed, errors),
        ends_on=_ends_on(page),
        next_words=sentences.next_check_in(page.owed.next_on, page.today),
        end=page.end is not None,
        team_week=week,
        still_due=sentences.some_of(week.open_titles) if week else "",
        wins=[items.win(won, page.directory) for won in page.end.wins] if page.end else [],
    )


def _title(page: CheckInPage) -> str:
    if page.end:
        return f"{sentences.all_done(len(page.owed.done))}. {sentences.thanks(current_viewer().name)}"
    return sentences.owed_title(len(page.owed.due), done=len(page.owed.done))


def _today(page: CheckInPage) -> str:
    return formatting.weekday(page.today, current_viewer().locale)


def _ends_on(page: CheckInPage) -> object:
    if not page.steps:
        return None
    return page.steps[0].key_result.due_on or (page.cycle.ends_on if page.cycle else None)


def _done(done: Done, page: CheckInPage) -> tuple[items.Item, items.Item]:
    known = done.key_result
    said = {
        "value": known.current,
        "before": done.before,
        "confidence": known.confidence,
        "status": known.status,
        "edit_url": link("/key-results/{}/check-ins/{}", known.id, done.check_in_id),
    }
    return items.key_result(known, page.directory), said


def _form(
    page: CheckInPage, typed: Mapping[str, str] | None, errors: Mapping[str, str] | None
) -> items.Item | None:
    if not page.steps:
        return None
    following = page.steps[1].key_result.id if len(page.steps) > 1 else None
    return items.check_in_form(
        page.steps[0].key_result,
        key=(typed or {}).get("idempotency_key") or new_key(),
        back="check-in",
        typed=typed,
        errors=errors,
        days=(page.cycle.starts_on, page.today) if page.cycle else None,
        skip=link("/check-in", query={"key_result": following}) if following else "/",
    )


def _show(back: str, key_result_id: str) -> Shown:
    """The page that the form came from, which shows it again."""

    def shown(*, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
        if back == "today":
            return today_page(open_id=key_result_id, typed=typed, errors=errors)
        if back == "key-result":
            return key_result_page(key_result_id, typed=typed, errors=errors)
        return check_in_page(open_id=key_result_id, typed=typed, errors=errors)

    return shown


def _address(back: str, key_result_id: str) -> str:
    return {"today": "/", "key-result": link("/key-results/{}", key_result_id)}.get(back, "/check-in")


def _stored(known: KeyResult, stored: CheckIn, back: str) -> Any:
    """What the toast says: Checked in: Incident reviews led, 4 of 6."""
    reads = sentences.reads(replace(known, current=stored.value))
    after = f", {reads.lower() if known.kind == 'boolean' else reads}"
    undo_address = link("/check-ins/{}/undo", stored.id, query={"then": _address(back, known.id)})
    return {"text": "Checked in:", "strong": known.title, "after": after, "undo": undo_address}
