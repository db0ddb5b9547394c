"""The tree of a cycle in memory: its rows in display order, and which of them are collapsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import TreeQuery

Objectives = Mapping[str, okr.Objective]
KeyResults = Mapping[str, okr.KeyResult]


def tree_of(objectives: Objectives, key_results: KeyResults, query: TreeQuery, person_id: str) -> okr.Tree:
    """Return what the service would answer to this person."""
    rows: list[okr.TreeRow] = []
    for objective in objectives.values():
        begins = objective.id == query.root_id if query.root_id else objective.parent is None
        if begins and objective.cycle_id == query.cycle_id:
            rows += _below(objective, 0, objectives, key_results, query)
    counts = {"total": len(key_results)}
    for found in key_results.values():
        counts[found.status] = counts.get(found.status, 0) + 1
        counts["mine"] = counts.get("mine", 0) + (found.owner_id == person_id)
    return okr.Tree(rows=tuple(_folded(rows, query) if query.rows else rows), counts=counts)


def _below(
    objective: okr.Objective, depth: int, objectives: Objectives, key_results: KeyResults, query: TreeQuery
) -> list[okr.TreeRow]:
    """The objective's row and those below it; none where a filter matches nothing of it."""
    weakest = objective.weakest
    if weakest is not None:
        told = replace(weakest, status=key_results[weakest.key_result_id].status)
        objective = replace(objective, weakest=told)
    beneath = [
        okr.TreeRow(depth=depth + 1, key_result=found)
        for found in key_results.values()
        if found.objective_id == objective.id and (not query.statuses or found.status in query.statuses)
    ]
    for child in objectives.values():
        if child.parent and child.parent.id == objective.id:
            beneath += _below(child, depth + 1, objectives, key_results, query)
    if query.statuses and not beneath:
        return []
    days = [row.key_result.next_check_in_on for row in beneath if row.key_result]
    own = okr.TreeRow(
        depth=depth,
        objective=objective,
        has_children=bool(beneath),
        rows_below=len(beneath),
        next_check_in_on=min(filter(None, days), default=None),
    )
    return [own, *beneath]


def _folded(rows: list[okr.TreeRow], query: TreeQuery) -> list[okr.TreeRow]:
    """What is collapsed: in a company this small every top objective has room for its rows."""
    shown: list[okr.TreeRow] = []
    hidden_below: int | None = None
    for row in rows:
        if hidden_below is not None and row.depth > hidden_below:
            continue
        hidden_below = None
        is_open = row.objective and (row.depth == 0 or row.objective.id in query.expand)
        if row.objective and row.has_children and (not is_open or row.objective.id in query.collapse):
            hidden_below = row.depth
            row = replace(row, collapsed=True)  # noqa: PLW2901  # the same row, as it is shown
        shown.append(row)
    return shown
