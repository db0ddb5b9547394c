"""A key result's page: the chart, why this status, and every check-in with its revisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from libs.contracts.permissions import Action
from services.gateway.domain.okr import (
    Asker,
    CheckIn,
    Cycle,
    Directory,
    KeyResult,
    Objective,
    Organisation,
    Owed,
    Team,
)
from services.gateway.usecases.ask import ask
from services.gateway.usecases.may import may, may_check_in, may_revise, to_key_result
from services.gateway.usecases.okr_ports import Services

NOTES_AT_MOST = 6


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One check-in as it counts now, with the versions that it replaced (newest first).

    ``before`` is the value of the check-in that came before it; ``note_number`` is its place among the chart's notes.
    """

    check_in: CheckIn
    versions: tuple[CheckIn, ...] = ()
    before: float | None = None
    note_number: int | None = None
    may_revise: bool = False

    @property
    def root_id(self) -> str:
        """The id of the check-in as first recorded, by which it is revised."""
        return self.check_in.revision_of or self.check_in.id


@dataclass(frozen=True, kw_only=True)
class KeyResultPage:
    """The page. ``entries`` are newest first by the moment they speak of."""

    key_result: KeyResult
    objective: Objective
    today: date
    cycle: Cycle | None
    team: Team | None
    entries: tuple[Entry, ...]
    more: str | None
    owed: Owed | None
    directory: Directory
    organisation: Organisation
    may_check_in: bool
    may_change: bool
    may_delete: bool
    follows: bool
    readings: tuple[Entry, ...] = ()


def show_key_result(services: Services, asker: Asker, key_result_id: str) -> KeyResultPage:
    """The page, from two questions asked at once and the objective.

    Raises:
        NotFound: it is not there, or not theirs to see.
    """
    goals = services.goals
    said = ask(lambda: services.checkins.series(key_result_id))
    key_result = goals.key_result(key_result_id)
    objective = goals.objective(key_result.objective_id)
    directory = goals.directory()
    series = said.result()
    entries = history(series.items, asker)
    related = to_key_result(asker, key_result, directory, objective.owner_id)
    owes = key_result.next_check_in_on is not None and key_result.next_check_in_on <= asker.today
    return KeyResultPage(
        key_result=key_result,
        objective=objective,
        today=asker.today,
        cycle=next((cycle for cycle in goals.cycles() if cycle.id == objective.cycle_id), None),
        team=directory.team(key_result.team_id or objective.team_id),
        entries=entries,
        more=series.next,
        owed=Owed(key_result=key_result, due_on=key_result.next_check_in_on) if owes else None,
        directory=directory,
        organisation=goals.organisation(),
        may_check_in=may_check_in(asker, key_result, directory),
        may_change=may(asker, Action.KEY_RESULT_CHANGE, related),
        may_delete=may(asker, Action.KEY_RESULT_DELETE, related),
        follows=asker.person_id in objective.follower_ids,
        readings=tuple(reversed([entry for entry in entries if not entry.check_in.withdrawn])),
    )


def history(series: tuple[CheckIn, ...], asker: Asker) -> tuple[Entry, ...]:
    """The check-ins as they count now, newest first, each with what it replaced and the value before it."""
    versions: dict[str, list[CheckIn]] = {}
    for check_in in series:
        versions.setdefault(check_in.revision_of or check_in.id, []).append(check_in)
    current = [sorted(group, key=lambda c: c.seq, reverse=True) for group in versions.values()]
    current.sort(key=lambda group: (group[0].as_of, group[0].seq), reverse=True)
    noted = [group[0].id for group in reversed(current) if group[0].note and not group[0].withdrawn]
    numbers = {check_in_id: place for place, check_in_id in enumerate(noted[-NOTES_AT_MOST:], start=1)}
    entries: list[Entry] = []
    before: float | None = None
    for newest, *older in reversed(current):
        entries.append(
            Entry(
                check_in=newest,
                versions=tuple(older),
                before=before,
                note_number=numbers.get(newest.id),
                may_revise=not newest.withdrawn and may_revise(asker, older[-1] if older else newest),
            )
        )
        before = before if newest.withdrawn else newest.value
    return tuple(reversed(entries))
