"""Where a key result stands at this moment, and why: for its page, before anything is settled elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from services.checkins.domain.judging import stand
from services.checkins.domain.series import EMPTY
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.authorise import may_check_in
from services.checkins.usecases.find_owing import Owing, find_owing, people_of
from services.checkins.usecases.find_situation import find_situation
from services.checkins.usecases.ports import Ports


@dataclass(frozen=True)
class Told:
    """A standing as of now, with its key result and its next check-in.

    ``may_check_in`` is about the viewer.
    """

    situation: Situation
    standing: Standing
    owing: Owing
    may_check_in: bool


def tell_standing(key_result_id: str, viewer: Viewer, ports: Ports) -> Told:
    """The judgement of the whole series at this moment: who checked in a moment ago sees it.

    Raises:
        Unknown: there is no such key result for the viewer.
        Unreachable: nobody who knows can be asked.
    """
    situation = find_situation(key_result_id, viewer, ports)
    last = ports.check_ins.last(viewer.organisation_id, key_result_id)
    state, now = last.state if last else EMPTY, ports.now()
    owing = find_owing(situation, state, people_of([situation], ports), now)
    return Told(situation, stand(situation, state, now), owing, may_check_in(viewer, situation))
