"""An admin invites somebody."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.permissions import Action
from services.goals.domain.errors import Unknown, invalid
from services.goals.domain.person import Person
from services.goals.domain.viewer import Viewer
from services.goals.usecases.add_once import add_once
from services.goals.usecases.announce import person_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.ports import NO_KEY, Once, Ports, Taken


@dataclass(frozen=True, kw_only=True)
class InvitePerson:
    """Whom to invite; time zone and locale default to the organisation's."""

    name: str
    email: str
    role: str = "member"
    time_zone: str | None = None
    locale: str | None = None
    once: Once = NO_KEY


def invite_person(command: InvitePerson, viewer: Viewer, ports: Ports) -> Person:
    """The person exists as invited; the gateway hears of it and sends the link.

    Raises:
        NotAllowed: they are no admin.
        InvalidFields: somebody has this address already.
    """
    require(viewer, Action.PERSON_INVITE)
    organisation = ports.organisations.get(viewer.organisation_id, viewer.organisation_id)
    if organisation is None:
        raise Unknown("organisation")
    now = ports.now()
    person = Person(
        id=ports.new_id(),
        organisation_id=viewer.organisation_id,
        created_at=now,
        updated_at=now,
        name=command.name,
        email=command.email,
        role=command.role,
        time_zone=command.time_zone or organisation.time_zone,
        locale=command.locale or organisation.locale,
        invitation=1,
        invited_by=viewer.person_id,
        made_by=command.once.made_by,
        made_of=command.once.made_of,
    )
    try:
        return add_once(ports.people, person, [person_changed(person)], viewer)
    except Taken as taken:
        raise invalid("email", "Somebody in your organisation has this address already.") from taken
