"""Who asks, with the teams that they lead or are in: this service owns teams, so it asks itself."""

from __future__ import annotations

from services.goals.domain.viewer import Viewer
from services.goals.usecases.ports import Ports


def identify_viewer(ports: Ports, organisation_id: str, person_id: str, roles: frozenset[str]) -> Viewer:
    """The viewer; one read."""
    ties = ports.teams.ties(organisation_id, person_id)
    return Viewer(
        person_id=person_id,
        organisation_id=organisation_id,
        roles=roles,
        leads=ties.leads,
        member_of=ties.member_of,
    )
