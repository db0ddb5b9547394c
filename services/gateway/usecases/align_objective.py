"""Someone hangs an objective under another parent."""

from __future__ import annotations

from services.gateway.domain.okr import Objective
from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.save_objective import parent_of


def align_objective(
    services: Services, objective: Objective, chosen: str, contribution: str, rev: int
) -> Objective:
    """The objective belongs there, and says how it contributes.

    Raises:
        Problem: the parent is refused (a loop, another cycle); names ``parent``.
    """
    fields = {"parent": parent_of(chosen), "contribution": contribution.strip()}
    return services.goals.change_objective(objective.id, fields, rev)
