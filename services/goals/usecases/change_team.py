"""Admins and the lead change a team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from libs.contracts.permissions import Action
from services.goals.domain.errors import Unknown, invalid
from services.goals.domain.team import Team, makes_loop
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce import team_changed
from services.goals.usecases.authorise import relation_to_team, require
from services.goals.usecases.contest import contest
from services.goals.usecases.ports import Ports, Taken
from services.goals.usecases.references import require_people, require_person, require_team


def change_team(
    team_id: str, changes: Mapping[str, Any], rev: int | None, viewer: Viewer, ports: Ports
) -> Team:
    """The team has these values. Fields: name, slug, parent_id, lead_id, member_ids, rhythm.

    Raises:
        Unknown: there is no such team.
        NotAllowed: they neither lead it nor are admin.
        Stale: it changed since ``rev``.
        InvalidFields: the slug is taken, an id names nothing, or the team would stand above itself.
    """

    def attempt() -> tuple[Team, Team]:
        team = ports.teams.get(viewer.organisation_id, team_id)
        if team is None:
            raise Unknown("team")
        require(viewer, Action.TEAM_CHANGE, relation_to_team(viewer, team))
        team.require_rev(rev)
        _check(team, changes, ports)
        changed = replace(team, **changes, updated_at=ports.now())
        moved = changed.parent_id != team.parent_id and changed.parent_id is not None
        changed = replace(
            changed,
            member_ids=tuple(dict.fromkeys(changed.member_ids)),
            recheck_due=team.recheck_due or moved,
        )
        try:
            return team, ports.teams.save(changed, [team_changed(changed)])
        except Taken as taken:
            raise invalid("slug", "Another team has this short name. Choose another.") from taken

    before, stored = contest(attempt)
    if {before.lead_id, *before.member_ids} - {stored.lead_id, *stored.member_ids}:
        # Who is no longer in it no longer sees what is the team's.
        ports.check_ins.outdate(viewer, teams={stored.id: stored.seq})
    return stored


def _check(team: Team, changes: Mapping[str, Any], ports: Ports) -> None:
    parent_id = changes.get("parent_id")
    if parent_id is not None and parent_id != team.parent_id:
        require_team(ports, team.organisation_id, parent_id, "parent_id")
        if makes_loop(team.id, parent_id, ports.teams.parents(team.organisation_id)):
            raise invalid("parent_id", "This would put the team beneath itself. Choose another team.")
    lead_id = changes.get("lead_id")
    if lead_id is not None and lead_id != team.lead_id:
        require_person(ports, team.organisation_id, lead_id, "lead_id")
    added = set(changes.get("member_ids", ())) - set(team.member_ids)
    if added:
        require_people(ports, team.organisation_id, added, "member_ids")
