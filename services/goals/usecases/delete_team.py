"""A team goes when nothing belongs to it any more."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.permissions import Action
from services.goals.domain.errors import TeamInUse, Unknown
from services.goals.domain.team import DELETED
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import team_changed
from services.goals.usecases.authorise import relation_to_team, require
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports


def delete_team(team_id: str, rev: int | None, viewer: Viewer, ports: Ports) -> None:
    """The team is in no list any more and its slug is free.

    What somebody puts into it in this very instant is due to be put right.

    Raises:
        Unknown: there is no such team.
        NotAllowed: they are no admin.
        Stale: it changed since ``rev``.
        TeamInUse: sub-teams or objectives belong to it.
    """

    def attempt() -> None:
        team = ports.teams.get(viewer.organisation_id, team_id)
        if team is None:
            raise Unknown("team")
        require(viewer, Action.TEAM_DELETE, relation_to_team(viewer, team))
        team.require_rev(rev)
        if team_id in ports.teams.parents(viewer.organisation_id).values():
            raise TeamInUse("sub-teams")
        if ports.objectives.team_has_any(viewer.organisation_id, team_id):
            raise TeamInUse("objectives")
        gone = replace(team, state=DELETED, recheck_due=True, updated_at=ports.now())
        ports.teams.save(gone, [team_changed(gone)])

    contest(attempt)
