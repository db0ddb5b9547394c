"""The OKRs page: a cycle's tree, with its filters in the address."""

from __future__ import annotations

from flask import Blueprint, render_template, request

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


@blueprint.get("/okrs")
@signed_in
def okrs() -> str:
    """One page of the tree; ``?after=`` asks for the following one."""
    page = show_okrs(services(), asker(), _filters())
    show_cycle(page.cycle, services().goals.cycles(), page.today)
    hidden = 0 if page.filters.narrow else sum(row.depth > tree_rows.OPEN_ABOVE_DEPTH for row in page.rows)
    return render_template(
        "okrs/okrs.html",
        page={"title": "OKRs", "nav": "okrs"},
        seen=page,
        rows=tree_rows.html(page, current_viewer().locale),
        hidden=hidden,
        chips=_chips(page),
        more=_address(page.filters, after=page.next) if page.next else None,
        clear=_address(Filters(cycle_id=page.filters.cycle_id)),
        filtered_by=_in_words(page),
    )


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
    )


def _address(filters: Filters, *, after: str | None = None) -> str:
    """The page's address with these filters; what is not filtered is not in it."""
    given = {
        "cycle": filters.cycle_id,
        "show": "mine" if filters.mine else None,
        "team": filters.team_id,
        "status": ",".join(filters.statuses),
        "root": filters.root_id,
        "after": after,
    }
    return link("/okrs", query=given)


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
        f"in {team.name}" if team else "",
        "owned by you" if now.mine else "",
    ]
    words = ", ".join(part for part in parts if part)
    return f"{words[:1].upper()}{words[1:]}." if words else ""
