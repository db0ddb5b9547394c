"""Who gets a mail about a piece of work, and the tie that is the reason.

The strongest one, named at the mail's foot.
"""

from __future__ import annotations

from enum import StrEnum

from services.notifier.domain.copies import KeyResult, Objective, Team


class Tie(StrEnum):
    """Why somebody gets a mail; the earlier the stronger."""

    OWNER = "owner"
    OBJECTIVE_OWNER = "objective_owner"
    TEAM_LEAD = "team_lead"
    TEAM_MEMBER = "team_member"
    FOLLOWER = "follower"
    ACCOUNT = "account"


def answerable_for(key_result: KeyResult, team: Team | None) -> dict[str, Tie]:
    """Who is told that a key result gets worse or recovers.

    Its owner, its objective's owner, the team's lead.
    """
    ties = {key_result.owner_id: Tie.OWNER}
    ties.setdefault(key_result.objective_owner_id, Tie.OBJECTIVE_OWNER)
    if team is not None and team.lead_id is not None:
        ties.setdefault(team.lead_id, Tie.TEAM_LEAD)
    return ties


def celebrating(owner_id: str, objective: Objective, team: Team | None) -> dict[str, Tie]:
    """Who is told of an achievement.

    Owner, objective's owner, the whole team, and those who follow the objective.
    """
    ties = {owner_id: Tie.OWNER}
    ties.setdefault(objective.owner_id, Tie.OBJECTIVE_OWNER)
    if team is not None:
        if team.lead_id is not None:
            ties.setdefault(team.lead_id, Tie.TEAM_LEAD)
        for member_id in team.member_ids:
            ties.setdefault(member_id, Tie.TEAM_MEMBER)
    for follower_id in objective.follower_ids:
        ties.setdefault(follower_id, Tie.FOLLOWER)
    return ties
