"""The first five steps of a new organisation, one page: each is saved by itself, and can be skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from libs.chassis.problems import Forbidden, Problem
from libs.language.isolation import isolated
from services.gateway.domain.first_steps import Progress, Step, quarter_of
from services.gateway.domain.okr import Organisation
from services.gateway.domain.pasted_people import Mistake, Pasted
from services.gateway.domain.typed import Findings
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.invite_pasted import Invited, Unreadable, invite_pasted
from services.gateway.usecases.save_company import save_company
from services.gateway.usecases.save_cycle import save_cycle
from services.gateway.usecases.save_team import save_team
from services.gateway.usecases.set_first_objective import KEY_RESULT, set_first_objective
from services.gateway.usecases.show_first_steps import guides, show_first_steps
from services.gateway.web import admin_cycles, admin_teams, choices, key_results, objectives
from services.gateway.web.conflict import Thing, resent, resumed, returns, saved, sent_anew
from services.gateway.web.forms import first_shown, rev_of, trouble_of, typed_of
from services.gateway.web.frame import asker, frame, locale, new_key, services
from services.gateway.web.links import link, redirect
from services.gateway.web.session import ports
from services.gateway.web.viewer import current_viewer, signed_in, viewer_or_none

blueprint = Blueprint("first_steps", __name__, url_prefix="/first-steps")
frame(blueprint)

Typed = Mapping[str, str]
Answer = tuple[str, int] | Response
# What is said after a redirect travels in a cookie, which may have 4 KiB with its name.
NAMED_AT_MOST = 5
SKIPPED = "Skipped. You can come back to it."
PLACES = {step: number for number, step in enumerate(Step, 1)}


@blueprint.before_request
def require_guide() -> None:
    """The viewer may do every step, or nobody is signed in yet.

    Raises:
        Forbidden: the viewer is somebody else.
    """
    if viewer_or_none() is not None and not guides(asker()):
        msg = "Only an administrator sets up the organisation."
        raise Forbidden(msg)


def progress(*, has_objectives: bool = False) -> Progress:
    """How far the viewer's organisation is."""
    organisation_id = current_viewer().organisation_id
    return show_first_steps(services(), ports().skipped_steps, organisation_id, has_objectives=has_objectives)


@blueprint.get("")
@signed_in
def first_steps() -> str:
    """The page, with the first open step."""
    return _page(progress().next_step, None, {})


@blueprint.get("/company")
@signed_in
def company() -> str:
    """The page with the form of this step."""
    return _page(Step.COMPANY, None, {})


@blueprint.get("/cycle")
@signed_in
def cycle() -> str:
    """The page with the form of this step."""
    return _page(Step.CYCLE, None, {})


@blueprint.get("/team")
@signed_in
def team() -> str:
    """The page with the form of this step."""
    return _page(Step.TEAM, None, {})


@blueprint.get("/people")
@signed_in
def people() -> str:
    """The page with the form of this step."""
    return _page(Step.PEOPLE, None, {})


@blueprint.get("/objective")
@signed_in
def objective() -> str:
    """The page with the form of this step."""
    return _page(Step.OBJECTIVE, None, {})


@blueprint.post("/<any(cycle,team,people,objective):name>/skip")
@signed_in
def skip(name: str) -> Response:
    """The step is not shown on Today any more."""
    try:
        ports().skipped_steps.skip(current_viewer().organisation_id, Step(name))
    except Problem as error:
        flash(" ".join(trouble_of(error).errors.values()), "problem")
    else:
        flash(SKIPPED, "done")
    return redirect("/first-steps")


@blueprint.post("/company")
@signed_in
def save_first_company() -> Answer:
    """Dates and numbers are written so, if nobody changed it since the form was shown."""
    typed = typed_of(request.form)
    if returns(typed):
        return _page(Step.COMPANY, resumed(typed), {}), 200

    def save(given: Typed) -> None:
        save_company(services(), given, rev_of(given))

    def thing() -> Thing:
        return Thing(
            what="organisation",
            title=typed.get("name", ""),
            address="/first-steps/company",
            back="/first-steps",
            nav="today",
        )

    try:
        overtaken = saved(typed, save, lambda: _company(services().goals.organisation(fresh=True)), thing)
    except (Findings, Problem) as error:
        trouble = trouble_of(error)
        return _page(Step.COMPANY, typed, trouble.errors), trouble.status
    if overtaken:
        return overtaken
    flash("Saved.", "done")
    return redirect("/first-steps")


@blueprint.post("/cycle")
@signed_in
def save_first_cycle() -> Answer:
    """The cycle runs."""

    def save(typed: Typed, key: str) -> str:
        return f"{save_cycle(services(), typed, idempotency_key=key).name} runs."

    return _made(Step.CYCLE, save)


@blueprint.post("/team")
@signed_in
def save_first_team() -> Answer:
    """The team exists; whoever makes it leads it until somebody else does."""

    def save(typed: Typed, key: str) -> str:
        me = current_viewer().person_id
        mine = {**typed, "lead_id": typed.get("lead_id", me), "member_ids": typed.get("member_ids", me)}
        return f"{save_team(services(), mine, idempotency_key=key).name} is there."

    return _made(Step.TEAM, save)


@blueprint.post("/people")
@signed_in
def save_first_people() -> Answer:
    """Everybody is invited, or nobody where a line is wrong."""
    return _made(
        Step.PEOPLE, lambda typed, key: _invited_words(invite_pasted(services(), typed, idempotency_key=key))
    )


@blueprint.post("/objective")
@signed_in
def save_first_objective() -> Answer:
    """The objective and its key result are there."""

    def save(typed: Typed, key: str) -> str:
        me = current_viewer().person_id
        made = set_first_objective(services(), typed, key, owner_id=me, locale=locale())
        return f"Saved: {made.title}"

    return _made(Step.OBJECTIVE, save)


def _made(step: Step, save: Callable[[Typed, str], str]) -> Answer:
    """What was typed is stored; or the form again, with what is wrong."""
    typed = typed_of(request.form)
    try:
        said = save(typed, typed.get("idempotency_key", ""))
    except Unreadable as error:
        return _page(step, typed, {"people": _mistakes_words(error)}, error.mistakes), 422
    except (Findings, Problem) as error:
        again = _sent_before(step, error, typed)
        if again is not None:
            return again
        trouble = trouble_of(error)
        return _page(step, sent_anew(error, typed), trouble.errors), trouble.status
    flash(said, "done")
    return redirect("/first-steps")


def _sent_before(step: Step, error: Exception, typed: Typed) -> Answer | None:
    """Return what the form made before beside what is typed now, if that is what happened."""
    if step is Step.CYCLE:
        return resent(error, typed, admin_cycles.made_before)
    if step is Step.TEAM:
        return resent(error, typed, admin_teams.made_before)
    if step is Step.OBJECTIVE:
        measured = {**typed, "title": typed.get(KEY_RESULT, "")}
        return resent(error, typed, lambda made: objectives.made_before(made, typed)) or resent(
            error, measured, key_results.made_before
        )
    return None


def _mistakes_words(error: Unreadable) -> str:
    count = len(error.mistakes)
    lines = "1 line needs a change" if count == 1 else f"{count} lines need a change"
    if not error.invited:
        return f"Nobody is invited yet: {lines}."
    people = "1 person is invited" if error.invited == 1 else f"{error.invited} people are invited"
    return f"{people}; {lines}. Save again when it is made: nobody is invited twice."


def _invited_words(invited: Invited) -> str:
    """Return who was invited, and who was not and why."""
    count = len(invited.people)
    said = [f"{count} {'person' if count == 1 else 'people'} invited. The mails are on their way."]
    if not count:
        said = ["Nobody new was in the list."]
    for found, words in ((invited.reading.known, "here already"), (invited.reading.repeated, "in it twice")):
        if found:
            said.append(f"{_addresses(found)}: {words}.")
    return " ".join(said)


def _addresses(found: Sequence[Pasted]) -> str:
    named = ", ".join(isolated(one.address) for one in found[:NAMED_AT_MOST])
    more = len(found) - NAMED_AT_MOST
    return f"{named} and {more} more" if more > 0 else named


def _company(organisation: Organisation) -> dict[str, str]:
    return {
        "name": organisation.name,
        "time_zone": organisation.time_zone,
        "locale": organisation.locale,
        "rev": str(organisation.rev),
    }


def _proposed(step: Step) -> dict[str, str]:
    """Return what the form of a step is shown with."""
    if step is Step.COMPANY:
        return first_shown(_company(services().goals.organisation(fresh=True)))
    proposed = {"idempotency_key": new_key()}
    if step is Step.CYCLE:
        quarter = quarter_of(asker().today)
        proposed |= {
            "name": quarter.name,
            "starts_on": quarter.starts_on.isoformat(),
            "ends_on": quarter.ends_on.isoformat(),
        }
    elif step is Step.TEAM:
        proposed |= {"every": "weekly", "weekday": "0", "time": "09:00"}
    elif step is Step.PEOPLE:
        teams = services().goals.directory().teams
        proposed |= {"role": "member", "team_id": next(iter(teams), "")}
    else:
        cycle = choose_cycle(services().goals.cycles(), asker().today)
        proposed |= {"cycle_id": cycle.id if cycle else "", "start": "0"}
    return proposed


def _page(
    open_step: Step | None, typed: Typed | None, errors: Typed, mistakes: tuple[Mistake, ...] = ()
) -> str:
    seen = progress()
    goals = services().goals
    directory = goals.directory()
    shown: dict[str, Any] = {
        "organisation": goals.organisation(),
        "cycles": goals.cycles(),
        "teams": list(directory.teams.values()),
        "quarter": quarter_of(asker().today),
        "zones": choices.time_zones(),
    }
    if open_step is Step.OBJECTIVE and not shown["cycles"]:
        errors = {**errors, "": "An objective belongs to a cycle. Open one first, in step 2."}
        if typed is None:
            open_step = Step.CYCLE
    return render_template(
        "first_steps/first_steps.html",
        page={"title": "Set up in five steps", "nav": "today"},
        seen=seen,
        shown=shown,
        steps=list(Step),
        places=PLACES,
        open_step=open_step,
        typed=typed if typed is not None else _proposed(open_step) if open_step else {},
        errors=errors,
        mistakes=mistakes,
        choices=choices,
        team_choices=choices.teams(directory),
        address=lambda step: link("/first-steps/{}", step),
    )
