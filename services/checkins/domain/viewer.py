"""Who asks, and how they stand to a key result."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.checkins.domain.situation import Situation


@dataclass(frozen=True)
class Viewer:
    """The person who asks. ``credential`` is what they showed, for asking another service in their name."""

    person_id: str
    organisation_id: str
    roles: frozenset[str]
    credential: str = field(default="", repr=False, compare=False)


def leads_team_of(viewer: Viewer, situation: Situation) -> bool:
    """Whether they lead the team that the key result belongs to."""
    team = situation.live_team
    return team is not None and team.lead_id == viewer.person_id


def shown_to(viewer: Viewer, situation: Situation) -> bool:
    """Whether visibility lets them see it, leaving aside that admins see all."""
    key_result = situation.key_result
    if key_result.visibility == "organisation":
        return True
    if viewer.person_id in (key_result.owner_id, key_result.delegate_id, key_result.objective_owner_id):
        return True
    team = situation.live_team
    if key_result.visibility != "team" or team is None:
        return False
    return viewer.person_id == team.lead_id or viewer.person_id in team.member_ids
