"""A little company for the pages' tests, with dates relative to today."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from services.gateway.domain import okr
from tests.unit.gateway.pages.memory import Store

TODAY = datetime.now(UTC).date()
STARTS, ENDS = TODAY - timedelta(days=47), TODAY + timedelta(days=43)


def at(days_ago: int) -> datetime:
    """Noon of that day."""
    return datetime.combine(TODAY - timedelta(days=days_ago), time(12), UTC)


def company() -> Store:
    """Fernhollow Systems in the middle of a quarter; Jun owes three check-ins."""
    restore = okr.KeyResult(
        id="k-restore",
        objective_id="o-trust",
        title="Median time to restore service",
        kind="metric",
        unit="min",
        start=95,
        target=30,
        current=78,
        owner_id="jun",
        delegate_id="wanjiru",
        cycle_id="now",
        team_id="ops",
        progress=0.2615,
        raw_progress=0.2615,
        expected=0.52,
        status="at_risk",
        confidence=3,
        as_of=at(7),
        next_check_in_on=TODAY,
        due_on=ENDS,
        rev=3,
        description="From page to “service restored” in the incident log.",
        reasons=(
            okr.Reason(rule="progress", value=0.2615, limit=None),
            okr.Reason(rule="expected", value=0.52, limit=None),
            okr.Reason(rule="gap", value=0.2585, limit=0.25, decisive=True),
            okr.Reason(rule="confidence", value=3, limit=3, decisive=True),
        ),
    )
    runbook = okr.KeyResult(
        id="k-runbook",
        objective_id="o-recover",
        title="Services with a rehearsed runbook",
        kind="metric",
        start=0,
        target=20,
        current=7,
        owner_id="jun",
        team_id="ops",
        progress=0.35,
        raw_progress=0.35,
        expected=0.52,
        status="behind",
        confidence=5,
        as_of=at(7),
        next_check_in_on=TODAY,
        rev=1,
    )
    available = okr.KeyResult(
        id="k-available",
        objective_id="o-trust",
        title="Hosted systems available",
        kind="metric",
        unit="%",
        start=99.5,
        target=99.98,
        current=99.94,
        owner_id="odo",
        progress=0.92,
        raw_progress=0.92,
        expected=0.52,
        status="on_track",
        confidence=8,
        as_of=at(2),
        next_check_in_on=TODAY + timedelta(days=5),
        rev=1,
    )
    drill = okr.KeyResult(
        id="k-drill",
        objective_id="o-recover",
        title="First drill without a prompt",
        kind="boolean",
        start=0,
        target=1,
        owner_id="jun",
        team_id="ops",
        progress=0.0,
        expected=0.52,
        status="awaiting_first_check_in",
        next_check_in_on=TODAY,
        rev=1,
    )
    series = [
        okr.CheckIn(
            id=f"ci-{place}",
            key_result_id="k-restore",
            value=value,
            confidence=confidence,
            note=note,
            author_id="jun",
            as_of=at(days),
            recorded_at=at(days),
            seq=place,
        )
        for place, (days, value, confidence, note) in enumerate(
            [
                (28, 84.0, 7, "Pager rota split in two."),
                (21, 85.0, 5, "Storage outage."),
                (7, 78.0, 3, "First rehearsal."),
            ]
        )
    ]
    return Store(
        organisation=okr.Organisation(id="org", name="Fernhollow Systems", rev=1),
        cycles=[
            okr.Cycle(id="now", name="Q4", starts_on=STARTS, ends_on=ENDS, state="active", rev=1),
            okr.Cycle(
                id="before",
                name="Q3",
                starts_on=STARTS - timedelta(days=92),
                ends_on=STARTS - timedelta(days=1),
                state="closed",
                rev=2,
            ),
        ],
        people={
            "jun": okr.Person(
                id="jun", name="Jun Alder", email="jun@fernhollow.example", role="leader", rev=1
            ),
            "odo": okr.Person(id="odo", name="Odo Hartfeld", email="odo@fernhollow.example", rev=1),
            "ines": okr.Person(
                id="ines", name="Ines Larkspur", email="ines@fernhollow.example", role="admin", rev=1
            ),
            "wanjiru": okr.Person(
                id="wanjiru", name="Wanjiru Moss", email="w@fernhollow.example", state="invited", rev=1
            ),
        },
        teams={
            "ops": okr.Team(
                id="ops",
                name="Platform Operations",
                slug="ops",
                lead_id="jun",
                member_ids=("jun", "wanjiru"),
                rhythm=okr.Rhythm(weekday=1),
                rev=1,
            ),
            "call": okr.Team(
                id="call", name="On-call", parent_id="ops", lead_id="odo", member_ids=("odo",), rev=1
            ),
        },
        objectives={
            "o-trust": okr.Objective(
                id="o-trust",
                title="Customers trust us with the systems they cannot afford to lose",
                why="They renew in spring.",
                level="company",
                cycle_id="now",
                owner_id="ines",
                progress=0.58,
                expected=0.52,
                status="on_track",
                confidence=6,
                weakest=okr.Weakest(key_result_id="k-restore", progress=0.2615),
                rev=4,
                follower_ids=("odo",),
            ),
            "o-recover": okr.Objective(
                id="o-recover",
                title="Recover before customers notice",
                level="team",
                cycle_id="now",
                owner_id="jun",
                team_id="ops",
                parent=okr.Parent(kind="objective", id="o-trust"),
                progress=0.32,
                expected=0.52,
                status="behind",
                confidence=4,
                contribution="Rehearsed runbooks.",
                weakest=okr.Weakest(key_result_id="k-drill", progress=0.0),
                rev=2,
            ),
        },
        key_results={k.id: k for k in (restore, runbook, available, drill)},
        check_ins={"k-restore": series},
        owed={"jun": tuple(okr.Owed(key_result=k, due_on=TODAY) for k in (restore, runbook, drill))},
        preferences={"at_risk": "at_once"},
        mails=[
            okr.Mail(
                id="m-1",
                kind="at_risk",
                subject="At risk: Median time to restore service",
                recipient="Jun Alder",
                state="sent",
                created_at=at(1),
                sent_at=at(1),
                html="<p>Hello</p>",
                text="Hello",
            )
        ],
    )
