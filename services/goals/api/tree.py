"""`/tree`: the rows of the OKRs table."""

from __future__ import annotations

from typing import Any

import flask

from libs.chassis.web import Blueprint, encode_cursor
from services.goals.api.answers import TreeSchema
from services.goals.api.caller import reader_of, window_of
from services.goals.api.questions import TreeQuery
from services.goals.api.represent import cycle_json, people_json, teams_json
from services.goals.api.rows import json_text, rows_text
from services.goals.domain.folding import Folding
from services.goals.usecases.ports import Ports
from services.goals.usecases.read_tree import ReadTree
from services.goals.usecases.read_tree import read_tree as read


def tree_blueprint(ports: Ports) -> Blueprint:
    """The trees of a cycle."""
    blueprint = Blueprint(
        "tree", __name__, url_prefix="/api/v1/tree", description="The OKRs of a cycle as trees"
    )

    @blueprint.get("")
    @blueprint.arguments(TreeQuery, location="query")
    @blueprint.response(200, TreeSchema)
    def read_tree(query: dict[str, Any]) -> Any:
        """A page of top objectives with everything beneath, as rows in display order."""
        viewer = reader_of(ports)
        page = read(
            ReadTree(
                cycle_id=query["cycle_id"],
                root_id=query.get("root"),
                owner_id=query.get("owner_id"),
                team_id=query.get("team_id"),
                statuses=frozenset(query["status"]) if "status" in query else None,
                window=window_of(query, int, str),
                named=query["names"],
                folding=_folding(query),
            ),
            viewer,
            ports,
        )
        cycle = cycle_json(page.cycle)
        days = {name: cycle[name].isoformat() for name in ("starts_on", "ends_on")}
        rest = {
            "next": None if page.after is None else encode_cursor(*page.after),
            "cycle": cycle | days,
            "people": people_json(page.people),
            "teams": teams_json(page.teams),
            "counts": dict(page.counts),
        }
        # A page may hold thousands of rows, which are JSON already: no schema walks them once more.
        text = f'{{"items":{rows_text(page)},{json_text(rest)[1:]}'
        return flask.Response(text, mimetype="application/json")

    return blueprint


def _folding(query: dict[str, Any]) -> Folding | None:
    if "rows" not in query:
        return None
    expand, collapse = (frozenset(query.get(name, ())) for name in ("expand", "collapse"))
    return Folding(rows=query["rows"], expand=expand, collapse=collapse)
