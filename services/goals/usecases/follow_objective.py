"""Somebody wants to hear of an objective, or no longer."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.permissions import Action
from services.goals.domain.errors import Unknown
from services.goals.domain.objective import Objective
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import objective_changed
from services.goals.usecases.authorise import relation_to_objective, require, see
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports


def follow_objective(objective_id: str, viewer: Viewer, ports: Ports, *, following: bool) -> Objective:
    """The viewer is among its followers, or is not. It is no edit: nobody's open form becomes stale.

    Raises:
        Unknown: there is no such objective for them.
    """

    def attempt() -> Objective:
        objective = ports.objectives.get(viewer.organisation_id, objective_id)
        if objective is None:
            raise Unknown("objective")
        see(viewer, objective)
        relation = relation_to_objective(viewer, objective.owner_id, objective.team_id)
        require(viewer, Action.OBJECTIVE_FOLLOW, relation)
        others = tuple(person for person in objective.follower_ids if person != viewer.person_id)
        followers = (*others, viewer.person_id) if following else others
        if set(followers) == set(objective.follower_ids):
            return objective
        changed = replace(objective, follower_ids=followers, updated_at=ports.now())
        return ports.objectives.save(changed, [objective_changed(changed)], edited=False)

    return contest(attempt)
