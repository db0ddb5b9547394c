"""A small company to test with: one team, one cycle, one key result, and the people around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.checkins.domain.check_in import CheckIn, Seen
from services.checkins.domain.copies import Cycle, KeyResult, Organisation, Person, Rhythm, Team
from services.checkins.domain.series import EMPTY
from services.checkins.domain.situation import Situation
from services.checkins.domain.viewer import Viewer
from services.checkins.usecases.extend_series import Words

ORG = "fernhollow"
OWNER, DELEGATE, LEAD, MEMBER, OUTSIDER, ADMIN, BOSS, WATCHER = (
    "jun",
    "wanjiru",
    "odo",
    "teo",
    "priya",
    "ines",
    "saoirse",
    "vera",
)
START = date(2031, 10, 6)  # a Monday
END = date(2032, 1, 14)  # a hundred days later
ROLES = {ADMIN: "admin", BOSS: "leader", LEAD: "leader", WATCHER: "viewer"}


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """That hour, in UTC, of the cycle's day of this number; the first is 0."""
    begin = datetime(START.year, START.month, START.day, hour, minute, tzinfo=UTC)
    return begin + timedelta(days=day)


CYCLE = Cycle(id="q4", organisation_id=ORG, starts_on=START, ends_on=END, state="active")
TEAM = Team(
    id="platform",
    organisation_id=ORG,
    name="Platform Operations",
    lead_id=LEAD,
    member_ids=(OWNER, MEMBER, LEAD),
    rhythm=Rhythm("weekly", 0, "09:00"),
)
ORGANISATION = Organisation(id=ORG, time_zone="UTC")
KEY_RESULT = KeyResult(
    id="restore-time",
    organisation_id=ORG,
    objective_id="trust",
    objective_title="Customers trust us",
    objective_owner_id=BOSS,
    title="Median time to restore service",
    kind="metric",
    unit="min",
    start=100.0,
    target=0.0,
    owner_id=OWNER,
    delegate_id=DELEGATE,
    due_on=None,
    cycle_id=CYCLE.id,
    team_id=TEAM.id,
    visibility="organisation",
    created_on=START,
)
RUNBOOKS = replace(
    KEY_RESULT,
    id="runbooks",
    title="Services with a runbook",
    unit="",
    start=0.0,
    target=20.0,
    delegate_id=None,
)
PEOPLE = [
    Person(id=person_id, organisation_id=ORG, name=person_id.title(), time_zone="UTC", state="active")
    for person_id in (OWNER, DELEGATE, LEAD, MEMBER, OUTSIDER, ADMIN, BOSS, WATCHER)
]
SITUATION = Situation(key_result=KEY_RESULT, cycle=CYCLE, team=TEAM, organisation=ORGANISATION, rev=1)


def viewer(person_id: str, organisation_id: str = ORG) -> Viewer:
    """That person, in their role."""
    return Viewer(person_id, organisation_id, frozenset({ROLES.get(person_id, "member")}), "token")


def words(value: float, confidence: int = 7, **more: Any) -> Words:
    """What somebody says."""
    return Words(value=value, confidence=confidence, **more)


def check_in(seq: int = 1, **changes: Any) -> CheckIn:
    """An entry of the series."""
    plain = CheckIn(
        id=f"check-in-{seq}",
        organisation_id=ORG,
        key_result_id=KEY_RESULT.id,
        objective_id=KEY_RESULT.objective_id,
        seq=seq,
        value=80.0,
        confidence=7,
        note="",
        challenge="",
        adjustment="",
        author_id=OWNER,
        as_of=at(20),
        recorded_at=at(20),
        state=replace(EMPTY, seq=seq, count=seq),
        seen=Seen(raw_progress=0.2, progress=0.2, expected=0.2, status="on_track"),
    )
    return replace(plain, **changes)
