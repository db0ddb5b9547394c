"""What this service says, and how each kind of document is announced whole (also by `republish`).

event                              when
goals.organisation.changed.v1      made; settings changed
goals.person.changed.v1            invited, invited again, changed, activated, disabled
goals.team.changed.v1              made, changed, removed
goals.cycle.changed.v1             made, changed, closed, reopened
goals.objective.changed.v1         made, changed, hung elsewhere, followed, abandoned, removed
goals.key_result.changed.v1        made, changed, delegated, abandoned, removed; its objective changed
goals.objective.progressed.v1      what rolled up into it changed: progress, weakest or status
goals.objective.achieved.v1        its progress reached 1, once in its cycle
goals.objective.at_risk.v1         it got worse into behind or at risk
goals.objective.recovered.v1       it left at risk for something better
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from libs.contracts import goals as say
from libs.contracts.codec import Payload
from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import Person
from services.goals.domain.record import Record
from services.goals.domain.team import Team
from services.goals.usecases import announce

# In the order in which a copy is best rebuilt.
ANNOUNCED: Mapping[str, tuple[type[Record], Callable[[Any], Payload]]] = {
    "organisations": (Organisation, announce.organisation_changed),
    "people": (Person, announce.person_changed),
    "teams": (Team, announce.team_changed),
    "cycles": (Cycle, announce.cycle_changed),
    "objectives": (Objective, announce.objective_changed),
    "key_results": (KeyResult, announce.key_result_changed),
}

# Open pages and curious listeners may hear these; nobody has to. The others wait until somebody can.
MAY_BE_UNHEARD = frozenset(
    {
        say.ObjectiveProgressed.TYPE,
        say.ObjectiveAtRisk.TYPE,
        say.ObjectiveRecovered.TYPE,
    }
)
