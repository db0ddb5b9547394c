"""`/people`."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import IF_MATCH, Blueprint, Page, etag_of, expected_rev
from services.goals.api.answers import PersonPageSchema, PersonSchema
from services.goals.api.caller import ETAG, OPTIONAL_KEY, cursor_of, once_of, viewer_of, window_of
from services.goals.api.questions import NewPersonSchema, PeopleQuery, PersonChangesSchema
from services.goals.api.represent import person_json
from services.goals.domain.errors import Unknown
from services.goals.usecases.change_person import change_person as change
from services.goals.usecases.invite_again import invite_again
from services.goals.usecases.invite_person import InvitePerson
from services.goals.usecases.invite_person import invite_person as invite
from services.goals.usecases.ports import Ports


def people_blueprint(ports: Ports) -> Blueprint:
    """The people of the organisation."""
    blueprint = Blueprint("people", __name__, url_prefix="/api/v1/people", description="People")

    @blueprint.get("")
    @blueprint.arguments(PeopleQuery, location="query")
    @blueprint.response(200, PersonPageSchema)
    def list_people(query: dict[str, Any]) -> Any:
        """People by name."""
        viewer = viewer_of(ports)
        ids = frozenset(query["ids"]) if "ids" in query else None
        window = window_of(query, str, str)
        found = ports.people.page(viewer.organisation_id, query.get("q"), query.get("state"), window, ids=ids)
        return Page([person_json(item) for item in found.items], cursor_of(found))

    @blueprint.post("")
    @blueprint.request_header(OPTIONAL_KEY)
    @blueprint.arguments(NewPersonSchema)
    @blueprint.response(201, PersonSchema, headers=ETAG)
    def invite_person(body: dict[str, Any]) -> Any:
        """Invite somebody; the link goes to their address."""
        viewer = viewer_of(ports)
        person = invite(InvitePerson(**body, once=once_of(viewer)), viewer, ports)
        return person_json(person), 201, {"ETag": etag_of(person.rev)}

    @blueprint.get("/<person_id>")
    @blueprint.response(200, PersonSchema, headers=ETAG)
    def read_person(person_id: str) -> Any:
        """One person."""
        person = ports.people.get(viewer_of(ports).organisation_id, person_id)
        if person is None:
            raise Unknown("person")
        return person_json(person), 200, {"ETag": etag_of(person.rev)}

    @blueprint.patch("/<person_id>")
    @blueprint.request_header(IF_MATCH)
    @blueprint.arguments(PersonChangesSchema)
    @blueprint.response(200, PersonSchema, headers=ETAG)
    def change_person(changes: dict[str, Any], person_id: str) -> Any:
        """Change a person: oneself, or as an admin anybody."""
        person = change(person_id, changes, expected_rev(), viewer_of(ports), ports)
        return person_json(person), 200, {"ETag": etag_of(person.rev)}

    @blueprint.post("/<person_id>/invitation")
    @blueprint.response(200, PersonSchema)
    @blueprint.alt_response(409, schema=None, description="They accepted already, or are disabled")
    def invite_person_again(person_id: str) -> Any:
        """Send another invitation to somebody who has not accepted one."""
        return person_json(invite_again(person_id, viewer_of(ports), ports))

    return blueprint
