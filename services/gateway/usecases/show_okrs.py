"""The OKRs page: the tree of a cycle, filtered by what stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from libs.contracts.permissions import Action, Reach, Relation, reach
from services.gateway.domain.okr import Asker, Cycle, Directory, KeyResult, Team, Tree, TreeRow
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.may import may
from services.gateway.usecases.okr_ports import Services, TreeQuery

TEAMS_IN_A_MENU = 24
ROWS_AT_FIRST = 40


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the address asks for. ``mine`` and ``team_id`` exclude each other.

    ``expand`` and ``collapse`` are objectives; ``everything`` is expanded where that is asked for.
    """

    cycle_id: str | None = None
    mine: bool = False
    team_id: str | None = None
    statuses: tuple[str, ...] = ()
    root_id: str | None = None
    cursor: str | None = None
    expand: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()
    everything: bool = False

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return self.mine or self.team_id is not None or bool(self.statuses)


@dataclass(frozen=True, kw_only=True)
class OkrsPage:
    """The page. ``may_check_in`` holds key results."""

    today: date
    cycle: Cycle | None
    rows: tuple[TreeRow, ...]
    next: str | None
    filters: Filters
    counts: Mapping[str, int]
    mine: int
    teams: tuple[Team, ...]
    other_teams: tuple[Team, ...]
    directory: Directory
    may_create: bool
    may_check_in: frozenset[str] = frozenset()

    @property
    def collapsed(self) -> int:
        """How many rows the collapsed ones stand for."""
        return sum(row.rows_below for row in self.rows if row.collapsed)


def show_okrs(services: Services, asker: Asker, filters: Filters) -> OkrsPage:
    """One page of the tree with the chips' counts, from one question."""
    goals = services.goals
    cycle = choose_cycle(goals.cycles(), asker.today, filters.cycle_id)
    directory = goals.directory()
    teams = directory.teams_of(asker.person_id)
    tree = Tree(rows=()) if cycle is None else goals.tree(_query(cycle.id, asker, filters))
    led = frozenset(team.id for team in teams if team.lead_id == asker.person_id)
    measured = [row.key_result for row in tree.rows if row.key_result]
    return OkrsPage(
        today=asker.today,
        cycle=cycle,
        rows=tree.rows,
        next=tree.next,
        filters=filters,
        counts=tree.counts,
        mine=tree.counts.get("mine", 0),
        teams=teams,
        other_teams=_others(directory, teams),
        directory=goals.directory([_owner(row) for row in tree.rows]),
        may_create=may(asker, Action.OBJECTIVE_CREATE, Relation(own=True)),
        may_check_in=_checked_in_by(asker, led, measured),
    )


def _owner(row: TreeRow) -> str | None:
    thing = row.objective or row.key_result
    return thing.owner_id if thing else None


def _others(directory: Directory, own: tuple[Team, ...]) -> tuple[Team, ...]:
    """The teams that one is not of, by name; none where they are too many for a menu."""
    if len(directory.teams) - len(own) > TEAMS_IN_A_MENU:
        return ()
    return tuple(sorted((t for t in directory.teams.values() if t not in own), key=lambda t: t.name))


def _checked_in_by(asker: Asker, led: frozenset[str], shown: Sequence[KeyResult]) -> frozenset[str]:
    """Those that the asker may check in; the table is asked once for all rows."""
    far = reach(asker.roles, Action.CHECK_IN_RECORD)
    if far is Reach.NOTHING:
        return frozenset()
    everything, me = far is Reach.ORGANISATION, asker.person_id
    of_team = led if far is Reach.TEAM else frozenset[str]()
    return frozenset(
        found.id
        for found in shown
        if found.status != "closed"
        and (everything or me in (found.owner_id, found.delegate_id) or found.team_id in of_team)
    )


def _query(cycle_id: str, asker: Asker, filters: Filters) -> TreeQuery:
    return TreeQuery(
        cycle_id=cycle_id,
        owner_id=asker.person_id if filters.mine else None,
        team_id=filters.team_id,
        statuses=filters.statuses,
        root_id=filters.root_id,
        cursor=filters.cursor,
        rows=None if filters.narrow or filters.everything else ROWS_AT_FIRST,
        expand=filters.expand,
        collapse=filters.collapse,
    )
