"""Many key results are judged, each by itself: one that cannot be judged holds up no neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from libs.chassis import telemetry
from services.checkins.domain.series import State
from services.checkins.domain.situation import Situation
from services.checkins.usecases.find_owing import find_owing, people_of
from services.checkins.usecases.judge_anew import judge_anew
from services.checkins.usecases.ports import Ports, Settlement

TRY_AGAIN = timedelta(minutes=5)
"""How long a key result that could not be judged is left aside."""

_log = telemetry.logger("judging")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One judgement to make: of which series, whether it may alarm, and whose request asks for it.

    ``told`` is the fingerprint of the standing that a check-in's own event has told; ``actor_id`` is who made
    this judgement necessary, null where time did.
    """

    situation: Situation
    state: State
    quiet: bool = False
    told: str | None = None
    actor_id: str | None = None
    correlation_id: str | None = None


def judge_each(
    wanted: Sequence[Wanted], now: datetime, ports: Ports
) -> tuple[list[Settlement], list[Situation]]:
    """What these standings become, and those that could not be judged; the log says why of each."""
    people = people_of([one.situation for one in wanted], ports)
    settlements: list[Settlement] = []
    aside: list[Situation] = []
    for one in wanted:
        situation = one.situation
        try:
            owing = find_owing(situation, one.state, people, now)
            judged = judge_anew(
                situation,
                one.state,
                now,
                owing,
                quiet=one.quiet,
                told=one.told,
                actor_id=one.actor_id,
            )
        except Exception:  # noqa: BLE001  # whatever is wrong with one definition, the others are judged
            _log.exception("standing.not_judged", key_result=situation.key_result.id)
            aside.append(situation)
        else:
            settlements.append(replace(judged, correlation_id=one.correlation_id))
    return settlements, aside
