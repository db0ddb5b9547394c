"""The OKRs page: the tree of a cycle, filtered by what stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from libs.contracts.permissions import Action, Relation
from services.gateway.domain.okr import Asker, Cycle, Directory, Team, TreeRow
from services.gateway.usecases.choose_cycle import choose_cycle
from services.gateway.usecases.may import may, may_check_in
from services.gateway.usecases.okr_ports import Services, TreeQuery


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the address asks for. ``mine`` and ``team_id`` exclude each other."""

    cycle_id: str | None = None
    mine: bool = False
    team_id: str | None = None
    statuses: tuple[str, ...] = ()
    cursor: str | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return self.mine or self.team_id is not None or bool(self.statuses)


@dataclass(frozen=True, kw_only=True)
class OkrsPage:
    """The page. ``statuses_by_key_result`` colours the weakest mark; ``may_check_in`` holds key results."""

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
    statuses_by_key_result: Mapping[str, str] = field(default_factory=dict)
    may_check_in: frozenset[str] = frozenset()


def show_okrs(services: Services, asker: Asker, filters: Filters) -> OkrsPage:
    """One page of the tree with the chips' counts, from one question."""
    goals = services.goals
    cycle = choose_cycle(goals.cycles(), asker.today, filters.cycle_id)
    directory = goals.directory()
    teams = directory.teams_of(asker.person_id)
    rows: tuple[TreeRow, ...] = ()
    following: str | None = None
    counts: Mapping[str, int] = {}
    if cycle is not None:
        tree = goals.tree(_query(cycle.id, asker, filters))
        rows, following, counts = tree.rows, tree.next, tree.counts
    return OkrsPage(
        today=asker.today,
        cycle=cycle,
        rows=rows,
        next=following,
        filters=filters,
        counts=counts,
        mine=counts.get("mine", 0),
        teams=teams,
        other_teams=tuple(
            sorted((t for t in directory.teams.values() if t not in teams), key=lambda t: t.name)
        ),
        directory=directory,
        may_create=may(asker, Action.OBJECTIVE_CREATE, Relation(own=True)),
        may_check_in=frozenset(
            row.key_result.id
            for row in rows
            if row.key_result and may_check_in(asker, row.key_result, directory)
        ),
        statuses_by_key_result={row.key_result.id: row.key_result.status for row in rows if row.key_result},
    )


def _query(cycle_id: str, asker: Asker, filters: Filters) -> TreeQuery:
    return TreeQuery(
        cycle_id=cycle_id,
        owner_id=asker.person_id if filters.mine else None,
        team_id=filters.team_id,
        statuses=filters.statuses,
        cursor=filters.cursor,
    )
