"""What every signed-in page has round it: the services acting for the viewer, the cycle, and what is owed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import svcs
from flask import Blueprint, g, request, session
from werkzeug.wrappers import Response

from libs.chassis.problems import Problem
from services.gateway.domain.okr import Asker, Cycle
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.okr_ports import Services, ServicesFor
from services.gateway.web.formatting import known_zone
from services.gateway.web.links import link, redirect
from services.gateway.web.read_only import read_only_services
from services.gateway.web.security import PressAgain
from services.gateway.web.viewer import current_viewer, viewer_or_none

WEEK = timedelta(days=7)
OKRS = "/okrs"
COUNT_THEMSELVES = ("/", "/check-in")


def services() -> Services:
    """The other services, acting for the viewer; a form shown again may only read."""
    if "services" not in g:
        acting_for = svcs.flask.get(ServicesFor).acting_for(current_viewer().principal)
        why = g.get("press_again")
        g.services = read_only_services(acting_for, why) if isinstance(why, PressAgain) else acting_for
    acting: Services = g.services
    return acting


def local_now() -> datetime:
    """This moment, in the viewer's time zone."""
    return datetime.now(UTC).astimezone(known_zone(current_viewer().time_zone))


def asker() -> Asker:
    """The viewer as the page's use case knows them, on the day that it is where they are."""
    viewer, now = current_viewer(), local_now()
    began = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Asker(person_id=viewer.person_id, roles=viewer.roles, today=now.date(), day_began=began)


def locale() -> str:
    """Return the tag of the locale in which the viewer writes and reads numbers."""
    return current_viewer().locale


def new_key() -> str:
    """An Idempotency-Key for a form that is shown now."""
    return uuid4().hex


def frame(blueprint: Blueprint) -> None:
    """Every page of this blueprint has the cycle switcher, the ruler and the badge of what is owed."""
    blueprint.before_request(surround)


def surround() -> Response | None:
    """The layout's cycles and badge are set; choosing a cycle elsewhere leads to that cycle's OKRs.

    A form is never stopped by what stands round it: without an answer its page simply has no ruler.
    """
    if viewer_or_none() is None:
        return None
    wanted = request.args.get("cycle")
    if request.method == "GET":
        if wanted and request.path != OKRS:
            return redirect(link(OKRS, query={"cycle": wanted}), 302)
        _surround(wanted)
    else:
        with suppress(Problem):
            _surround(None)
    return None


def _surround(wanted: str | None) -> None:
    cycles = services().goals.cycles()
    today = asker().today
    show_cycle(choose_cycle(cycles, today, wanted), cycles, today)
    if request.path not in COUNT_THEMSELVES:
        # What was written a moment ago is counted, also where another process answers.
        g.owed = services().checkins.due_count(fresh="_flashes" in session)


def show_cycle(cycle: Cycle | None, cycles: tuple[Cycle, ...], today: date) -> None:
    """The top bar and the ruler are about this cycle."""
    g.cycles = cycles
    g.cycle = cycle_item(cycle, today) if cycle else None


def cycle_item(cycle: Cycle, today: date) -> dict[str, Any]:
    """A cycle as the layout reads it: its weeks, which of them it is, and the share that has passed."""
    weeks = max((cycle.ends_on - cycle.starts_on + timedelta(days=1)) // WEEK, 1)
    week = (today - cycle.starts_on) // WEEK + 1
    return {
        "id": cycle.id,
        "name": cycle.name,
        "starts_on": cycle.starts_on,
        "ends_on": cycle.ends_on,
        "state": cycle.state,
        "weeks": weeks,
        "week": min(week, weeks) if today <= cycle.ends_on else week,
        "elapsed": cycle.gone(today),
    }
