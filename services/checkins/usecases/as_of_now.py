"""Several situations with what their series say at this moment, also where nothing is settled yet.

Who has just checked in must not read that they still owe it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.checkins.domain.series import EMPTY
from services.checkins.domain.situation import Situation
from services.checkins.usecases.ports import Ports


def as_of_now(situations: Sequence[Situation], organisation_id: str, ports: Ports) -> list[Situation]:
    """The same situations, each with the state that its series leaves."""
    states = ports.check_ins.states(organisation_id, [found.key_result.id for found in situations])
    return [replace(found, state=states.get(found.key_result.id, EMPTY)) for found in situations]
