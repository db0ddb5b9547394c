"""What a check-in owes to its key result's standing is paid, for many key results at once.

Three things may happen between the read and the write, and each is harmless: another worker settles the same
(the loser's compare-and-set fails, and it finds the debt paid next time); a newer check-in arrives (it
carries its own debt); the definition changes (the same failure, and the judgement is made again with the new
one).

A key result that cannot be judged keeps its debt, and is tried again later.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from libs.chassis.failpoints import failpoint
from services.checkins.usecases.judge_each import TRY_AGAIN, Wanted, judge_each
from services.checkins.usecases.ports import Debt, Ports

AT_ONCE: Final = 500


def settle_standings(ports: Ports, limit: int = AT_ONCE) -> int:
    """Some due standings say what their series say; how many check-ins owe nothing any more is returned."""
    now = ports.now()
    debts = ports.check_ins.unsettled(now, limit)
    if not debts:
        return 0
    owed = _newest(debts)
    situations = ports.situations.many(owed.keys())
    unpaid = [
        Wanted(
            situation=situation,
            state=debt.state,
            quiet=not debt.alarms,
            told=debt.told,
            actor_id=debt.author_id,
            correlation_id=debt.correlation_id,
        )
        for key_result_id, situation in situations.items()
        if situation.state.seq < (debt := owed[key_result_id]).state.seq
    ]
    paid = situations.keys() - {one.situation.key_result.id for one in unpaid}
    settlements, aside = judge_each(unpaid, now, ports)
    failpoint("settler.after_compute")
    paid |= ports.situations.settle(settlements)
    failpoint("settler.after_set")
    settled = _of(debts, paid)
    ports.check_ins.settled(settled)
    ports.check_ins.set_aside(_of(debts, {situation.key_result.id for situation in aside}), now + TRY_AGAIN)
    return len(settled)


def _of(debts: Collection[Debt], key_result_ids: Collection[str]) -> list[str]:
    return [debt.check_in_id for debt in debts if debt.key_result_id in key_result_ids]


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
