"""A team's cairn: which stones of the current week, fortnight or month are laid, and which are owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from libs.contracts.permissions import Action
from services.checkins.domain.copies import Team, zone_of
from services.checkins.domain.errors import Unknown
from services.checkins.domain.judging import next_check_in
from services.checkins.domain.rhythm import due_day_of_period
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.as_of_now import as_of_now
from services.checkins.usecases.authorise import require, sees
from services.checkins.usecases.ports import Ports


@dataclass(frozen=True)
class Stone:
    """One key result that is to be checked in this period. ``person_id`` is who does.

    The delegate, or the owner.
    """

    key_result_id: str
    title: str
    person_id: str
    due_on: date
    laid: bool


@dataclass(frozen=True)
class Week:
    """The period whose rhythm day is ``due_on``."""

    team: Team
    due_on: date
    stones: tuple[Stone, ...]

    @property
    def laid(self) -> int:
        """How many are checked in."""
        return sum(stone.laid for stone in self.stones)


def count_week(team_id: str, viewer: Viewer, ports: Ports) -> Week:
    """The stones of the team's current period, of key results that the viewer may see.

    Raises:
        Unknown: there is no such team.
    """
    require(viewer, Action.TEAM_READ)
    team = ports.copies.team(viewer.organisation_id, team_id)
    if team is None or team.state != "live":
        raise Unknown("team")
    zone = zone_of(ports.copies.organisation(viewer.organisation_id).time_zone)
    due_on = due_day_of_period(team.rhythm, ports.now().astimezone(zone).date())
    theirs = ports.situations.of_team(viewer.organisation_id, team_id)
    visible = as_of_now([found for found in theirs if sees(viewer, found)], viewer.organisation_id, ports)
    stones = [stone for situation in visible for stone in _stones(situation, due_on)]
    in_order = sorted(stones, key=lambda stone: (stone.person_id, stone.title, stone.key_result_id))
    return Week(team, due_on, tuple(in_order))


def _stones(situation: Situation, due_on: date) -> Iterator[Stone]:
    following = next_check_in(situation, situation.state)
    if following is None:
        return
    laid = following > due_on
    if laid and situation.state.count == 0:
        return  # made after this period's day: nothing was owed
    yield Stone(
        key_result_id=situation.key_result.id,
        title=situation.key_result.title,
        person_id=situation.responsible_id,
        due_on=due_on if laid else following,
        laid=laid,
    )
