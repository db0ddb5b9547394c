"""Key results repeat facts of their objective; when those change, they are announced anew."""

from __future__ import annotations

from dataclasses import replace

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.usecases.announce import key_result_changed
from services.goals.usecases.ports import LostRace, Ports


def announce_key_results(ports: Ports, limit: int = 50) -> int:
    """The key results of some changed objectives say what their objective says.

    How many objectives were served.

    What is owed stands in the objective until all of them do: dying half-way or losing a race repeats it.
    """
    owing = ports.objectives.announce_due(limit)
    for objective in owing:
        try:
            for key_result in ports.key_results.of_objectives(objective.organisation_id, [objective.id]):
                _tell(key_result, objective, ports)
        except LostRace:
            continue
        ports.objectives.announced(objective)
    return len(owing)


def _tell(key_result: KeyResult, objective: Objective, ports: Ports) -> None:
    told = key_result.repeating(objective)
    if told != key_result:
        told = replace(told, updated_at=ports.now())
        ports.key_results.save(told, [key_result_changed(told)], edited=False)
