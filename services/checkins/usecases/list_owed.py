"""Everything that a person owes, for one screen: what is due, missed, or due within two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.checkins.domain.copies import zone_of
from services.checkins.domain.judging import stand
from services.checkins.domain.rhythm import EARLY_DAYS
from services.checkins.domain.situation import Situation
from services.checkins.domain.standing import Standing
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.as_of_now import as_of_now
from services.checkins.usecases.authorise import may_check_in
from services.checkins.usecases.ports import Ports

_URGENCY = ("stale", "at_risk", "overdue", "behind", "awaiting_first_check_in")


@dataclass(frozen=True)
class Owed:
    """One check-in that the viewer owes.

    ``due_on`` may be past, today, or up to two days ahead of ``today``.
    """

    situation: Situation
    standing: Standing
    due_on: date
    today: date


def list_owed(viewer: Viewer, ports: Ports) -> list[Owed]:
    """What the viewer owes as owner or delegate, the most urgent first: longest missed, then worst."""
    now = ports.now()
    person = ports.copies.person(viewer.organisation_id, viewer.person_id)
    owed = []
    theirs = ports.situations.owed_by(viewer.organisation_id, viewer.person_id)
    for situation in as_of_now(theirs, viewer.organisation_id, ports):
        today = now.astimezone(zone_of(person.time_zone) if person else situation.zone).date()
        standing = stand(situation, situation.state, now)
        due_on = standing.next_check_in_on
        if (
            due_on is not None
            and due_on <= today + timedelta(days=EARLY_DAYS)
            and may_check_in(viewer, situation)
        ):
            owed.append(Owed(situation, standing, due_on, today))
    return sorted(owed, key=_urgency)


def _urgency(owed: Owed) -> tuple[date, int, str, str]:
    status = owed.standing.status
    rank = _URGENCY.index(status) if status in _URGENCY else len(_URGENCY)
    key_result = owed.situation.key_result
    return (owed.due_on, rank, key_result.title, key_result.id)
