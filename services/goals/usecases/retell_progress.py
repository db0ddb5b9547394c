"""What is rolled up is said again as it stands, so that copies of it can be rebuilt."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from libs.contracts import goals as say
from services.goals.domain.objective import DELETED, Objective
from services.goals.domain.recompute import expected_of
from services.goals.usecases.announce import objective_progressed
from services.goals.usecases.ports import Ports


def retell_progress(ports: Ports) -> Callable[[Objective], say.ObjectiveProgressed | None]:
    """Says of an objective what its last roll-up said; null where it was never judged, or is gone.

    Each cycle is read once, however many objectives it has.
    """

    @cache
    def expected(organisation_id: str, cycle_id: str) -> float | None:
        known = ports.cycles.with_organisation(organisation_id, cycle_id)
        if known is None:
            return None
        cycle, organisation = known
        return expected_of(cycle, organisation.today(ports.now()))

    def retell(objective: Objective) -> say.ObjectiveProgressed | None:
        if objective.state == DELETED or objective.measured.status is None:
            return None
        share = expected(objective.organisation_id, objective.cycle_id)
        return None if share is None else objective_progressed(objective, objective.measured, share)

    return retell
