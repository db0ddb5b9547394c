"""The first invitation got lost or ran out: another one is asked for."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.permissions import Action
from services.goals.domain.errors import Refused, Unknown
from services.goals.domain.person import INVITED, Person
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import person_changed
from services.goals.usecases.authorise import require
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports


def invite_again(person_id: str, viewer: Viewer, ports: Ports) -> Person:
    """The count of invitations has risen, which the gateway answers with a new link.

    Raises:
        Unknown: there is no such person.
        NotAllowed: they are no admin.
        Refused: the person has accepted already, or is disabled.
    """

    def attempt() -> Person:
        person = ports.people.get(viewer.organisation_id, person_id)
        if person is None:
            raise Unknown("person")
        require(viewer, Action.PERSON_INVITE)
        if person.state != INVITED:
            raise Refused("This person is no longer waiting for an invitation.")
        again = replace(
            person, invitation=person.invitation + 1, invited_by=viewer.person_id, updated_at=ports.now()
        )
        return ports.people.save(again, [person_changed(again)])

    return contest(attempt)
