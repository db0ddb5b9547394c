"""What a check-in owes to its key result's standing is paid, for many key results at once.

Three things may happen between the read and the write, and each is harmless: another worker settles the same
(the loser's compare-and-set fails, and it finds the debt paid next time); a newer check-in arrives (it
carries its own debt); the definition changes (the same failure, and the judgement is made again with the new
one).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from services.checkins.domain.copies import zone_of
from services.checkins.domain.situation import Situation
from services.checkins.usecases.judge_anew import judge_anew
from services.checkins.usecases.ports import Debt, Ports, Settlement


def settle_standings(ports: Ports, limit: int = 200) -> int:
    """Some due standings say what their series say; how many check-ins owe nothing any more is returned."""
    debts = ports.check_ins.unsettled(limit)
    if not debts:
        return 0
    owed = _newest(debts)
    situations = ports.situations.many(owed.keys())
    unpaid = [
        situation
        for key_result_id, situation in situations.items()
        if situation.state.seq < owed[key_result_id].state.seq
    ]
    paid = situations.keys() - {situation.key_result.id for situation in unpaid}
    paid |= ports.situations.settle(_judged(unpaid, owed, ports))
    settled = [debt.check_in_id for debt in debts if debt.key_result_id in paid]
    ports.check_ins.settled(settled)
    return len(settled)


def _newest(debts: Collection[Debt]) -> dict[str, Debt]:
    """Of each key result the newest state; it may alarm if any of its debts may."""
    newest: dict[str, Debt] = {}
    for debt in debts:
        known = newest.get(debt.key_result_id)
        if known is None:
            newest[debt.key_result_id] = debt
        else:
            newer = max(known, debt, key=lambda candidate: candidate.state.seq)
            newest[debt.key_result_id] = replace(newer, alarms=known.alarms or debt.alarms)
    return newest


def _judged(situations: Collection[Situation], owed: dict[str, Debt], ports: Ports) -> list[Settlement]:
    people = ports.copies.person_of({situation.responsible_id for situation in situations})
    now = ports.now()
    settlements = []
    for situation in situations:
        debt = owed[situation.key_result.id]
        person = people.get(situation.responsible_id)
        zone = zone_of(person.time_zone) if person else situation.zone
        judged = judge_anew(situation, debt.state, now, zone, quiet=not debt.alarms)
        settlements.append(replace(judged, correlation_id=debt.correlation_id))
    return settlements
