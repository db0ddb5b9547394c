"""`/cycles`."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import IF_MATCH, Blueprint, Page, etag_of, expected_rev
from services.goals.api.answers import CyclePageSchema, CycleSchema
from services.goals.api.caller import ETAG, OPTIONAL_KEY, cursor_of, once_of, viewer_of, window_of
from services.goals.api.questions import CycleChangesSchema, CyclesQuery, NewCycleSchema
from services.goals.api.represent import cycle_json
from services.goals.domain.errors import Unknown
from services.goals.usecases.change_cycle import change_cycle as change
from services.goals.usecases.create_cycle import CreateCycle
from services.goals.usecases.create_cycle import create_cycle as create
from services.goals.usecases.ports import Ports


def cycles_blueprint(ports: Ports) -> Blueprint:
    """The cycles of the organisation."""
    blueprint = Blueprint("cycles", __name__, url_prefix="/api/v1/cycles", description="Cycles")

    @blueprint.get("")
    @blueprint.arguments(CyclesQuery, location="query")
    @blueprint.response(200, CyclePageSchema)
    def list_cycles(query: dict[str, Any]) -> Any:
        """Cycles, the latest first."""
        window = window_of(query, str, str)
        found = ports.cycles.page(viewer_of(ports).organisation_id, query.get("state"), window)
        return Page([cycle_json(item) for item in found.items], cursor_of(found))

    @blueprint.post("")
    @blueprint.request_header(OPTIONAL_KEY)
    @blueprint.arguments(NewCycleSchema)
    @blueprint.response(201, CycleSchema, headers=ETAG)
    def create_cycle(body: dict[str, Any]) -> Any:
        """Open a cycle."""
        viewer = viewer_of(ports)
        cycle = create(CreateCycle(**body, once=once_of(viewer)), viewer, ports)
        return cycle_json(cycle), 201, {"ETag": etag_of(cycle.rev)}

    @blueprint.get("/<cycle_id>")
    @blueprint.response(200, CycleSchema, headers=ETAG)
    def read_cycle(cycle_id: str) -> Any:
        """One cycle."""
        cycle = ports.cycles.get(viewer_of(ports).organisation_id, cycle_id)
        if cycle is None:
            raise Unknown("cycle")
        return cycle_json(cycle), 200, {"ETag": etag_of(cycle.rev)}

    @blueprint.patch("/<cycle_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.arguments(CycleChangesSchema)
    @blueprint.response(200, CycleSchema, headers=ETAG)
    @blueprint.alt_response(409, schema=None, description="It is closed, and not being reopened")
    def change_cycle(changes: dict[str, Any], cycle_id: str) -> Any:
        """Change a cycle, or take it to its next state."""
        cycle = change(cycle_id, changes, expected_rev(), viewer_of(ports), ports)
        return cycle_json(cycle), 200, {"ETag": etag_of(cycle.rev)}

    return blueprint
