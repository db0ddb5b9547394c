"""What an outdated copy says is not believed: the service that owns the key result is asked instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.checkins.domain.errors import Unreachable
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.ports import Ports


def ask_owner(situation: Situation, viewer: Viewer, ports: Ports) -> Situation | None:
    """Return the situation with what its owner says now; None where it does not exist for the viewer.

    Raises:
        Unreachable: its copy is outdated, and the owner does not answer.
    """
    if not situation.is_outdated:
        return situation
    told = ports.goals.surroundings(situation.key_result.id, viewer)
    if told is None:
        return None
    return replace(situation, key_result=told.key_result, cycle=told.cycle, team=told.team, is_outdated=False)


def ask_owners(situations: Iterable[Situation], viewer: Viewer, ports: Ports) -> Iterator[Situation]:
    """Yield those that exist for the viewer; what nobody can be asked about is left out."""
    for situation in situations:
        try:
            current = ask_owner(situation, viewer, ports)
        except Unreachable:
            continue
        if current is not None:
            yield current
