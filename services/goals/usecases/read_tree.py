"""The OKRs page: the trees of a cycle, a page of top objectives at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.goals.domain.cycle import Cycle
from services.goals.domain.errors import Unknown, invalid
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.shown import unread_status
from services.goals.domain.tree import Place, arrange, rank, top_of
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import see, sight_of, sight_test
from services.goals.usecases.hide_weakest import hide_weakest
from services.goals.usecases.ports import KeyResultFilter, ObjectiveFilter, Ports, Sight, Slice, Window
from services.goals.usecases.read_objective import team_names

FIRST_PAGE = Window(limit=20)
OBJECTIVES_AT_MOST = 120
SightTest = Callable[[Objective | KeyResult], bool]


@dataclass(frozen=True, kw_only=True)
class ReadTree:
    """Which part.

    ``root_id`` narrows to one objective; the filters to matching rows and what is above them. ``named``: the
    people and teams of the rows are named.
    """

    cycle_id: str
    root_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    statuses: frozenset[str] | None = None
    window: Window = FIRST_PAGE
    named: bool = True

    @property
    def filtered(self) -> bool:
        """Whether only matching rows are wanted."""
        return self.owner_id is not None or self.team_id is not None or self.statuses is not None


@dataclass(frozen=True, kw_only=True)
class TreePage:
    """Rows in display order, names, and how all key results of the cycle stand."""

    cycle: Cycle
    on: date
    places: Sequence[Place]
    people: Mapping[str, str]
    teams: Mapping[str, tuple[str, str]]
    counts: Mapping[str, int]
    after: tuple[str | int, ...] | None


@dataclass(frozen=True)
class _Found:
    objectives: Sequence[Objective]
    key_results: Sequence[KeyResult]
    after: tuple[str | int, ...] | None = None
    cut: frozenset[str] = frozenset()


def read_tree(query: ReadTree, viewer: Viewer, ports: Ports) -> TreePage:
    """The page of it: one read for each level of the trees, whatever their width.

    A page has an end: of very large trees it holds the upper levels, and its rows say where more hangs below.

    Raises:
        InvalidFields: there is no such cycle.
        Unknown: there is no such root for them.
    """
    known = ports.cycles.with_organisation(viewer.organisation_id, query.cycle_id)
    if known is None:
        raise invalid("cycle_id", "No such cycle.")
    cycle, organisation = known
    on = organisation.today(ports.now())
    sight, seen = sight_of(viewer), sight_test(viewer)
    if query.root_id is not None:
        _check_root(query.root_id, viewer, ports)
    found = _filtered(query, cycle, on, sight, ports) if query.filtered else _whole(query, sight, seen, ports)
    visible = {item.id for item in found.objectives if seen(item)}
    key_results = [item for item in found.key_results if seen(item)]
    objectives = hide_weakest(found.objectives, viewer, ports, key_results)
    places = arrange(objectives, key_results, visible, found.cut)
    things = [place.thing for place in places] if query.named else []
    return TreePage(
        cycle=cycle,
        on=on,
        places=places,
        people=ports.people.names(viewer.organisation_id, {thing.owner_id for thing in things}),
        teams=team_names(ports, viewer.organisation_id, {thing.team_id for thing in things if thing.team_id}),
        counts=_counts(cycle, on, sight, ports),
        after=found.after,
    )


def _check_root(root_id: str, viewer: Viewer, ports: Ports) -> None:
    root = ports.objectives.get(viewer.organisation_id, root_id)
    if root is None:
        raise Unknown("objective")
    see(viewer, root)


def _whole(query: ReadTree, sight: Sight, seen: SightTest, ports: Ports) -> _Found:
    if query.root_id is not None:
        tops, after = list(ports.objectives.many(sight.organisation_id, [query.root_id]).values()), None
    else:
        page = ports.forest.tops(sight, query.cycle_id, query.window)
        tops, after = list(page.items), page.after
        if after is None:
            # What may be seen although nothing above it may: at the very end.
            hidden = ports.forest.hidden_tops(sight, query.cycle_id)
            tops += ports.objectives.many(sight.organisation_id, hidden).values()
    objectives, cut = _grow(tops, sight, seen, ports)
    ids = [objective.id for objective in objectives]
    key_results = ports.forest.of_objectives(sight.organisation_id, ids)
    return _Found(_under_root(query, objectives), key_results, after, cut)


def _grow(
    tops: Sequence[Objective], sight: Sight, seen: SightTest, ports: Ports
) -> tuple[list[Objective], frozenset[str]]:
    """The tops with what hangs beneath, level by level while the page has room; and where more hangs."""
    found = {top.id: top for top in tops}
    level = list(found)
    while level:
        room = max(OBJECTIVES_AT_MOST - len(found), 0)
        below = ports.forest.directly_beneath(sight.organisation_id, level, room + 1)
        fresh = {item.id: item for item in below[:room] if item.id not in found}  # stored data might loop
        found |= fresh
        if len(below) > room:
            edge = [*level, *fresh]
            shown = Counter(item.under_id for item in found.values() if seen(item))
            numbers = ports.forest.numbers_beneath(sight, edge)
            return list(found.values()), frozenset(i for i, all_ in numbers.items() if all_ > shown[i])
        level = list(fresh)
    return list(found.values()), frozenset()


def _filtered(query: ReadTree, cycle: Cycle, on: date, sight: Sight, ports: Ports) -> _Found:
    statuses = query.statuses
    wanted = KeyResultFilter(
        cycle_id=query.cycle_id,
        owner_id=query.owner_id,
        team_id=query.team_id,
        statuses=statuses,
        unread=statuses is not None and unread_status(cycle, on) in statuses,
    )
    matching = ports.forest.matching_key_results(sight, wanted)
    found = {item.objective_id for item in matching}
    if statuses is None:
        of_objectives = ObjectiveFilter(
            cycle_id=query.cycle_id, owner_id=query.owner_id, team_id=query.team_id
        )
        found |= set(ports.forest.matching(sight, of_objectives))
    closure = _under_root(query, ports.forest.above(sight.organisation_id, found))
    page = _page_of(closure, query.window)
    carriers = {
        item.parent.id for item in page.items if item.parent is not None and item.parent.kind == "key_result"
    }
    carrying = ports.key_results.many(sight.organisation_id, carriers)
    key_results = {item.id: item for item in matching} | carrying
    return _Found(page.items, list(key_results.values()), page.after)


def _under_root(query: ReadTree, objectives: Sequence[Objective]) -> Sequence[Objective]:
    """Only what stands at or under the root that was asked for, which then hangs under nothing."""
    if query.root_id is None:
        return objectives
    cut = [
        replace(item, under_id=None, parent=None) if item.id == query.root_id else item for item in objectives
    ]
    under = {item.id: item.under_id for item in cut}
    return [item for item in cut if top_of(item.id, under) == query.root_id]


def _page_of(objectives: Sequence[Objective], window: Window) -> Slice[Objective]:
    """The trees whose tops are on this page."""
    under = {item.id: item.under_id for item in objectives}
    tops = sorted((item for item in objectives if item.under_id not in under), key=rank)
    behind = [top for top in tops if window.after is None or rank(top) > window.after]
    page = behind[: window.limit]
    chosen = {top.id for top in page}
    items = [item for item in objectives if top_of(item.id, under) in chosen]
    return Slice(items, rank(page[-1]) if len(behind) > len(page) else None)


def _counts(cycle: Cycle, on: date, sight: Sight, ports: Ports) -> dict[str, int]:
    counted = ports.forest.counts(sight, cycle.id)
    by_status: dict[str, int] = {}
    for status, number in counted.by_status.items():
        name = status or unread_status(cycle, on)
        by_status[name] = by_status.get(name, 0) + number
    return by_status | {"total": sum(by_status.values()), "mine": counted.mine}
