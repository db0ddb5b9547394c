"""A team's cairn: which stones of the current week, fortnight or month are laid, and which are owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from libs.contracts.permissions import Action
from services.checkins.domain.copies import Team, zone_of
from services.checkins.domain.errors import Unknown
from services.checkins.domain.owing import achieved_for_good, covers
from services.checkins.domain.rhythm import due_day_of_period
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.as_of_now import as_of_now
from services.checkins.usecases.ask_owner import ask_owners
from services.checkins.usecases.authorise import require, sees
from services.checkins.usecases.find_owing import Owing, find_owing, people_of
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
    copies = ports.situations.of_team(viewer.organisation_id, team_id)
    theirs = [found for found in ask_owners(copies, viewer, ports) if found.key_result.team_id == team_id]
    visible = as_of_now([found for found in theirs if sees(viewer, found)], viewer.organisation_id, ports)
    people, now = people_of(visible, ports), ports.now()
    stones = [
        stone
        for each in visible
        for stone in _stones(each, find_owing(each, each.state, people, now), due_on)
    ]
    in_order = sorted(stones, key=lambda stone: (stone.person_id, stone.title, stone.key_result_id))
    return Week(team, due_on, tuple(in_order))


def _stones(situation: Situation, owing: Owing, due_on: date) -> Iterator[Stone]:
    laid = covers(situation, situation.state, due_on)
    if owing.next_on is None and not (laid and achieved_for_good(situation, situation.state)):
        return
    if owing.next_on is not None and owing.next_on > due_on and situation.state.count == 0:
        return  # made after this period's day: nothing was owed
    yield Stone(
        key_result_id=situation.key_result.id,
        title=situation.key_result.title,
        person_id=owing.person_id,
        due_on=due_on if owing.next_on is None else min(due_on, owing.next_on),
        laid=owing.next_on is None or owing.next_on > due_on,
    )
