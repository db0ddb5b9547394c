"""`/objectives`."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import IF_MATCH, Blueprint, Page, PageQuery, etag_of, expected_rev
from services.goals.api.answers import (
    KeyResultSchema,
    ObjectiveDetailSchema,
    ObjectivePageSchema,
    ObjectiveSchema,
)
from services.goals.api.caller import ETAG, OPTIONAL_KEY, cursor_of, once_of, viewer_of, window_of
from services.goals.api.questions import (
    NewKeyResultSchema,
    NewObjectiveSchema,
    ObjectiveChangesSchema,
    ObjectivesQuery,
)
from services.goals.api.represent import key_result_json, objective_json, objective_view_json
from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective, Parent
from services.goals.domain.viewer import Viewer
from services.goals.usecases.change_objective import change_objective as change
from services.goals.usecases.create_key_result import CreateKeyResult
from services.goals.usecases.create_key_result import create_key_result as create_beneath
from services.goals.usecases.create_objective import CreateObjective
from services.goals.usecases.create_objective import create_objective as create
from services.goals.usecases.delete_objective import delete_objective as delete
from services.goals.usecases.follow_objective import follow_objective as follow
from services.goals.usecases.hide_weakest import hide_weakest
from services.goals.usecases.list_goals import list_children as list_beneath
from services.goals.usecases.list_goals import list_objectives as list_by
from services.goals.usecases.ports import ObjectiveFilter, Ports, Slice
from services.goals.usecases.read_day import read_day
from services.goals.usecases.read_objective import read_objective as read
from services.goals.usecases.references import cycle_of


def objectives_blueprint(ports: Ports) -> Blueprint:
    """The objectives of the organisation."""
    blueprint = Blueprint("objectives", __name__, url_prefix="/api/v1/objectives", description="Objectives")
    _read(blueprint, ports)
    _write(blueprint, ports)
    _follow(blueprint, ports)
    _measure(blueprint, ports)
    return blueprint


def _read(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.get("")
    @blueprint.arguments(ObjectivesQuery, location="query")
    @blueprint.response(200, ObjectivePageSchema)
    def list_objectives(query: dict[str, Any]) -> Any:
        """Objectives that the caller may see: company, then teams, then people."""
        viewer = viewer_of(ports)
        names = ("cycle_id", "level", "team_id", "owner_id", "parent_id")
        wanted = ObjectiveFilter(**{name: query.get(name) for name in names}, text=query.get("q"))
        found, cycles = list_by(wanted, window_of(query, int, str), viewer, ports)
        return _page(found, cycles, viewer, ports)

    @blueprint.get("/<objective_id>")
    @blueprint.response(200, ObjectiveDetailSchema, headers=ETAG)
    def read_objective(objective_id: str) -> Any:
        """One objective with the way to it and what hangs beneath."""
        view = read(objective_id, viewer_of(ports), ports)
        return objective_view_json(view), 200, {"ETag": etag_of(view.objective.rev)}

    @blueprint.get("/<objective_id>/children")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, ObjectivePageSchema)
    def list_children(query: dict[str, Any], objective_id: str) -> Any:
        """The objectives directly beneath it, also those that hang on its key results."""
        viewer = viewer_of(ports)
        found, cycles = list_beneath(objective_id, window_of(query, int, str), viewer, ports)
        return _page(found, cycles, viewer, ports)


def _write(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.post("")
    @blueprint.request_header(OPTIONAL_KEY)
    @blueprint.arguments(NewObjectiveSchema)
    @blueprint.response(201, ObjectiveSchema, headers=ETAG)
    @blueprint.alt_response(409, schema=None, description="The cycle is closed")
    def create_objective(body: dict[str, Any]) -> Any:
        """Set an objective."""
        viewer = viewer_of(ports)
        objective = create(CreateObjective(**_typed(body), once=once_of(viewer)), viewer, ports)
        return _shown(objective, viewer, ports), 201, {"ETag": etag_of(objective.rev)}

    @blueprint.patch("/<objective_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.arguments(ObjectiveChangesSchema)
    @blueprint.response(200, ObjectiveSchema, headers=ETAG)
    @blueprint.alt_response(409, schema=None, description="The cycle is closed")
    def change_objective(changes: dict[str, Any], objective_id: str) -> Any:
        """Change an objective, hang it elsewhere, or abandon it."""
        viewer = viewer_of(ports)
        objective = change(objective_id, _typed(changes), expected_rev(), viewer, ports)
        return _shown(objective, viewer, ports), 200, {"ETag": etag_of(objective.rev)}

    @blueprint.delete("/<objective_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.response(204)
    @blueprint.alt_response(409, schema=None, description="The cycle is closed, or something hangs beneath")
    def delete_objective(objective_id: str) -> None:
        """Remove an objective beneath which nothing hangs."""
        delete(objective_id, expected_rev(), viewer_of(ports), ports)


def _follow(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.put("/<objective_id>/followers/me")
    @blueprint.response(204)
    def follow_objective(objective_id: str) -> None:
        """Hear of this objective."""
        follow(objective_id, viewer_of(ports), ports, following=True)

    @blueprint.delete("/<objective_id>/followers/me")
    @blueprint.response(204)
    def unfollow_objective(objective_id: str) -> None:
        """No longer hear of this objective."""
        follow(objective_id, viewer_of(ports), ports, following=False)


def _measure(blueprint: Blueprint, ports: Ports) -> None:
    @blueprint.post("/<objective_id>/key-results")
    @blueprint.request_header(OPTIONAL_KEY)
    @blueprint.arguments(NewKeyResultSchema)
    @blueprint.response(201, KeyResultSchema, headers=ETAG)
    @blueprint.alt_response(409, schema=None, description="The cycle is closed")
    def create_key_result(body: dict[str, Any], objective_id: str) -> Any:
        """Say how the objective is measured."""
        viewer = viewer_of(ports)
        command = CreateKeyResult(**body, once=once_of(viewer))
        key_result = create_beneath(objective_id, command, viewer, ports)
        return _shown_key_result(key_result, viewer, ports), 201, {"ETag": etag_of(key_result.rev)}


def _shown(item: Objective, viewer: Viewer, ports: Ports) -> dict[str, Any]:
    cycle = cycle_of(ports, viewer.organisation_id, item.cycle_id)
    (item,) = hide_weakest([item], viewer, ports)
    return objective_json(item, cycle, read_day(ports, viewer.organisation_id))


def _shown_key_result(item: KeyResult, viewer: Viewer, ports: Ports) -> dict[str, Any]:
    cycle = cycle_of(ports, viewer.organisation_id, item.cycle_id)
    return key_result_json(item, cycle, read_day(ports, viewer.organisation_id))


def _page(
    found: Slice[Objective], cycles: dict[str, Cycle], viewer: Viewer, ports: Ports
) -> Page[dict[str, Any]]:
    on = read_day(ports, viewer.organisation_id)
    return Page([objective_json(item, cycles[item.cycle_id], on) for item in found.items], cursor_of(found))


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    typed = dict(body)
    if typed.get("parent") is not None:
        typed["parent"] = Parent(**typed["parent"])
    return typed
