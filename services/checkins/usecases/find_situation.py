"""Find what a request is about. Where the copy is missing or outdated its owner is asked."""

from __future__ import annotations

from services.checkins.domain.errors import Unknown
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.ask_owner import ask_owner
from services.checkins.usecases.authorise import sees
from services.checkins.usecases.ports import Ports


def find_situation(key_result_id: str, viewer: Viewer, ports: Ports) -> Situation:
    """The key result's situation, as this viewer may see it.

    Raises:
        Unknown: it does not exist, or not for them.
        Unreachable: it is not known here or outdated, and the service that would know does not answer.
    """
    situation = ports.situations.get(viewer.organisation_id, key_result_id)
    if situation is None:
        told = ports.goals.surroundings(key_result_id, viewer)
        if told is not None:
            ports.copies.keep(told)
            situation = ports.situations.get(viewer.organisation_id, key_result_id)
    if situation is not None:
        situation = ask_owner(situation, viewer, ports)
    if situation is None or situation.key_result.state == "deleted" or not sees(viewer, situation):
        raise Unknown("key result")
    return situation
