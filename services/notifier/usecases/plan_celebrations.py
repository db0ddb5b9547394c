"""Something was achieved, or recovered: its people are owed one celebration a team, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Row
from services.notifier.domain.occurrences import Occurrence, rows_of
from services.notifier.domain.ties import Tie, answerable_for, celebrating
from services.notifier.usecases.look_up import Subjects, look_up
from services.notifier.usecases.ports import Copies, Ledger, NotYetKnown


def plan_celebrations(
    occurrences: Sequence[Occurrence], window: timedelta, copies: Copies, ledger: Ledger
) -> None:
    """Owner, team and followers have a row each, due when the window ends.

    A recovery is celebrated by those whom no back-on-track mail goes to: nobody hears the same twice.

    Raises:
        NotYetKnown: some copy is missing. The owner's row is written all the same; asking again adds the
            rest.
    """
    rows: list[Row] = []
    missing: list[str] = []
    subjects = look_up(occurrences, copies)
    for occurrence in occurrences:
        ties, complete = _ties(occurrence, subjects)
        if not complete:
            missing.append(occurrence.facts.subject_id)
        rows += rows_of(occurrence, MailKind.CELEBRATION, ties, occurrence.heard_at + window)
    ledger.plan(rows)
    if missing:
        raise NotYetKnown(", ".join(missing))


def _ties(occurrence: Occurrence, subjects: Subjects) -> tuple[dict[str, Tie], bool]:
    facts = occurrence.facts
    recovered = facts.status != "achieved"
    objective, team = subjects.objective(occurrence), subjects.team(occurrence)
    if objective is None or (facts.team_id is not None and team is None):
        # Who gets the back-on-track mail is not known yet either, so a recovery waits whole.
        return ({} if recovered else {occurrence.owner_id: Tie.OWNER}), False
    ties = celebrating(occurrence.owner_id, objective, team)
    if recovered:
        key_result = subjects.key_result(occurrence)
        if key_result is None:
            return {}, False
        told = answerable_for(key_result, team)
        ties = {person_id: tie for person_id, tie in ties.items() if person_id not in told}
    return ties, True
