"""A key result got worse or recovered: those who answer for it are owed a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Row
from services.notifier.domain.occurrences import Occurrence, rows_of
from services.notifier.domain.ties import Tie, answerable_for
from services.notifier.usecases.look_up import look_up
from services.notifier.usecases.ports import Copies, Ledger, NotYetKnown


def plan_alerts(
    kind: MailKind, occurrences: Sequence[Occurrence], hold: timedelta, copies: Copies, ledger: Ledger
) -> None:
    """Everybody known to answer for these key results has a row, due after ``hold`` so that an undo stops it.

    Raises:
        NotYetKnown: some copy is missing. The owner's row is written all the same; asking again adds the
            rest.
    """
    rows: list[Row] = []
    missing: list[str] = []
    subjects = look_up(occurrences, copies)
    for occurrence in occurrences:
        facts = occurrence.facts
        key_result, team = subjects.key_result(occurrence), subjects.team(occurrence)
        if key_result is not None and key_result.state != "open":
            continue
        if key_result is None or (facts.team_id is not None and team is None):
            missing.append(facts.subject_id)
        ties = {occurrence.owner_id: Tie.OWNER} if key_result is None else answerable_for(key_result, team)
        rows += rows_of(occurrence, kind, ties, occurrence.heard_at + hold)
    ledger.plan(rows)
    if missing:
        raise NotYetKnown(", ".join(missing))
