"""An invitation was accepted."""

from __future__ import annotations

from dataclasses import replace

from services.goals.domain.person import ACTIVE, INVITED
from services.goals.usecases.announce import person_changed
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports


def activate_person(organisation_id: str, person_id: str, ports: Ports) -> bool:
    """The person is active; False when there was nothing to do, as when the event came twice."""

    def attempt() -> bool:
        person = ports.people.get(organisation_id, person_id)
        if person is None or person.state != INVITED:
            return False
        active = replace(person, state=ACTIVE, updated_at=ports.now())
        ports.people.save(active, [person_changed(active)])
        return True

    return contest(attempt)
