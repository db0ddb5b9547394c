"""A key result made a second ago may not be known here yet: its owner is asked, once, and the copy kept."""

from __future__ import annotations

from services.checkins.domain.errors import Unknown
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.authorise import sees
from services.checkins.usecases.ports import Learnt, Ports, Surroundings

_ANY_EVENT_IS_NEWER = 0


def find_situation(key_result_id: str, viewer: Viewer, ports: Ports) -> Situation:
    """The key result's situation, as this viewer may see it.

    Raises:
        Unknown: it does not exist, or not for them.
        Unreachable: it is not known here, and the service that would know does not answer.
    """
    situation = ports.situations.get(viewer.organisation_id, key_result_id)
    if situation is None:
        told = ports.goals.surroundings(key_result_id, viewer)
        if told is not None:
            _keep(told, ports)
            situation = ports.situations.get(viewer.organisation_id, key_result_id)
    if situation is None or situation.key_result.state == "deleted" or not sees(viewer, situation):
        raise Unknown("key result")
    return situation


def _keep(told: Surroundings, ports: Ports) -> None:
    """The copies are kept with the lowest number, so that whatever is announced replaces them."""
    ports.copies.cycles([Learnt(told.cycle, _ANY_EVENT_IS_NEWER)])
    if told.team is not None:
        ports.copies.teams([Learnt(told.team, _ANY_EVENT_IS_NEWER)])
    ports.copies.key_results([Learnt(told.key_result, _ANY_EVENT_IS_NEWER)])
