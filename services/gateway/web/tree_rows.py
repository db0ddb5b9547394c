"""The rows of the OKRs table: what each shows, and its HTML, written once while it shows the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from flask import current_app
from markupsafe import Markup

from services.gateway.domain.okr import Directory, KeyResult, Objective, TreeRow
from services.gateway.usecases.show_okrs import OkrsPage

OPEN_ABOVE_DEPTH: Final = 1  # the whole tree opens on the top objectives and what stands directly below them
ROWS_KEPT: Final = 4096
SETTLED: Final = frozenset({"achieved", "closed"})


class Mark(NamedTuple):
    """The weakest key result: where it stands and the status that colours it."""

    progress: float
    status: str


class Named(NamedTuple):
    """A person as a row shows them."""

    id: str
    name: str


class ShownRow(NamedTuple):
    """Everything that the HTML of a row is made of, beside the viewer's locale and the day."""

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
    weakest: Mark | None = None
    team: str | None = None
    folded: bool = False
    more_url: str | None = None
    measure: str | None = None
    start: float | None = None
    target: float | None = None
    unit: str = ""
    check_in_url: str | None = None
    next_check_in_on: date | None = None
    owed: bool = False


def shown(page: OkrsPage) -> list[ShownRow]:
    """The rows of the page; an objective shows the next check-in of what stands below it."""
    listed: list[ShownRow] = []
    for row, day in zip(page.rows, _next_days(page.rows), strict=True):
        if row.objective is not None:
            listed.append(_objective(row, row.objective, day, page))
        elif row.key_result is not None:
            listed.append(_key_result(row, row.key_result, page))
    return listed


def html(rows: Iterable[ShownRow], today: date, locale: str | None) -> Markup:
    """The rows as HTML."""
    return Markup("\n").join([_html(row, today, locale) for row in rows])


@lru_cache(maxsize=ROWS_KEPT)
def _html(row: ShownRow, today: date, locale: str | None) -> Markup:
    """The row's HTML, which follows from these arguments alone.

    The template reads the row and nothing else; the filters that it uses read the day and the viewer's
    locale, which are here so that nobody is shown what was written for another.
    """
    del today, locale
    written: Markup = current_app.jinja_env.get_template("components/rows.html").module.tree_row(row)  # type: ignore[attr-defined]  # a macro of the template
    return written


def _next_days(rows: Sequence[TreeRow]) -> list[date | None]:
    """For each row the next day on which a check-in falls due beneath it, in one pass from the end."""
    earliest: dict[int, date] = {}
    days: list[date | None] = []
    for row in reversed(rows):
        below = [earliest.pop(depth) for depth in [d for d in earliest if d > row.depth]]
        days.append(min(below, default=None))
        own = _next_check_in(row.key_result) if row.key_result else None
        known = [day for day in (*below, own, earliest.get(row.depth)) if day is not None]
        if known:
            earliest[row.depth] = min(known)
    return days[::-1]


def _next_check_in(known: KeyResult) -> date | None:
    return None if known.status in SETTLED else known.next_check_in_on


def _owner(person_id: str, directory: Directory) -> Named | None:
    found = directory.people.get(person_id)
    return None if found is None else Named(found.id, found.name)


def _objective(row: TreeRow, known: Objective, day: date | None, page: OkrsPage) -> ShownRow:
    weakest = known.weakest
    team = page.directory.team(known.team_id) if row.depth else None
    return ShownRow(
        kind="objective",
        id=known.id,
        title=known.title,
        url=f"/objectives/{known.id}",
        depth=row.depth,
        status=known.status,
        progress=known.progress,
        raw_progress=known.progress,
        expected=known.expected,
        confidence=known.confidence,
        owner=_owner(known.owner_id, page.directory),
        has_children=row.has_children,
        weakest=Mark(
            weakest.progress,
            page.statuses_by_key_result.get(weakest.key_result_id) or weakest.status or known.status,
        )
        if weakest
        else None,
        team=team.name if team else None,
        folded=row.depth >= OPEN_ABOVE_DEPTH and not page.filters.narrow,
        more_url=f"/okrs?cycle={known.cycle_id}&root={known.id}" if row.more_below else None,
        next_check_in_on=day,
        owed=day is not None and day <= page.today,
    )


def _key_result(row: TreeRow, known: KeyResult, page: OkrsPage) -> ShownRow:
    day = _next_check_in(known)
    return ShownRow(
        kind="key_result",
        id=known.id,
        title=known.title,
        url=f"/key-results/{known.id}",
        depth=row.depth,
        status=known.status,
        progress=known.progress,
        raw_progress=known.raw_progress,
        expected=known.expected,
        confidence=known.confidence,
        owner=_owner(known.owner_id, page.directory),
        has_children=row.has_children,
        measure=known.kind,
        start=known.start,
        target=known.target,
        unit=known.unit,
        check_in_url=f"/check-in?key_result={known.id}" if known.id in page.may_check_in else None,
        next_check_in_on=day,
        owed=day is not None and day <= page.today,
    )
