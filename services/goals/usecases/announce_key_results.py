"""Key results repeat facts of their objective; when those change, they are announced anew."""

from __future__ import annotations

from services.goals.usecases.announce_beneath import announce_beneath
from services.goals.usecases.ports import LostRace, Ports


def announce_key_results(ports: Ports, limit: int = 50) -> int:
    """Let the key results of some changed objectives say what their objective says.

    Return how many objectives were served.
    """
    owing = ports.objectives.announce_due(limit)
    for objective in owing:
        try:
            announce_beneath(objective, ports)
        except LostRace:
            continue
    return len(owing)
