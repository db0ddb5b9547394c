"""Today: your due check-ins, what needs attention, and three numbers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, render_template, request

from services.gateway.usecases.show_first_steps import guides
from services.gateway.usecases.show_today import Today, show_today
from services.gateway.web import items, sentences
from services.gateway.web.first_steps import progress
from services.gateway.web.frame import asker, frame, new_key, services
from services.gateway.web.links import link
from services.gateway.web.viewer import current_viewer, signed_in

blueprint = Blueprint("today", __name__)
frame(blueprint)


@blueprint.get("/")
@signed_in
def today() -> str:
    """The page; ``?open=`` names the owed key result whose form is open."""
    return today_page(open_id=request.args.get("open"))


def today_page(
    *,
    open_id: str | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The page with one check-in open (the wanted, else the first), with what was typed and what is wrong."""
    page = show_today(services(), asker())
    due, done = len(page.owed.due), len(page.owed.done)
    g.owed = due
    guided = guides(asker())
    steps = progress(has_objectives=page.has_objectives) if guided else None
    return render_template(
        "today/today.html",
        page={"title": "Today", "nav": "today"},
        seen=page,
        title=sentences.owed_title(due, done=done),
        thanks=sentences.thanks(current_viewer().name),
        owed_rows=_rows(page, open_id, typed, errors),
        later=[items.owed(one, page.directory, current_viewer().person_id) for one in page.owed.later],
        live=items.live_ids(page.owed),
        wins=[items.win(won, page.directory) for won in page.wins],
        looks=[items.risk(found, page.directory, page.today) for found in page.looks],
        next_words=sentences.next_check_in(page.owed.next_on, page.today),
        guided=guided,
        steps=None if steps is None or steps.is_over else steps,
        first=items.key_result(page.first, page.directory) if page.first else None,
    )


def _rows(
    page: Today, open_id: str | None, typed: Mapping[str, str] | None, errors: Mapping[str, str] | None
) -> list[tuple[items.Item, items.Item | None]]:
    """Every owed check-in with its form where it is open."""
    ids = [owed.key_result.id for owed in page.owed.due]
    opened = open_id if open_id in ids else next(iter(ids), None)
    rows: list[tuple[items.Item, items.Item | None]] = []
    for owed in page.owed.due:
        known = owed.key_result
        item = items.owed(owed, page.directory, current_viewer().person_id)
        item["open_url"] = link("/", query={"open": known.id})
        form = None
        if known.id == opened:
            form = items.check_in_form(
                known,
                key=(typed or {}).get("idempotency_key") or new_key(),
                back="today",
                days=(page.cycle.starts_on, page.today) if page.cycle else None,
                typed=typed,
                errors=errors,
            )
        rows.append((item, form))
    return rows
