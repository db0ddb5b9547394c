"""Objectives and key results in the order in which they are read: each beneath what it hangs under. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.goals.domain.alignment import chain_of
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import LEVELS, Objective


class Place(NamedTuple):
    """One row: the thing, how deep, beneath which row, and whether rows follow beneath it.

    ``more_below``: more hangs under it than the page has room for. ``parent_hidden``: what it hangs
    under may not be seen. ``collapsed``: the ``rows_below`` that may
    be seen are not shown. A tuple, because a page has hundreds.
    """

    thing: Objective | KeyResult
    depth: int
    parent_id: str | None
    has_children: bool
    more_below: bool = False
    collapsed: bool = False
    rows_below: int = 0
    next_check_in_on: date | None = None
    parent_hidden: bool = False


def rank(objective: Objective) -> tuple[int, str]:
    """What sorts siblings: company, team, person; the oldest first within."""
    return (LEVELS.index(objective.level), objective.id)


def top_of(objective_id: str, under: Mapping[str, str | None]) -> str:
    """The objective at the top of the tree in which this one stands.

    ``under`` holds all objectives that count.
    """
    return next((link for link in reversed(chain_of(objective_id, under)) if link in under), objective_id)


def arrange(
    objectives: Sequence[Objective],
    key_results: Sequence[KeyResult],
    visible: Collection[str],
    cut: Collection[str] = (),
) -> list[Place]:
    """The rows of these trees. Of the objectives only those in ``visible`` get a row.

    What hangs under a hidden objective is shown beneath the nearest visible one above, or at the top. ``cut``
    are the objectives of which not all that hangs under them is here.
    """
    under = {objective.id: objective.under_id for objective in objectives}
    shown = {objective.id: objective for objective in objectives if objective.id in visible}
    by_objective: dict[str, list[KeyResult]] = defaultdict(list)
    for key_result in sorted(key_results, key=lambda item: item.id):
        if key_result.objective_id in shown:
            by_objective[key_result.objective_id].append(key_result)
    carriers = {item.id for items in by_objective.values() for item in items}
    below: dict[str | None, list[Objective]] = defaultdict(list)
    for objective in sorted(shown.values(), key=rank):
        below[_carrier(objective, shown, carriers, under)].append(objective)
    hidden = {item.id for item in shown.values() if item.under_id is not None and item.under_id not in shown}
    places = _walk(below[None], by_objective, below, cut)
    if not hidden:
        return list(places)
    return [place._replace(parent_hidden=place.thing.id in hidden) for place in places]


def _carrier(
    objective: Objective, shown: Collection[str], carriers: Collection[str], under: Mapping[str, str | None]
) -> str | None:
    parent = objective.parent
    if parent is not None and parent.kind == "key_result" and parent.id in carriers:
        return parent.id
    chain = chain_of(objective.id, under)[1:]
    return next((above for above in chain if above in shown), None)


def _walk(
    tops: Sequence[Objective],
    by_objective: Mapping[str, list[KeyResult]],
    below: Mapping[str | None, list[Objective]],
    cut: Collection[str],
) -> Iterator[Place]:
    """Depth first, without recursion: the tree may be deep."""
    stack: list[tuple[Objective | KeyResult, int, str | None]] = [(top, 0, None) for top in reversed(tops)]
    while stack:
        thing, depth, parent_id = stack.pop()
        mine: list[Objective | KeyResult] = []
        if isinstance(thing, Objective):
            mine += by_objective.get(thing.id, [])
        mine += below.get(thing.id, [])
        more = thing.id in cut
        yield Place(thing, depth, parent_id, has_children=bool(mine) or more, more_below=more)
        stack.extend((child, depth + 1, thing.id) for child in reversed(mine))
