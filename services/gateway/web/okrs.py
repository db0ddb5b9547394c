"""The OKRs page: a cycle's tree, with its filters in the address."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache, partial

from flask import Blueprint, render_template, request

from libs.chassis.problems import NotFound
from libs.language.isolation import isolated
from services.gateway.usecases.show_okrs import Filters, OkrsPage, show_okrs
from services.gateway.web import tree_rows
from services.gateway.web.formatting import STATUS_WORDS
from services.gateway.web.frame import asker, frame, services, show_cycle
from services.gateway.web.links import link
from services.gateway.web.viewer import current_viewer, signed_in

blueprint = Blueprint("okrs", __name__)
frame(blueprint)

CHIPS = ("at_risk", "overdue", "behind", "stale")
ALWAYS = ("at_risk", "behind", "stale")
EVERYTHING = "all"
EXPANDED_AT_MOST = 60
DEEPEST = 50
IDENTIFIER = re.compile(r"[\w-]{1,64}", re.ASCII)


@blueprint.get("/okrs")
@signed_in
def okrs() -> str:
    """One page of the tree; ``?after=`` asks for the following one."""
    page = show_okrs(services(), asker(), _filters())
    show_cycle(page.cycle, services().goals.cycles(), page.today)
    now = page.filters
    plain = replace(now, expand=(), collapse=(), everything=False)
    return render_template(
        "okrs/okrs.html",
        page={"title": "OKRs", "nav": "okrs"},
        seen=page,
        rows=tree_rows.html(page, current_viewer().locale, _toggle_addresses(page)),
        chips=_chips(page),
        more=_address(replace(plain, everything=now.everything), after=page.next) if page.next else None,
        clear=_address(Filters(cycle_id=now.cycle_id)),
        expand_all=_address(replace(plain, everything=True)) if page.collapsed else None,
        as_at_first=_address(plain) if now.everything else None,
        filtered_by=_in_words(page),
    )


@blueprint.get("/okrs/<objective_id>/rows")
@signed_in
def rows_below(objective_id: str) -> str:
    """The rows below an objective that was collapsed, for the script that expands it.

    Raises:
        NotFound: there is no such objective for the viewer.
    """
    filters = Filters(
        cycle_id=request.args.get("in"),
        root_id=objective_id,
        expand=_ids(request.args.get("open", "")),
    )
    page = show_okrs(services(), asker(), filters)
    if not page.rows:
        raise NotFound
    depth = min(request.args.get("depth", 0, type=int), DEEPEST)
    locale, addresses = current_viewer().locale, _toggle_addresses(page)
    return tree_rows.html(page, locale, addresses, depth=max(depth, 0), skip=1)


def _toggle_addresses(page: OkrsPage) -> tree_rows.ToggleAddress | None:
    """How links expand and collapse a row; where every row is there, a script does that alone."""
    now = replace(page.filters, expand=(), collapse=())
    if now.narrow or now.everything:
        return None

    return partial(_toggle_address, now)


@lru_cache(maxsize=tree_rows.ROWS_KEPT)
def _toggle_address(now: Filters, toggle: tree_rows.Toggle) -> str:
    """Return where the toggle leads; it follows from these values alone."""
    changed = replace(now, expand=toggle.above)
    if toggle.collapsed:
        changed = replace(now, expand=(*toggle.above, toggle.id))
    elif toggle.at_first:
        changed = replace(now, collapse=(toggle.id,))
    return _address(changed, fragment=f"row-{toggle.id}")


def _filters() -> Filters:
    asked = request.args
    known = tuple(status for status in asked.get("status", "").split(",") if status in STATUS_WORDS)
    mine = asked.get("show") == "mine"
    return Filters(
        cycle_id=asked.get("cycle"),
        mine=mine,
        team_id=None if mine else asked.get("team"),
        statuses=known,
        root_id=asked.get("root"),
        cursor=asked.get("after"),
        expand=_ids(asked.get("open", "")),
        collapse=_ids(asked.get("collapsed", "")),
        everything=asked.get("open") == EVERYTHING,
    )


def _ids(listed: str) -> tuple[str, ...]:
    """The ids in an address; what can be none is ignored."""
    ids = [each for each in listed.split(",") if IDENTIFIER.fullmatch(each) and each != EVERYTHING]
    return tuple(ids[:EXPANDED_AT_MOST])


def _address(filters: Filters, *, after: str | None = None, fragment: str = "") -> str:
    """The page's address with these filters; what is not filtered is not in it."""
    given = {
        "cycle": filters.cycle_id,
        "show": "mine" if filters.mine else None,
        "team": filters.team_id,
        "status": ",".join(filters.statuses),
        "root": filters.root_id,
        "open": EVERYTHING if filters.everything else ",".join(filters.expand),
        "collapsed": ",".join(filters.collapse),
        "after": after,
    }
    return link("/okrs", query=given, fragment=fragment)


def _chips(page: OkrsPage) -> list[tuple[object, ...] | None]:
    """Everything, mine and my teams exclude each other; statuses add up."""
    now = page.filters
    whole = Filters(cycle_id=now.cycle_id, statuses=now.statuses)
    mine = Filters(cycle_id=now.cycle_id, statuses=now.statuses, mine=True)
    chips: list[tuple[object, ...] | None] = [
        ("Everything", _address(whole), not now.mine and now.team_id is None, None, None),
        ("Mine", _address(mine), now.mine, page.mine, None),
    ]
    shown = [
        team for team in (*page.teams, *page.other_teams) if team in page.teams or team.id == now.team_id
    ]
    for team in shown:
        of_team = Filters(cycle_id=now.cycle_id, statuses=now.statuses, team_id=team.id)
        chips.append((team.name, _address(of_team), now.team_id == team.id, None, None))
    chips.append(None)
    chips.extend(_status_chip(page, status) for status in CHIPS if _worth_a_chip(page, status))
    return chips


def _worth_a_chip(page: OkrsPage, status: str) -> bool:
    return status in ALWAYS or status in page.filters.statuses or bool(page.counts.get(status))


def _status_chip(page: OkrsPage, status: str) -> tuple[object, ...]:
    now = page.filters
    on = status in now.statuses
    statuses = tuple(s for s in now.statuses if s != status) if on else (*now.statuses, status)
    toggled = Filters(cycle_id=now.cycle_id, mine=now.mine, team_id=now.team_id, statuses=statuses)
    return (STATUS_WORDS[status], _address(toggled), on, page.counts.get(status, 0), status)


def _in_words(page: OkrsPage) -> str:
    """What the filters ask for: Behind, in Billing, owned by you."""
    now = page.filters
    team = page.directory.team(now.team_id)
    parts = [
        " or ".join(STATUS_WORDS[status] for status in now.statuses).lower(),
        f"in {isolated(team.name)}" if team else "",
        "owned by you" if now.mine else "",
    ]
    words = ", ".join(part for part in parts if part)
    return f"{words[:1].upper()}{words[1:]}." if words else ""
