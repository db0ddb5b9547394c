"""The rows of the OKRs table: what each shows, and its HTML, written once while it shows the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from flask import current_app
from markupsafe import Markup

from services.gateway.domain.okr import KeyResult, Objective, TreeRow
from services.gateway.usecases.show_okrs import OkrsPage
from services.gateway.web.links import link

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


class Seen(NamedTuple):
    """What a row shows beside what it tells itself."""

    owner: Named | None = None
    team: str | None = None
    folded: bool = False
    weakest_status: str | None = None
    may_check_in: bool = False
    next_check_in_on: date | None = None
    owed: bool = False


def html(page: OkrsPage, locale: str | None) -> Markup:
    """The rows as HTML."""
    people = {person.id: Named(person.id, person.name) for person in page.directory.people.values()}
    today = page.today
    written: list[str] = []
    for row, day in zip(page.rows, next_days(page.rows), strict=True):
        if row.objective is not None:
            seen = _objective_seen(row, row.objective, day, people, page)
        elif row.key_result is not None:
            seen = _key_result_seen(row.key_result, day, people, page)
        written.append(_html(row, seen, today, locale))
    return Markup("\n".join(written))  # noqa: S704  # nosec B704  # each was written by the template, which escapes


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


def next_days(rows: Sequence[TreeRow]) -> list[date | None]:
    """The next check-in of each row: of an objective the earliest of what stands beneath it."""
    days: list[date | None] = []
    earliest: dict[int, date] = {}
    deepest = -1
    for row in reversed(rows):
        depth, below = row.depth, None
        while deepest > depth:
            known = earliest.pop(deepest, None)
            if known is not None and (below is None or known < below):
                below = known
            deepest -= 1
        deepest = depth
        own = _next_check_in(row.key_result) if row.key_result is not None else None
        days.append(below if row.key_result is None else own)
        for day in (own, below):
            if day is not None and (depth not in earliest or day < earliest[depth]):
                earliest[depth] = day
    return days[::-1]


def _next_check_in(known: KeyResult) -> date | None:
    return None if known.status in SETTLED else known.next_check_in_on


def _objective_seen(
    row: TreeRow, known: Objective, day: date | None, people: Mapping[str, Named], page: OkrsPage
) -> Seen:
    team = page.directory.team(known.team_id) if row.depth else None
    weakest = known.weakest
    return Seen(
        people.get(known.owner_id),
        team.name if team else None,
        row.depth >= OPEN_ABOVE_DEPTH and not page.filters.narrow,
        page.statuses_by_key_result.get(weakest.key_result_id) if weakest else None,
        False,  # noqa: FBT003  # nobody checks in on an objective
        day,
        day is not None and day <= page.today,
    )


def _key_result_seen(known: KeyResult, day: date | None, people: Mapping[str, Named], page: OkrsPage) -> Seen:
    return Seen(
        people.get(known.owner_id),
        None,
        False,  # noqa: FBT003  # a key result folds nothing
        None,
        known.id in page.may_check_in,
        day,
        day is not None and day <= page.today,
    )


def _objective(row: TreeRow, known: Objective, seen: Seen) -> ShownRow:
    weakest = known.weakest
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
        owner=seen.owner,
        has_children=row.has_children,
        weakest=Mark(weakest.progress, seen.weakest_status or weakest.status or known.status)
        if weakest
        else None,
        team=seen.team,
        folded=seen.folded,
        more_url=link("/okrs", query={"cycle": known.cycle_id, "root": known.id}) if row.more_below else None,
        next_check_in_on=seen.next_check_in_on,
        owed=seen.owed,
    )


def _key_result(row: TreeRow, known: KeyResult, seen: Seen) -> ShownRow:
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
