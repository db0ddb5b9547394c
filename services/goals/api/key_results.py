"""`/key-results`."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import IF_MATCH, Blueprint, Page, etag_of, expected_rev
from services.goals.api.answers import KeyResultDetailSchema, KeyResultPageSchema, KeyResultSchema
from services.goals.api.caller import ETAG, cursor_of, viewer_of, window_of
from services.goals.api.questions import KeyResultChangesSchema, KeyResultsQuery
from services.goals.api.represent import key_result_json, key_result_view_json
from services.goals.usecases.change_key_result import change_key_result as change
from services.goals.usecases.delete_key_result import delete_key_result as delete
from services.goals.usecases.list_goals import list_key_results as list_by
from services.goals.usecases.ports import KeyResultFilter, Ports
from services.goals.usecases.read_day import read_day
from services.goals.usecases.read_key_result import read_key_result as read
from services.goals.usecases.references import cycle_of


def key_results_blueprint(ports: Ports) -> Blueprint:
    """The key results of the organisation."""
    blueprint = Blueprint(
        "key_results", __name__, url_prefix="/api/v1/key-results", description="Key results"
    )

    @blueprint.get("")
    @blueprint.arguments(KeyResultsQuery, location="query")
    @blueprint.response(200, KeyResultPageSchema)
    def list_key_results(query: dict[str, Any]) -> Any:
        """Key results that the caller may see, the oldest first."""
        viewer = viewer_of(ports)
        wanted = KeyResultFilter(
            cycle_id=query.get("cycle_id"),
            owner_id=query.get("owner_id"),
            team_id=query.get("team_id"),
            objective_id=query.get("objective_id"),
            statuses=frozenset(query["status"]) if "status" in query else None,
            ids=frozenset(query["ids"]) if "ids" in query else None,
            text=query.get("q"),
        )
        found, cycles = list_by(wanted, window_of(query, str), viewer, ports)
        on = read_day(ports, viewer.organisation_id)
        return Page(
            [key_result_json(item, cycles[item.cycle_id], on) for item in found.items], cursor_of(found)
        )

    @blueprint.get("/<key_result_id>")
    @blueprint.response(200, KeyResultDetailSchema, headers=ETAG)
    def read_key_result(key_result_id: str) -> Any:
        """One key result with the way to it and what the caller may do."""
        view = read(key_result_id, viewer_of(ports), ports)
        return key_result_view_json(view), 200, {"ETag": etag_of(view.key_result.rev)}

    @blueprint.patch("/<key_result_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.arguments(KeyResultChangesSchema)
    @blueprint.response(200, KeyResultSchema, headers=ETAG)
    @blueprint.alt_response(409, schema=None, description="The cycle is closed")
    def change_key_result(changes: dict[str, Any], key_result_id: str) -> Any:
        """Change how it is measured, delegate it, or abandon it."""
        viewer = viewer_of(ports)
        item = change(key_result_id, changes, expected_rev(), viewer, ports)
        cycle = cycle_of(ports, viewer.organisation_id, item.cycle_id)
        on = read_day(ports, viewer.organisation_id)
        return key_result_json(item, cycle, on), 200, {"ETag": etag_of(item.rev)}

    @blueprint.delete("/<key_result_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.response(204)
    @blueprint.alt_response(409, schema=None, description="The cycle is closed, or objectives hang on it")
    def delete_key_result(key_result_id: str) -> None:
        """Remove a key result on which nothing hangs."""
        delete(key_result_id, expected_rev(), viewer_of(ports), ports)

    return blueprint
