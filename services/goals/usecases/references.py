"""Ids in a request must name things of the same organisation; the refusal names the field."""

from __future__ import annotations

from collections.abc import Collection

from services.goals.domain.cycle import Cycle
from services.goals.domain.errors import Unknown, invalid
from services.goals.domain.person import DISABLED, Person
from services.goals.domain.team import Team
from services.goals.usecases.ports import Ports


def require_person(ports: Ports, organisation_id: str, person_id: str, field: str) -> Person:
    """The person, who can be given work.

    Raises:
        InvalidFields: there is no such person, or their account is disabled.
    """
    person = ports.people.get(organisation_id, person_id)
    if person is None:
        raise invalid(field, "This person is no longer here. Choose somebody else.")
    if person.state == DISABLED:
        raise invalid(field, "This person's account is disabled. Choose somebody else.")
    return person


def require_people(ports: Ports, organisation_id: str, person_ids: Collection[str], field: str) -> None:
    """Nothing happens when all of them exist.

    Raises:
        InvalidFields: one does not.
    """
    known = ports.people.many(organisation_id, person_ids)
    if set(person_ids) - set(known):
        raise invalid(
            field, "No such person." if len(person_ids) == 1 else "One of these people does not exist."
        )


def require_team(ports: Ports, organisation_id: str, team_id: str, field: str = "team_id") -> Team:
    """The team.

    Raises:
        InvalidFields: there is no such team.
    """
    team = ports.teams.get(organisation_id, team_id)
    if team is None:
        raise invalid(field, "This team is no longer here. Choose another one.")
    return team


def require_cycle(ports: Ports, organisation_id: str, cycle_id: str) -> Cycle:
    """The cycle.

    Raises:
        InvalidFields: there is no such cycle.
    """
    cycle = ports.cycles.get(organisation_id, cycle_id)
    if cycle is None:
        raise invalid("cycle_id", "This cycle is no longer here. Choose another one.")
    return cycle


def cycle_of(ports: Ports, organisation_id: str, cycle_id: str) -> Cycle:
    """The cycle of a stored thing.

    Raises:
        Unknown: it is gone.
    """
    cycle = ports.cycles.get(organisation_id, cycle_id)
    if cycle is None:
        raise Unknown("cycle")
    return cycle
