"""Time alone changes statuses: each organisation's objectives are judged anew after its local midnight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from libs.chassis import telemetry
from services.goals.domain.cycle import Cycle
from services.goals.domain.organisation import local_day
from services.goals.usecases.ports import LostRace, Ports

_log = telemetry.logger("judging")


@dataclass(frozen=True)
class Judged:
    """How many objectives became due, and whether more organisations wait."""

    objectives: int
    more: bool


def judge_day(ports: Ports, outage: Callable[[Exception], object], limit: int = 100) -> Judged:
    """Objectives that the passing of time, a changed cycle or changed lines may have moved are due.

    At most ``limit`` organisations at a time, so that whoever holds a lease for it can renew that in between.
    What is owed stands in the organisation (``judged_on``) and in the cycle (``judge_due``) until it is done,
    so dying in between repeats it, and a change that comes meanwhile is done again. Whatever goes wrong with
    one of them is logged and holds up no other, unless it is an ``outage``, which all would run into.
    """

    def due(judge: Callable[[], int], about: str) -> int | None:
        try:
            return judge()
        except LostRace:
            return 0  # changed meanwhile: the next round judges by the new values
        except Exception as error:
            if outage(error):
                raise
            _log.exception("day.not_judged", about=about)
            return None

    waiting = _waiting(ports, limit)
    done = [due(partial(_judge, ports, organisation_id), organisation_id) for organisation_id in waiting]
    cycles = [due(partial(_judge_cycle, ports, cycle), cycle.id) for cycle in ports.cycles.judge_due()]
    judged = [number for number in done if number is not None]
    # Where none succeeds there is no haste: they are tried again with the next round.
    more = len(waiting) == limit and bool(judged)
    return Judged(sum(judged) + sum(number for number in cycles if number is not None), more)


def _waiting(ports: Ports, limit: int) -> Sequence[str]:
    """Some organisations where a day has begun: on earth there are never more than three days at once."""
    now = ports.now()
    zones: dict[date, list[str]] = defaultdict(list)
    for zone in ports.organisations.time_zones():
        zones[local_day(zone, now)].append(zone)
    waiting: list[str] = []
    for today, there in zones.items():
        waiting += ports.organisations.unjudged(there, today, limit - len(waiting))
        if len(waiting) == limit:
            break
    return waiting


def _judge(ports: Ports, organisation_id: str) -> int:
    organisation = ports.organisations.get(organisation_id, organisation_id)
    if organisation is None:
        return 0
    today = organisation.today(ports.now())
    due = ports.objectives.owe_themselves(organisation.id, ports.cycles.open_ids(organisation.id))
    ports.organisations.save(replace(organisation, judged_on=today), edited=False)
    return due


def _judge_cycle(ports: Ports, cycle: Cycle) -> int:
    due = ports.objectives.owe_themselves(cycle.organisation_id, [cycle.id])
    ports.cycles.save(replace(cycle, judge_due=False), edited=False)
    return due
