"""The one place where this service asks the permission table."""

from __future__ import annotations

from libs.contracts.permissions import Action, Reach, Relation, allowed, reach
from services.checkins.domain.check_in import CheckIn
from services.checkins.domain.copies import Person
from services.checkins.domain.errors import NotAllowed
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer, leads_team_of, shown_to

_WORDS = {
    Action.CHECK_IN_RECORD: "check in here: only its owner, their delegate, the team's lead and admins may",
    Action.CHECK_IN_REVISE: "revise this check-in: only its author and admins may",
    Action.CHECK_IN_UNDO: "undo this check-in: only its author may",
    Action.TEAM_READ: "see this team",
}


def require(viewer: Viewer, action: Action, relation: Relation = Relation()) -> None:  # noqa: B008  # frozen value
    """Nothing happens when the viewer, standing so to the thing, may do it.

    Raises:
        NotAllowed: they may not.
    """
    if not allowed(viewer.roles, action, relation):
        raise NotAllowed(_WORDS.get(action, "do this"))


def sees(viewer: Viewer, situation: Situation) -> bool:
    """Whether the viewer may see the key result and its check-ins."""
    if viewer.organisation_id != situation.key_result.organisation_id:
        return False
    reaching = reach(viewer.roles, Action.CHECK_IN_READ)
    return reaching is Reach.ORGANISATION or (reaching is not Reach.NOTHING and shown_to(viewer, situation))


def relation_to_check_ins(viewer: Viewer, situation: Situation) -> Relation:
    """One owns the key result or is its delegate, or leads its team."""
    key_result = situation.key_result
    return Relation(
        own=viewer.person_id in (key_result.owner_id, key_result.delegate_id),
        team=leads_team_of(viewer, situation),
    )


def may_check_in(viewer: Viewer, situation: Situation) -> bool:
    """Whether they may, for offering only what works."""
    return situation.takes_check_ins and allowed(
        viewer.roles, Action.CHECK_IN_RECORD, relation_to_check_ins(viewer, situation)
    )


def may_answer_reminders(person: Person) -> bool:
    """Tell whether this owner or delegate can check in: they are active, and their role lets them."""
    own = Relation(own=True)
    return person.state == "active" and allowed(frozenset({person.role}), Action.CHECK_IN_RECORD, own)


def relation_of_author(viewer: Viewer, first: CheckIn) -> Relation:
    """One wrote it."""
    return Relation(own=viewer.person_id == first.author_id)
