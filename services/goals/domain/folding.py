"""Which rows of the trees are shown, and what a collapsed row tells of those beneath it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.tree import Place


class Unread(NamedTuple):
    """The key results of one objective that are counted, not read: how many, and the next check-in."""

    number: int
    next_check_in_on: date | None


NONE: Final[Mapping[str, Sequence[KeyResult]]] = {}


@dataclass(frozen=True, kw_only=True)
class Folding:
    """How many rows a page opens with, and which objectives a viewer expanded or collapsed since."""

    rows: int
    expand: frozenset[str] = frozenset()
    collapse: frozenset[str] = frozenset()


def alone(key_results: Sequence[KeyResult], objectives: Sequence[Objective]) -> dict[str, list[KeyResult]]:
    """Return the key results of the objectives under which no objective hangs, in the order of their rows.

    They carry nothing, so their rows can be counted without being placed.
    """
    carrying = {objective.under_id for objective in objectives}
    found: dict[str, list[KeyResult]] = {}
    for key_result in sorted(key_results, key=lambda item: item.id):
        if key_result.objective_id not in carrying:
            found.setdefault(key_result.objective_id, []).append(key_result)
    return found


def fold(
    places: Sequence[Place],
    folding: Folding | None,
    unread: Mapping[str, Unread],
    unplaced: Mapping[str, Sequence[KeyResult]] = NONE,
) -> list[Place]:
    """Return the rows that are shown, each objective with what is beneath it.

    Without ``folding`` every row is shown. ``unplaced`` are key results that `alone` found: no place is
    theirs yet.
    """
    unread = {**unread, **{objective_id: _counted(items) for objective_id, items in unplaced.items()}}
    told = _told(places, unread)
    if folding is None:
        return told
    expanded = _expanded(places, folding, unread)
    shown: list[Place] = []
    hidden_below: int | None = None
    for place in told:
        if hidden_below is not None and place.depth > hidden_below:
            continue
        hidden_below = None
        if isinstance(place.thing, Objective) and place.has_children and place.thing.id not in expanded:
            hidden_below = place.depth
            shown.append(place._replace(collapsed=True))
            continue
        shown.append(place)
        below = unplaced.get(place.thing.id, ())
        shown.extend([Place(item, place.depth + 1, place.thing.id, has_children=False) for item in below])
    return shown


def _counted(key_results: Sequence[KeyResult]) -> Unread:
    days = [day for day in map(next_check_in, key_results) if day is not None]
    return Unread(len(key_results), min(days, default=None))


def next_check_in(key_result: KeyResult) -> date | None:
    """Return the day of its next check-in, if it still needs one."""
    standing = key_result.standing
    return None if standing is None else standing.next_check_in_on


def _told(places: Sequence[Place], unread: Mapping[str, Unread]) -> list[Place]:
    """Count what is beneath each objective and find its earliest check-in, from the last row upwards."""
    told = list(places)
    beneath: list[tuple[int, int, date | None]] = []  # of subtrees already passed: depth, rows, next check-in
    for number in range(len(told) - 1, -1, -1):
        thing, depth, _, has_children, *_ = place = told[number]
        rows, earliest = 0, None
        while beneath and beneath[-1][0] > depth:
            _, more, day = beneath.pop()
            rows, earliest = rows + more, _earlier(earliest, day)
        if isinstance(thing, KeyResult):
            earliest = _earlier(earliest, next_check_in(thing))
        else:
            counted = unread.get(thing.id)
            if counted is not None:
                rows, earliest = rows + counted.number, _earlier(earliest, counted.next_check_in_on)
            told[number] = Place(
                thing,
                depth,
                place.parent_id,
                has_children or rows > 0,
                place.more_below,
                rows_below=rows,
                next_check_in_on=earliest,
                parent_hidden=place.parent_hidden,
            )
        if beneath and beneath[-1][0] == depth:
            _, more, day = beneath.pop()
            beneath.append((depth, more + rows + 1, _earlier(earliest, day)))
        else:
            beneath.append((depth, rows + 1, earliest))
    return told


def _earlier(one: date | None, other: date | None) -> date | None:
    return other if one is None else one if other is None else min(one, other)


def _expanded(places: Sequence[Place], folding: Folding, unread: Mapping[str, Unread]) -> Collection[str]:
    """The top objectives in order for as long as their rows fit, and what a viewer wants otherwise.

    What the viewer expands or collapses takes and makes no room: it changes no other row.
    """
    tops = [place.thing.id for place in places if place.depth == 0]
    direct = _direct(places)
    expanded = set(folding.expand)
    room = folding.rows - len(tops)
    for top in tops:
        room -= direct[top] + (unread[top].number if top in unread else 0)
        if room < 0:
            break
        expanded.add(top)
    return expanded - folding.collapse


def _direct(places: Sequence[Place]) -> Mapping[str, int]:
    """Count the rows directly below each objective: its key results, and the objectives below those."""
    direct: Counter[str] = Counter()
    path: list[str] = []  # the nearest objective at each depth
    for place in places:
        del path[place.depth :]
        above = path[-1] if path else ""
        direct[above] += 1
        path.append(place.thing.id if isinstance(place.thing, Objective) else above)
    return direct
