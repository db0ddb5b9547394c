"""How much an objective counts in its parent is the parent's affair.

Anybody may hang an objective of their own beneath what they see. With a weight of their choosing they would
decide alone how far the company has come.
"""

from __future__ import annotations

from typing import Final

from libs.contracts.permissions import Action
from services.goals.domain.errors import invalid
from services.goals.domain.objective import Objective
from services.goals.domain.viewer import Viewer
from services.goals.usecases.authorise import may, relation_to_objective
from services.goals.usecases.ports import Ports

PLAIN: Final = 1.0


def weigh_objective(objective: Objective, viewer: Viewer, ports: Ports) -> None:
    """Nothing happens when the objective may count so much in the one that it moves.

    Raises:
        InvalidFields: it weighs other than 1, and the viewer may not change its parent; names ``weight``.
    """
    if objective.weight == PLAIN or objective.moves is None:
        return
    above = ports.objectives.get(objective.organisation_id, objective.moves)
    if above is None:
        return  # it went this instant, so there is nothing to count in
    relation = relation_to_objective(viewer, above.owner_id, above.team_id)
    if not may(viewer, Action.OBJECTIVE_CHANGE, relation):
        raise invalid(
            "weight",
            "Only those who may change the parent decide how much counts in it. Leave the weight at 1.",
        )
