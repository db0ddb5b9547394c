"""The first set-up: an organisation and its first admin."""

from __future__ import annotations

from dataclasses import dataclass

from services.goals.domain.errors import NotAllowed, invalid
from services.goals.domain.organisation import Organisation, slug_of
from services.goals.domain.person import ACTIVE, Person
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import organisation_changed, person_changed
from services.goals.usecases.ports import Ports, Taken


@dataclass(frozen=True, kw_only=True)
class CreateOrganisation:
    """Both ids are chosen by the caller, so that repeating makes nothing twice."""

    organisation_id: str
    name: str
    slug: str | None
    time_zone: str
    locale: str
    admin_id: str
    admin_name: str
    admin_email: str


def create_organisation(
    command: CreateOrganisation, viewer: Viewer, ports: Ports
) -> tuple[Organisation, Person]:
    """Both exist and are announced. Two documents: a caller that dies between them repeats.

    Raises:
        NotAllowed: not the platform itself asks.
        InvalidFields: the slug is taken, or one of the ids belongs to something else.
    """
    if not viewer.system:
        raise NotAllowed("create organisations")
    organisation = _organisation(command, ports)
    return organisation, _admin(command, ports)


def _organisation(command: CreateOrganisation, ports: Ports) -> Organisation:
    known = ports.organisations.get(command.organisation_id, command.organisation_id)
    if known is not None:
        return known
    now = ports.now()
    organisation = Organisation(
        id=command.organisation_id,
        organisation_id=command.organisation_id,
        created_at=now,
        updated_at=now,
        name=command.name,
        slug=command.slug or slug_of(command.name),
        time_zone=command.time_zone,
        locale=command.locale,
    )
    try:
        ports.organisations.add(organisation, [organisation_changed(organisation)])
    except Taken as taken:
        raced = ports.organisations.get(command.organisation_id, command.organisation_id)
        if raced is None:
            raise invalid("slug", "Another organisation has this short name. Choose another.") from taken
        return raced
    return organisation


def _admin(command: CreateOrganisation, ports: Ports) -> Person:
    known = ports.people.get(command.organisation_id, command.admin_id)
    if known is not None:
        return known
    now = ports.now()
    admin = Person(
        id=command.admin_id,
        organisation_id=command.organisation_id,
        created_at=now,
        updated_at=now,
        name=command.admin_name,
        email=command.admin_email,
        time_zone=command.time_zone,
        locale=command.locale,
        role="admin",
        state=ACTIVE,
    )
    try:
        ports.people.add(admin, [person_changed(admin)])
    except Taken as taken:
        raced = ports.people.get(command.organisation_id, command.admin_id)
        if raced is None:
            raise invalid("admin", "This admin's id or address belongs to somebody else.") from taken
        return raced
    return admin
