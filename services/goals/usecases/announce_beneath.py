"""The key results of one objective repeat facts of it; say them anew where they changed."""

from __future__ import annotations

from dataclasses import replace

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.usecases.announce import key_result_changed
from services.goals.usecases.ports import Ports


def announce_beneath(objective: Objective, ports: Ports, *, all_of_them: bool = False) -> list[KeyResult]:
    """Store and announce what the key results repeat, and return those that were announced.

    ``all_of_them``: also those that say it already, so that the number of each one's announcement is known.

    What is owed stands in the objective until all of them do: dying half-way or losing a race repeats it.

    Raises:
        LostRace: somebody wrote one of them meanwhile; the objective still owes it.
    """
    told = []
    for key_result in ports.key_results.of_objectives(objective.organisation_id, [objective.id]):
        repeating = key_result.repeating(objective)
        if all_of_them or repeating != key_result:
            repeating = replace(repeating, updated_at=ports.now())
            told.append(ports.key_results.save(repeating, [key_result_changed(repeating)], edited=False))
    ports.objectives.announced(objective)
    return told
