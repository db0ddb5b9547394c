"""The rows of the OKRs table: what each shows, and its HTML, written once while it shows the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from flask import current_app
from markupsafe import Markup

from services.gateway.domain.okr import KeyResult, Objective, TreeRow
from services.gateway.usecases.show_okrs import OkrsPage
from services.gateway.web.links import link

ROWS_KEPT: Final = 4096
ToggleAddress = Callable[["Toggle"], str]


class Mark(NamedTuple):
    """The weakest key result: where it stands and the status that colours it."""

    progress: float
    status: str


class Toggle(NamedTuple):
    """An objective to expand or collapse, with the objectives above it from the top."""

    id: str
    above: tuple[str, ...]
    collapsed: bool
    at_first: bool


class Named(NamedTuple):
    """A person as a row shows them."""

    id: str
    name: str


class ShownRow(NamedTuple):
    """A row as the template reads it."""

    kind: str
    id: str
    title: str
    url: str
    depth: int
    status: str
    progress: float | None
    raw_progress: float | None
    expected: float | None
    confidence: float | None
    owner: Named | None
    has_children: bool
    parent_hidden: bool = False
    weakest: Mark | None = None
    team: str | None = None
    collapsed: bool = False
    rows_below: int = 0
    toggle_url: str | None = None
    more_url: str | None = None
    measure: str | None = None
    start: float | None = None
    target: float | None = None
    unit: str = ""
    check_in_url: str | None = None
    next_check_in_on: date | None = None
    owed: bool = False


class Seen(NamedTuple):
    """What a row shows beside what it tells itself."""

    depth: int
    owner: Named | None = None
    team: str | None = None
    toggle_url: str | None = None
    may_check_in: bool = False
    next_check_in_on: date | None = None
    owed: bool = False


def html(
    page: OkrsPage,
    locale: str | None,
    toggle_address: ToggleAddress | None = None,
    *,
    depth: int = 0,
    skip: int = 0,
) -> Markup:
    """Render the rows but the first ``skip``; the first of all is at this depth.

    Without ``toggle_address`` every row is there, and a script alone collapses and expands them.
    """
    people = {person.id: Named(person.id, person.name) for person in page.directory.people.values()}
    written: list[str] = []
    above: list[str] = []
    for row in page.rows:
        shown_depth = row.depth + depth
        if row.objective is not None:
            del above[row.depth :]
            toggle = Toggle(
                row.objective.id, tuple(dict.fromkeys(above)), row.collapsed, at_first=not shown_depth
            )
            url = toggle_address(toggle) if toggle_address and row.has_children else None
            seen = _objective_seen(row.objective, row.next_check_in_on, people, page)
            seen = seen._replace(depth=shown_depth, team=seen.team if shown_depth else None, toggle_url=url)
            above += [row.objective.id] * (row.depth + 1 - len(above))
        elif row.key_result is not None:
            seen = _key_result_seen(row.key_result, people, page)._replace(depth=shown_depth)
        written.append(_html(row, seen, page.today, locale))
    return Markup("\n".join(written[skip:]))  # noqa: S704  # nosec B704  # each was written by the template, which escapes


@lru_cache(maxsize=ROWS_KEPT)
def _html(row: TreeRow, seen: Seen, today: date, locale: str | None) -> Markup:
    """The row's HTML, which follows from these arguments alone.

    The template reads the row and nothing else; the filters that it uses read the day and the viewer's
    locale, which are here so that nobody is shown what was written for another.
    """
    del today, locale
    shown = _objective(row, row.objective, seen) if row.objective is not None else None
    if row.key_result is not None:
        shown = _key_result(row, row.key_result, seen)
    written: Markup = current_app.jinja_env.get_template("components/rows.html").module.tree_row(shown)  # type: ignore[attr-defined]  # a macro of the template
    return written


def _objective_seen(known: Objective, day: date | None, people: Mapping[str, Named], page: OkrsPage) -> Seen:
    team = page.directory.team(known.team_id)
    return Seen(
        depth=0,
        owner=people.get(known.owner_id),
        team=team.name if team else None,
        next_check_in_on=day,
        owed=day is not None and day <= page.today,
    )


def _key_result_seen(known: KeyResult, people: Mapping[str, Named], page: OkrsPage) -> Seen:
    day = known.next_check_in_on
    return Seen(
        depth=0,
        owner=people.get(known.owner_id),
        may_check_in=known.id in page.may_check_in,
        next_check_in_on=day,
        owed=day is not None and day <= page.today,
    )


def _objective(row: TreeRow, known: Objective, seen: Seen) -> ShownRow:
    weakest = known.weakest
    more = row.more_below and not row.collapsed
    return ShownRow(
        kind="objective",
        id=known.id,
        title=known.title,
        url=f"/objectives/{known.id}",
        depth=seen.depth,
        status=known.status,
        progress=known.progress,
        raw_progress=known.progress,
        expected=known.expected,
        confidence=known.confidence,
        owner=seen.owner,
        has_children=row.has_children,
        parent_hidden=known.parent_hidden,
        weakest=Mark(weakest.progress, weakest.status or known.status) if weakest else None,
        team=seen.team,
        collapsed=row.collapsed,
        rows_below=row.rows_below,
        toggle_url=seen.toggle_url,
        more_url=link("/okrs", query={"cycle": known.cycle_id, "root": known.id}) if more else None,
        next_check_in_on=seen.next_check_in_on,
        owed=seen.owed,
    )


def _key_result(row: TreeRow, known: KeyResult, seen: Seen) -> ShownRow:
    return ShownRow(
        kind="key_result",
        id=known.id,
        title=known.title,
        url=f"/key-results/{known.id}",
        depth=seen.depth,
        status=known.status,
        progress=known.progress,
        raw_progress=known.raw_progress,
        expected=known.expected,
        confidence=known.confidence,
        owner=seen.owner,
        has_children=row.has_children,
        measure=known.kind,
        start=known.start,
        target=known.target,
        unit=known.unit,
        check_in_url=link("/check-in", query={"key_result": known.id}) if seen.may_check_in else None,
        next_check_in_on=seen.next_check_in_on,
        owed=seen.owed,
    )
