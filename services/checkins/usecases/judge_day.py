"""Time alone changes standings.

At each local midnight, and whenever a definition changed, they are judged anew.
"""

from __future__ import annotations

from services.checkins.usecases.judge_each import TRY_AGAIN, Wanted, judge_each
from services.checkins.usecases.ports import Ports


def judge_day(ports: Ports, limit: int = 200) -> int:
    """Some standings whose time has come say what is true now; how many were due is returned."""
    now = ports.now()
    situations = ports.situations.evaluation_due(now, limit)
    if not situations:
        return 0
    wanted = [
        Wanted(situation=situation, state=situation.state, actor_id=situation.defined_by)
        for situation in situations
    ]
    settlements, aside = judge_each(wanted, now, ports)
    ports.situations.settle(settlements)
    ports.situations.put_off(aside, now + TRY_AGAIN)
    return len(situations)
