"""Who asks, and how they stand to a thing."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective


@dataclass(frozen=True)
class Viewer:
    """The person who asks: their roles, the teams they lead and the teams they are in.

    ``credential`` is what they showed, for telling another service in their name.
    """

    person_id: str
    organisation_id: str
    roles: frozenset[str]
    leads: frozenset[str] = frozenset()
    member_of: frozenset[str] = frozenset()
    credential: str = field(default="", repr=False, compare=False)

    @property
    def teams(self) -> frozenset[str]:
        """Every team they belong to in one way or the other."""
        return self.leads | self.member_of

    @property
    def system(self) -> bool:
        """Whether the platform itself asks, as at set-up."""
        return "system" in self.roles


def shown_to(viewer: Viewer, thing: Objective | KeyResult) -> bool:
    """Whether visibility lets them see it, leaving aside that admins see all."""
    if thing.visibility == "organisation":
        return True
    if viewer.person_id == thing.owner_id:
        return True
    if isinstance(thing, KeyResult) and viewer.person_id in (thing.delegate_id, thing.objective_owner_id):
        return True
    return thing.visibility == "team" and thing.team_id in viewer.teams
