"""What was put into a team in the very instant in which that one was removed is put right.

As with :mod:`services.goals.usecases.recheck_parents`, both sides carry a debt, and whichever was written
later finds the other. A sub-team then stands under nothing. An objective cannot do without its team, so the
team comes back, as its removal would have been refused a moment later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.goals.domain.team import DELETED, LIVE, Team, makes_loop, numbered
from services.goals.usecases.announce import team_changed
from services.goals.usecases.ports import LostRace, Ports, Taken


def recheck_teams(ports: Ports, limit: int = 200) -> int:
    """Teams that are gone hold nothing, and teams stand under teams that are there. How many were due."""
    due = ports.teams.recheck_due(limit)
    trees = _Trees(ports)
    ports.teams.rechecked([team for team in due if _is_right(team, trees, ports)])
    return len(due)


def team_is_there(organisation_id: str, team_id: str, ports: Ports) -> bool:
    """Whether the team is live; one that is gone is brought back."""
    if ports.teams.get(organisation_id, team_id) is not None:
        return True
    gone = ports.teams.gone(organisation_id, team_id)
    if gone is not None:
        _bring_back(gone, ports)
    return gone is None


class _Trees:
    """Who stands under whom, read once for each organisation until something there was put right.

    Somebody may have imported hundreds; and of the two that form a ring only one is to be let go.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._read: dict[str, Mapping[str, str | None]] = {}

    def of(self, organisation_id: str) -> Mapping[str, str | None]:
        if organisation_id not in self._read:
            self._read[organisation_id] = self._ports.teams.parents(organisation_id)
        return self._read[organisation_id]

    def forget(self, organisation_id: str) -> None:
        self._read.pop(organisation_id, None)


def _is_right(team: Team, trees: _Trees, ports: Ports) -> bool:
    parents = trees.of(team.organisation_id)
    if team.state == DELETED:
        if ports.objectives.team_has_any(team.organisation_id, team.id):
            _bring_back(team, ports)
            trees.forget(team.organisation_id)
            return False
        below = [child for child, parent_id in parents.items() if parent_id == team.id]
        misplaced = list(ports.teams.many(team.organisation_id, below).values())
    else:
        misplaced = [] if _stands_well(team, parents) else [team]
    for each in misplaced:
        _save(replace(each, parent_id=None), ports)
        trees.forget(each.organisation_id)
    return not misplaced


def _stands_well(team: Team, parents: Mapping[str, str | None]) -> bool:
    """Whether the one above it is there and does not stand beneath it.

    Two people may put A under B and B under A in the same instant, each rightly by what they read.
    """
    if team.parent_id is None:
        return True
    return team.parent_id in parents and not makes_loop(team.id, team.parent_id, parents)


def _bring_back(team: Team, ports: Ports) -> None:
    """It is live again; its short name may be another team's by now."""
    for slug in (*numbered(team.slug), f"{team.slug}-{team.id[-12:]}"):
        try:
            _save(replace(team, slug=slug, state=LIVE), ports)
        except Taken:
            continue
        return


def _save(team: Team, ports: Ports) -> None:
    told = replace(team, recheck_due=True, updated_at=ports.now())
    try:
        ports.teams.save(told, [team_changed(told)])
    except LostRace:
        return
