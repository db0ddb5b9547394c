"""Which buttons a page offers. The owning service decides again; this only spares the viewer a refusal."""

from __future__ import annotations

from libs.contracts.permissions import Action, Relation, allowed
from services.gateway.domain.okr import Asker, CheckIn, Directory, KeyResult, Objective


def may(asker: Asker, action: Action, relation: Relation | None = None) -> bool:
    """Whether the permission table lets them do it, standing so to the thing."""
    return allowed(asker.roles, action, relation or Relation())


def to_objective(asker: Asker, objective: Objective, directory: Directory) -> Relation:
    """How the asker stands to an objective."""
    team = directory.team(objective.team_id)
    leads = team is not None and team.lead_id == asker.person_id
    return Relation(own=objective.owner_id == asker.person_id, team=leads)


def to_key_result(
    asker: Asker, key_result: KeyResult, directory: Directory, objective_owner_id: str | None = None
) -> Relation:
    """How the asker stands to a key result's definition: own also where one owns its objective."""
    team = directory.team(key_result.team_id)
    leads = team is not None and team.lead_id == asker.person_id
    return Relation(own=asker.person_id in {key_result.owner_id, objective_owner_id}, team=leads)


def may_check_in(asker: Asker, key_result: KeyResult, directory: Directory) -> bool:
    """Whether they may check in: the owner, the delegate, the team's lead or an admin."""
    related = to_key_result(asker, key_result, directory, key_result.delegate_id)
    return key_result.status != "closed" and may(asker, Action.CHECK_IN_RECORD, related)


def may_revise(asker: Asker, check_in: CheckIn) -> bool:
    """Whether they may revise a check-in: the one who wrote it, or an admin."""
    first = check_in.versions[0] if check_in.versions else check_in
    return may(asker, Action.CHECK_IN_REVISE, Relation(own=first.author_id == asker.person_id))
