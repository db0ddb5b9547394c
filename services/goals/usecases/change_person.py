"""People change what is theirs; admins also addresses, roles and access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.permissions import Action, Relation
from services.goals.domain.errors import LastAdmin, Unknown, invalid
from services.goals.domain.organisation import STEPPING_DOWN_LASTS, SteppingDown
from services.goals.domain.person import DISABLED, INVITED, Person
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import person_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports, Taken

_FOR_ADMINS = frozenset({"email", "role", "state"})


def change_person(
    person_id: str, changes: Mapping[str, Any], rev: int | None, viewer: Viewer, ports: Ports
) -> Person:
    """The person has these values. Fields: name, time_zone, locale; for admins email, role, state.

    ``state`` active gives a disabled person access again; one who never accepted is invited again.

    Raises:
        Unknown: there is no such person.
        NotAllowed: it is somebody else, or the field is the admins'.
        Stale: they changed since ``rev``.
        InvalidFields: the address is taken.
        LastAdmin: nobody could govern the organisation any more.
    """

    def attempt() -> Person:
        person = ports.people.get(viewer.organisation_id, person_id)
        if person is None:
            raise Unknown("person")
        relation = Relation(own=person.id == viewer.person_id)
        require(viewer, Action.PERSON_CHANGE, relation)
        if any(changes[name] != getattr(person, name) for name in _FOR_ADMINS & set(changes)):
            require(viewer, Action.PERSON_CHANGE_ROLE, relation)
        person.require_rev(rev)
        changed = _with_access(replace(person, **changes, updated_at=ports.now()), person)
        if person.governs and not changed.governs:
            _step_down(person, ports)
        try:
            return ports.people.save(changed, [person_changed(changed)])
        except Taken as taken:
            raise invalid("email", "Somebody in your organisation has this address already.") from taken

    return contest(attempt)


def _step_down(person: Person, ports: Ports) -> None:
    """The organisation can spare this admin, and says so before their own document does.

    Two admins who demote each other in the same instant both see the other one still in office. So each must
    first write the organisation, which only one of them can: the other reads it again and finds nobody left.

    Raises:
        LastAdmin: nobody else governs, or whoever does is stepping down too.
        LostRace: somebody wrote the organisation meanwhile.
    """
    organisation = ports.organisations.get(person.organisation_id, person.organisation_id)
    if organisation is None:
        raise Unknown("organisation")
    now = ports.now()
    leaving = organisation.others_stepping_down(person.id, now)
    if not ports.people.other_admins(
        person.organisation_id, {person.id, *(one.person_id for one in leaving)}
    ):
        raise LastAdmin
    leaves = SteppingDown(person_id=person.id, until=now + STEPPING_DOWN_LASTS)
    ports.organisations.save(replace(organisation, stepping_down=(*leaving, leaves)), edited=False)


def _with_access(changed: Person, before: Person) -> Person:
    """Whoever never accepted an invitation cannot be made active by hand: they have no password.

    Where they wait for one, a corrected address gets an invitation of its own; the first one counts no more.
    """
    if before.state == INVITED and changed.state not in (INVITED, DISABLED):
        raise invalid("state", "This person becomes active by accepting the invitation.")
    if changed.state == INVITED and changed.address_key != before.address_key:
        return replace(changed, invitation=before.invitation + 1)
    return changed
