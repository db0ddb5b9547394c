"""`/teams`."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import IF_MATCH, Blueprint, Page, PageQuery, etag_of, expected_rev
from services.goals.api.answers import TeamPageSchema, TeamSchema
from services.goals.api.caller import ETAG, OPTIONAL_KEY, cursor_of, once_of, viewer_of, window_of
from services.goals.api.questions import NewTeamSchema, TeamChangesSchema
from services.goals.api.represent import team_json
from services.goals.domain.errors import Unknown
from services.goals.domain.team import Rhythm
from services.goals.usecases.change_team import change_team as change
from services.goals.usecases.create_team import CreateTeam
from services.goals.usecases.create_team import create_team as create
from services.goals.usecases.delete_team import delete_team as delete
from services.goals.usecases.ports import Ports


def teams_blueprint(ports: Ports) -> Blueprint:
    """The teams of the organisation."""
    blueprint = Blueprint("teams", __name__, url_prefix="/api/v1/teams", description="Teams")

    @blueprint.get("")
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, TeamPageSchema)
    def list_teams(query: dict[str, Any]) -> Any:
        """Teams by name."""
        found = ports.teams.page(viewer_of(ports).organisation_id, window_of(query, str, str))
        return Page([team_json(item) for item in found.items], cursor_of(found))

    @blueprint.post("")
    @blueprint.request_header(OPTIONAL_KEY)
    @blueprint.arguments(NewTeamSchema)
    @blueprint.response(201, TeamSchema, headers=ETAG)
    def create_team(body: dict[str, Any]) -> Any:
        """Make a team."""
        viewer = viewer_of(ports)
        team = create(CreateTeam(**_typed(body), once=once_of(viewer)), viewer, ports)
        return team_json(team), 201, {"ETag": etag_of(team.rev)}

    @blueprint.get("/<team_id>")
    @blueprint.response(200, TeamSchema, headers=ETAG)
    def read_team(team_id: str) -> Any:
        """One team."""
        team = ports.teams.get(viewer_of(ports).organisation_id, team_id)
        if team is None:
            raise Unknown("team")
        return team_json(team), 200, {"ETag": etag_of(team.rev)}

    @blueprint.patch("/<team_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.arguments(TeamChangesSchema)
    @blueprint.response(200, TeamSchema, headers=ETAG)
    def change_team(changes: dict[str, Any], team_id: str) -> Any:
        """Change a team, its members or its rhythm."""
        team = change(team_id, _typed(changes), expected_rev(), viewer_of(ports), ports)
        return team_json(team), 200, {"ETag": etag_of(team.rev)}

    @blueprint.delete("/<team_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.response(204)
    @blueprint.alt_response(409, schema=None, description="Sub-teams or objectives belong to it")
    def delete_team(team_id: str) -> None:
        """Remove a team to which nothing belongs any more."""
        delete(team_id, expected_rev(), viewer_of(ports), ports)

    return blueprint


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    typed = dict(body)
    if "rhythm" in typed:
        typed["rhythm"] = Rhythm(**typed["rhythm"])
    if "member_ids" in typed:
        typed["member_ids"] = tuple(typed["member_ids"])
    return typed
