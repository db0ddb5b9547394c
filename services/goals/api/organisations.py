"""The organisation, the caller, and the first set-up."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import IF_MATCH, Blueprint, etag_of, expected_rev
from services.goals.api.answers import MeSchema, OrganisationSchema
from services.goals.api.caller import ETAG, system_viewer, viewer_of
from services.goals.api.questions import NewOrganisationSchema, OrganisationChangesSchema
from services.goals.api.represent import organisation_json, person_json, team_json
from services.goals.domain.errors import Unknown
from services.goals.domain.organisation import Organisation
from services.goals.usecases.change_organisation import change_organisation
from services.goals.usecases.create_organisation import CreateOrganisation
from services.goals.usecases.create_organisation import create_organisation as make
from services.goals.usecases.ports import Ports


def organisation_blueprint(ports: Ports) -> Blueprint:
    """`/organisation` and `/me`."""
    blueprint = Blueprint("organisation", __name__, url_prefix="/api/v1", description="The organisation")

    def stored(organisation_id: str) -> Organisation:
        organisation = ports.organisations.get(organisation_id, organisation_id)
        if organisation is None:
            raise Unknown("organisation")
        return organisation

    @blueprint.get("/organisation")
    @blueprint.response(200, OrganisationSchema, headers=ETAG)
    def read_organisation() -> Any:
        """The organisation's settings."""
        organisation = stored(viewer_of(ports).organisation_id)
        return organisation_json(organisation), 200, {"ETag": etag_of(organisation.rev)}

    @blueprint.patch("/organisation")
    @blueprint.request_header(IF_MATCH)
    @blueprint.arguments(OrganisationChangesSchema)
    @blueprint.response(200, OrganisationSchema, headers=ETAG)
    def change_organisation_settings(changes: dict[str, Any]) -> Any:
        """Change the organisation's settings; thresholds not named stay."""
        viewer = viewer_of(ports)
        organisation = change_organisation(changes, expected_rev(), viewer, ports)
        return organisation_json(organisation), 200, {"ETag": etag_of(organisation.rev)}

    @blueprint.get("/me")
    @blueprint.response(200, MeSchema)
    def read_me() -> Any:
        """The caller: who they are, their organisation and their teams."""
        viewer = viewer_of(ports)
        person = ports.people.get(viewer.organisation_id, viewer.person_id)
        if person is None:
            raise Unknown("person")
        teams = ports.teams.of_person(viewer.organisation_id, viewer.person_id)
        return {
            **person_json(person),
            "organisation": organisation_json(stored(viewer.organisation_id)),
            "teams": [team_json(team) for team in teams],
        }

    return blueprint


def internal_blueprint(ports: Ports) -> Blueprint:
    """`/internal/organisations`, for the gateway's first set-up."""
    blueprint = Blueprint("internal", __name__, url_prefix="/internal", description="For the platform itself")

    @blueprint.post("/organisations")
    @blueprint.arguments(NewOrganisationSchema)
    @blueprint.response(201, MeSchema)
    def create_organisation(body: dict[str, Any]) -> Any:
        """Make an organisation and its first admin; repeating makes nothing twice."""
        command = CreateOrganisation(
            organisation_id=body["organisation_id"],
            name=body["organisation_name"],
            slug=body.get("slug"),
            time_zone=body["time_zone"],
            locale=body["locale"],
            admin_id=body["person_id"],
            admin_name=body["name"],
            admin_email=body["email"],
        )
        organisation, admin = make(command, system_viewer(), ports)
        return {**person_json(admin), "organisation": organisation_json(organisation), "teams": []}

    return blueprint
