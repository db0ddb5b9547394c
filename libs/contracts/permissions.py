"""Who may do what: one table for the platform, checked by the service that owns the thing.

A cell says how far a role's permission reaches: nothing, what is one's own, what one's team does (the teams
one leads or, where a row says so, is a member of), or the whole organisation. Another organisation's things
do not exist for anybody: they answer 404 before this table is asked.

What "own" and "team" mean for a thing is said by :class:`Relation`, computed by the owning service.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache


class Role(Enum):
    """What a person is in their organisation."""

    ADMIN = "admin"
    LEADER = "leader"
    MEMBER = "member"
    VIEWER = "viewer"


class Reach(IntEnum):
    """How far a permission goes; each includes those before it."""

    NOTHING = 0
    OWN = 1
    TEAM = 2
    ORGANISATION = 3


class Action(Enum):
    """Everything that the permission table decides."""

    ORGANISATION_READ = "organisation.read"
    ORGANISATION_CHANGE = "organisation.change"
    PERSON_READ = "person.read"
    PERSON_INVITE = "person.invite"
    PERSON_CHANGE = "person.change"
    PERSON_CHANGE_ROLE = "person.change_role"
    TEAM_READ = "team.read"
    TEAM_CREATE = "team.create"
    TEAM_CHANGE = "team.change"
    TEAM_DELETE = "team.delete"
    CYCLE_READ = "cycle.read"
    CYCLE_CREATE = "cycle.create"
    CYCLE_CHANGE = "cycle.change"
    OBJECTIVE_READ = "objective.read"
    OBJECTIVE_CREATE = "objective.create"
    OBJECTIVE_CHANGE = "objective.change"
    OBJECTIVE_DELETE = "objective.delete"
    OBJECTIVE_FOLLOW = "objective.follow"
    KEY_RESULT_READ = "key_result.read"
    KEY_RESULT_CREATE = "key_result.create"
    KEY_RESULT_CHANGE = "key_result.change"
    KEY_RESULT_DELETE = "key_result.delete"
    CHECK_IN_READ = "check_in.read"
    CHECK_IN_RECORD = "check_in.record"
    CHECK_IN_REVISE = "check_in.revise"
    CHECK_IN_UNDO = "check_in.undo"
    NOTIFICATIONS_CHANGE = "notifications.change"
    MAIL_LOG_READ = "mail_log.read"
    TOKEN_CHANGE = "token.change"  # noqa: S105  # the name of an action
    AUDIT_READ = "audit.read"


@dataclass(frozen=True)
class Relation:
    """How the one who asks stands to the thing.

    ``own`` it, or ``team``: it belongs to a team they answer for.
    """

    own: bool = False
    team: bool = False


def _row(admin: Reach, leader: Reach, member: Reach, viewer: Reach) -> dict[Role, Reach]:
    return {Role.ADMIN: admin, Role.LEADER: leader, Role.MEMBER: member, Role.VIEWER: viewer}


NOTHING, OWN, TEAM, ORGANISATION = Reach.NOTHING, Reach.OWN, Reach.TEAM, Reach.ORGANISATION

# Own and team, row by row where it is not plain:
#   person.*        own: oneself.
#   team.change     team: one leads it.
#   objective.*     own: one owns it (or will: creating a personal objective for oneself, in no team or in
#                   one that one belongs to);
#                   team: one leads its team. A company objective has no team: only ORGANISATION reaches it.
#   objective.read  decided by visibility first (`organisation` is open to all); the row is for the others:
#                   own: `private`, one owns it; team: `team`, one is a member or leads it.
#   key_result.*    own: one owns it or its objective; team: one leads its objective's team.
#   check_in.record own: one owns the key result or is its delegate; team: one leads its team.
#   check_in.revise own: one wrote it. check_in.undo: the same, within ten seconds.
PERMISSIONS: dict[Action, dict[Role, Reach]] = {
    # action: admin, leader, member, viewer
    Action.ORGANISATION_READ: _row(ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    Action.ORGANISATION_CHANGE: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.PERSON_READ: _row(ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    Action.PERSON_INVITE: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.PERSON_CHANGE: _row(ORGANISATION, OWN, OWN, OWN),
    Action.PERSON_CHANGE_ROLE: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.TEAM_READ: _row(ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    Action.TEAM_CREATE: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.TEAM_CHANGE: _row(ORGANISATION, TEAM, TEAM, NOTHING),
    Action.TEAM_DELETE: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.CYCLE_READ: _row(ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    Action.CYCLE_CREATE: _row(ORGANISATION, ORGANISATION, NOTHING, NOTHING),
    Action.CYCLE_CHANGE: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.OBJECTIVE_READ: _row(ORGANISATION, TEAM, TEAM, TEAM),
    Action.OBJECTIVE_CREATE: _row(ORGANISATION, ORGANISATION, TEAM, NOTHING),
    Action.OBJECTIVE_CHANGE: _row(ORGANISATION, ORGANISATION, TEAM, NOTHING),
    Action.OBJECTIVE_DELETE: _row(ORGANISATION, ORGANISATION, TEAM, NOTHING),
    Action.OBJECTIVE_FOLLOW: _row(ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    Action.KEY_RESULT_READ: _row(ORGANISATION, TEAM, TEAM, TEAM),
    Action.KEY_RESULT_CREATE: _row(ORGANISATION, ORGANISATION, TEAM, NOTHING),
    Action.KEY_RESULT_CHANGE: _row(ORGANISATION, ORGANISATION, TEAM, NOTHING),
    Action.KEY_RESULT_DELETE: _row(ORGANISATION, ORGANISATION, TEAM, NOTHING),
    Action.CHECK_IN_READ: _row(ORGANISATION, TEAM, TEAM, TEAM),
    Action.CHECK_IN_RECORD: _row(ORGANISATION, TEAM, TEAM, NOTHING),
    Action.CHECK_IN_REVISE: _row(ORGANISATION, OWN, OWN, NOTHING),
    Action.CHECK_IN_UNDO: _row(OWN, OWN, OWN, NOTHING),
    Action.NOTIFICATIONS_CHANGE: _row(OWN, OWN, OWN, OWN),
    Action.MAIL_LOG_READ: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
    Action.TOKEN_CHANGE: _row(OWN, OWN, OWN, OWN),
    Action.AUDIT_READ: _row(ORGANISATION, NOTHING, NOTHING, NOTHING),
}


@lru_cache(maxsize=1024)
def reach(roles: frozenset[str], action: Action) -> Reach:
    """The farthest reach that any of these roles gives; an unknown role gives none."""
    row = PERMISSIONS[action]
    return max((row[role] for role in Role if role.value in roles), default=Reach.NOTHING)


def allowed(roles: frozenset[str], action: Action, relation: Relation) -> bool:
    """Whether one with these roles, standing so to the thing, may do it."""
    far = reach(roles, action)
    if far is Reach.ORGANISATION:
        return True
    if far is Reach.TEAM:
        return relation.own or relation.team
    return far is Reach.OWN and relation.own
