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
    """One check-in as it counts now.

    ``before`` is the value of the check-in before it; ``note_number`` its place among the chart's notes.
    """

    check_in: CheckIn
    before: float | None = None
    note_number: int | None = None
    may_revise: bool = False


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
    """The page, from four questions in two steps. It stands as the viewer's own last check-in left it.

    Raises:
        NotFound: it is not there, or not theirs to see.
    """
    goals = services.goals
    said = ask(lambda: services.checkins.series(key_result_id))
    defined = goals.key_result(key_result_id)
    stands = ask(lambda: services.checkins.judged(defined))
    objective = goals.objective(defined.objective_id)
    series = said.result()
    directory = goals.directory([defined.owner_id, defined.delegate_id, *_authors(series.items)])
    key_result = stands.result()
    entries = history(series.items, asker)
    related = to_key_result(asker, key_result, directory, objective.owner_id)
    return KeyResultPage(
        key_result=key_result,
        objective=objective,
        today=asker.today,
        cycle=next((cycle for cycle in goals.cycles() if cycle.id == objective.cycle_id), None),
        team=directory.team(key_result.team_id or objective.team_id),
        entries=entries,
        more=series.next,
        owed=Owed(key_result=key_result, due_on=key_result.next_check_in_on)
        if key_result.check_in_due
        else None,
        directory=directory,
        organisation=goals.organisation(),
        may_check_in=may_check_in(asker, key_result, directory),
        may_change=may(asker, Action.KEY_RESULT_CHANGE, related),
        may_delete=may(asker, Action.KEY_RESULT_DELETE, related),
        follows=asker.person_id in objective.follower_ids,
        readings=tuple(reversed([entry for entry in entries if not entry.check_in.withdrawn])),
    )


def _authors(series: tuple[CheckIn, ...]) -> set[str]:
    """Everybody who wrote one of these or a version of one."""
    return {one.author_id for check_in in series for one in (check_in, *check_in.versions)}


def history(series: tuple[CheckIn, ...], asker: Asker) -> tuple[Entry, ...]:
    """The check-ins newest first, each with the value before it and the number of its note on the chart."""
    current = sorted(series, key=lambda check_in: (check_in.as_of, check_in.seq))
    noted = [check_in.id for check_in in current if check_in.note and not check_in.withdrawn]
    numbers = {check_in_id: place for place, check_in_id in enumerate(noted[-NOTES_AT_MOST:], start=1)}
    entries: list[Entry] = []
    before: float | None = None
    for check_in in current:
        entry = Entry(
            check_in=check_in,
            before=before,
            note_number=numbers.get(check_in.id),
            may_revise=not check_in.withdrawn and may_revise(asker, check_in),
        )
        entries.append(entry)
        before = before if check_in.withdrawn else check_in.value
    return tuple(reversed(entries))
