"""The OKRs page: the trees of a cycle, a page of top objectives at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.goals.domain.alignment import chain_of
from services.goals.domain.cycle import Cycle
from services.goals.domain.errors import Unknown, invalid
from services.goals.domain.folding import Folding, Unread, alone, fold
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.shown import key_result_shown, unread_status
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
    people and teams of the rows are named. ``folding`` leaves out what is collapsed, of a whole tree.
    """

    cycle_id: str
    root_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    statuses: frozenset[str] | None = None
    window: Window = FIRST_PAGE
    named: bool = True
    folding: Folding | None = None

    @property
    def filtered(self) -> bool:
        """Whether only matching rows are wanted."""
        return self.owner_id is not None or self.team_id is not None or self.statuses is not None


@dataclass(frozen=True, kw_only=True)
class TreePage:
    """Rows in display order, names, and how all key results of the cycle stand.

    ``weakest_statuses`` are the statuses of the key results that rows name as their weakest.
    """

    cycle: Cycle
    on: date
    places: Sequence[Place]
    people: Mapping[str, str]
    teams: Mapping[str, tuple[str, str]]
    counts: Mapping[str, int]
    after: tuple[str | int, ...] | None
    weakest_statuses: Mapping[str, str]


@dataclass(frozen=True)
class _Found:
    objectives: Sequence[Objective]
    key_results: Sequence[KeyResult]
    after: tuple[str | int, ...] | None = None
    cut: frozenset[str] = frozenset()
    unread: Mapping[str, Unread] = field(default_factory=dict)
    folding: Folding | None = None


def read_tree(query: ReadTree, viewer: Viewer, ports: Ports) -> TreePage:
    """The page of it: one read for each level of the trees, whatever their width.

    A page has an end: of very large trees it holds the upper levels, and its rows say where more hangs below.

    Raises:
        InvalidFields: there is no such cycle.
        Unknown: there is no such root for them.
    """
    known = ports.cycles.with_organisation(viewer.organisation_id, query.cycle_id, fresh=False)
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
    unplaced = alone(key_results, found.objectives) if found.folding is not None else {}
    placed = [item for item in key_results if item.objective_id not in unplaced]
    arranged = arrange(found.objectives, placed, visible, found.cut)
    places = fold(arranged, found.folding, found.unread, unplaced)
    places, weakest = _with_weakest(places, key_results, viewer, ports)
    things = [place.thing for place in places] if query.named else []
    return TreePage(
        cycle=cycle,
        on=on,
        places=places,
        people=ports.people.names(viewer.organisation_id, {thing.owner_id for thing in things}),
        teams=team_names(ports, viewer.organisation_id, {thing.team_id for thing in things if thing.team_id}),
        counts=_counts(cycle, on, sight, ports),
        after=found.after,
        weakest_statuses={item.id: key_result_shown(item, cycle, on).status for item in weakest},
    )


def _with_weakest(
    places: Sequence[Place], key_results: Sequence[KeyResult], viewer: Viewer, ports: Ports
) -> tuple[list[Place], list[KeyResult]]:
    """The rows, with the weakest key results that may be seen; and these key results."""
    objectives = [place.thing for place in places if isinstance(place.thing, Objective)]
    named = {item.measured.weakest.key_result_id for item in objectives if item.measured.weakest is not None}
    known = [item for item in key_results if item.id in named]
    known += ports.forest.named(viewer.organisation_id, named - {item.id for item in known} - {""})
    shown = {item.id: item for item in hide_weakest(objectives, viewer, ports, known)}
    seen = sight_test(viewer)
    kept = [place._replace(thing=shown.get(place.thing.id, place.thing)) for place in places]
    return kept, [item for item in known if seen(item)]


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
    grown, cut = _grow(tops, sight, seen, ports)
    objectives = _under_root(query, grown)
    folding, unread = query.folding, dict[str, Unread]()
    wanted = {item.id for item in objectives}
    if folding is not None:
        folding = replace(folding, expand=folding.expand | {query.root_id or ""})
        visible = {item.id for item in objectives if seen(item)}
        wanted = _maybe_expanded(objectives, visible, folding)
        unread = dict(ports.forest.unread(sight, visible - wanted))
    key_results = ports.forest.of_objectives(sight.organisation_id, wanted)
    return _Found(objectives, key_results, after, cut, unread, folding)


def _maybe_expanded(objectives: Sequence[Objective], visible: Collection[str], folding: Folding) -> set[str]:
    """The objectives whose key results may be shown: the others' are counted, not read."""
    under = {item.id: item.under_id for item in objectives}
    tops = {each for each in visible if not any(link in visible for link in chain_of(each, under)[1:])}
    return (tops | folding.expand & set(visible)) - folding.collapse


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
