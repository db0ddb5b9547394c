"""Time alone changes standings.

At each local midnight, and whenever a definition changed, they are judged anew.
"""

from __future__ import annotations

from services.checkins.domain.copies import zone_of
from services.checkins.usecases.judge_anew import judge_anew
from services.checkins.usecases.ports import Ports


def judge_day(ports: Ports, limit: int = 200) -> int:
    """Some standings whose time has come say what is true now; how many were due is returned."""
    now = ports.now()
    situations = ports.situations.evaluation_due(now, limit)
    if not situations:
        return 0
    people = ports.copies.person_of({situation.responsible_id for situation in situations})
    settlements = []
    for situation in situations:
        person = people.get(situation.responsible_id)
        zone = zone_of(person.time_zone) if person else situation.zone
        settlements.append(judge_anew(situation, situation.state, now, zone, quiet=False))
    ports.situations.settle(settlements)
    return len(situations)
