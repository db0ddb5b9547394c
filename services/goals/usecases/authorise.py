"""The one place where this service asks the permission table."""

from __future__ import annotations

from collections.abc import Callable

from libs.contracts.permissions import Action, Reach, Relation, allowed, reach
from services.goals.domain.errors import NotAllowed, Unknown
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.domain.team import Team
from services.goals.domain.viewer import Viewer, shown_to
from services.goals.usecases.ports import Sight

_WORDS = {
    Action.ORGANISATION_CHANGE: "change the organisation's settings",
    Action.PERSON_INVITE: "invite people",
    Action.PERSON_CHANGE: "change other people",
    Action.PERSON_CHANGE_ROLE: "change addresses, roles or access",
    Action.TEAM_CREATE: "create teams",
    Action.TEAM_CHANGE: "change this team",
    Action.TEAM_DELETE: "delete teams",
    Action.CYCLE_CREATE: "create cycles",
    Action.CYCLE_CHANGE: "change cycles",
    Action.OBJECTIVE_CREATE: "create this objective",
    Action.OBJECTIVE_CHANGE: "change this objective",
    Action.OBJECTIVE_DELETE: "delete this objective",
    Action.KEY_RESULT_CREATE: "add key results to this objective",
    Action.KEY_RESULT_CHANGE: "change this key result",
    Action.KEY_RESULT_DELETE: "delete this key result",
}


def require(viewer: Viewer, action: Action, relation: Relation = Relation()) -> None:  # noqa: B008  # frozen value
    """Nothing happens when the viewer, standing so to the thing, may do it.

    Raises:
        NotAllowed: they may not.
    """
    if not allowed(viewer.roles, action, relation):
        raise NotAllowed(_WORDS.get(action, "do this"))


def may(viewer: Viewer, action: Action, relation: Relation) -> bool:
    """Whether they may, for showing only what works."""
    return allowed(viewer.roles, action, relation)


def sight_of(viewer: Viewer) -> Sight:
    """What of the objectives and key results the viewer may see in lists."""
    everything = reach(viewer.roles, Action.OBJECTIVE_READ) is Reach.ORGANISATION
    return Sight(viewer.organisation_id, viewer.person_id, viewer.teams, everything)


def see(viewer: Viewer, thing: Objective | KeyResult) -> None:
    """Nothing happens when the viewer may see it.

    Raises:
        Unknown: they may not, so for them it does not exist.
    """
    if not sees(viewer, thing):
        raise Unknown("objective" if isinstance(thing, Objective) else "key result")


def sees(viewer: Viewer, thing: Objective | KeyResult) -> bool:
    """Whether the viewer may see it."""
    return sight_test(viewer)(thing)


def sight_test(viewer: Viewer) -> Callable[[Objective | KeyResult], bool]:
    """`sees` for many things: the table is asked once for each kind."""
    far = {
        Objective: reach(viewer.roles, Action.OBJECTIVE_READ),
        KeyResult: reach(viewer.roles, Action.KEY_RESULT_READ),
    }

    def seen(thing: Objective | KeyResult) -> bool:
        reaching = far[type(thing)]
        return reaching is Reach.ORGANISATION or (reaching is not Reach.NOTHING and shown_to(viewer, thing))

    return seen


def relation_to_objective(viewer: Viewer, owner_id: str, team_id: str | None) -> Relation:
    """One owns it, or leads its team."""
    return Relation(own=owner_id == viewer.person_id, team=team_id is not None and team_id in viewer.leads)


def relation_to_key_result(viewer: Viewer, thing: KeyResult) -> Relation:
    """One owns it or its objective, or leads its objective's team."""
    return Relation(
        own=viewer.person_id in (thing.owner_id, thing.objective_owner_id),
        team=thing.team_id is not None and thing.team_id in viewer.leads,
    )


def relation_to_check_ins(viewer: Viewer, thing: KeyResult) -> Relation:
    """One owns the key result or is its delegate, or leads its team."""
    return Relation(
        own=viewer.person_id in (thing.owner_id, thing.delegate_id),
        team=thing.team_id is not None and thing.team_id in viewer.leads,
    )


def relation_to_team(viewer: Viewer, team: Team) -> Relation:
    """One leads it."""
    return Relation(team=team.id in viewer.leads)
