"""Letters of a fictional company, one of every kind, for tests and for looking at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from services.notifier.domain.copies import Standing
from services.notifier.domain.facts import (
    InvitationFacts,
    Note,
    OwedFacts,
    ProgressFacts,
    ReminderFacts,
    ResetFacts,
)
from services.notifier.domain.kinds import MailKind
from services.notifier.domain.ledger import Addressee
from services.notifier.domain.letters import Letter, Links
from services.notifier.domain.ties import Tie

AT = datetime(2031, 11, 11, 15, 20, tzinfo=UTC)
ODO = Addressee(name="Odo Rill", email="odo@fernhollow.example", locale="en-GB", time_zone="Europe/London")
LINKS = Links(
    public_url="https://cairn.fernhollow.example",
    stop="https://cairn.fernhollow.example/unsubscribe?token=WyJvcmciXQ.c2lnbmF0dXJl",
)

RESTORE = ProgressFacts(
    subject_kind="key_result",
    subject_id="restore-time",
    objective_id="trust",
    title="Median time to restore service",
    team_id="platform",
    ends_on=date(2031, 12, 31),
    status="at_risk",
    previous_status="behind",
    progress=0.26,
    expected=0.53,
    seq=7,
    at=AT,
    unit="min",
    start=95.0,
    target=30.0,
    current=78.0,
    confidence=3,
    confidence_decides=True,
    note=Note(
        text="The other five incidents did not use the runbook. I need a second on-call lead for December.",
        author_id="jun",
        noted_at=AT,
    ),
)
CERTIFIED = ProgressFacts(
    subject_kind="key_result",
    subject_id="certified",
    objective_id="independence",
    title="Customers certified to run the platform themselves",
    team_id="success",
    ends_on=date(2031, 12, 31),
    status="achieved",
    previous_status="on_track",
    progress=1.0,
    expected=0.46,
    seq=9,
    at=AT,
    unit="customers",
    start=0.0,
    target=12.0,
    current=12.0,
    confidence=10,
    note=Note(
        text="The trick was to let the first four teach the next eight.", author_id="saoirse", noted_at=AT
    ),
)
FAILURES = ProgressFacts(
    subject_kind="key_result",
    subject_id="failure-rate",
    objective_id="delivery",
    title="Change failure rate",
    team_id="success",
    ends_on=date(2031, 12, 31),
    status="on_track",
    previous_status="at_risk",
    progress=0.5833,
    expected=0.53,
    seq=4,
    at=AT,
    unit="%",
    start=16.0,
    target=10.0,
    current=12.5,
    confidence=7,
)
OWED = ReminderFacts(
    day=date(2031, 11, 18),
    team_id="platform",
    said_at=datetime(2031, 11, 18, 9, tzinfo=UTC),
    owed=(
        OwedFacts(
            key_result_id="restore-time",
            title="Median time to restore service",
            unit="min",
            start=95.0,
            target=30.0,
            due_on=date(2031, 11, 18),
            status="at_risk",
            progress=0.26,
            current=78.0,
        ),
        OwedFacts(
            key_result_id="runbooks",
            title="Services with a rehearsed runbook",
            unit="",
            start=0.0,
            target=20.0,
            due_on=date(2031, 11, 18),
            status="behind",
            progress=0.35,
            current=7.0,
        ),
        OwedFacts(
            key_result_id="reviews",
            title="Incident reviews led",
            unit="",
            start=0.0,
            target=6.0,
            due_on=date(2031, 11, 18),
            status="on_track",
            progress=0.5,
            current=3.0,
        ),
        OwedFacts(
            key_result_id="mttr-new",
            title="Spend on idle machines",
            unit="€",
            start=12500.5,
            target=4000.0,
            due_on=date(2031, 11, 18),
            status="awaiting_first_check_in",
            progress=None,
            current=None,
        ),
    ),
)


def standing(subject_id: str, expected: float, **rest: object) -> Standing:
    """A standing with what mails read of it."""
    plain = Standing(
        id=subject_id, organisation_id="fernhollow", seq=1, at=AT, status="on_track", expected=expected
    )
    return replace(plain, **rest)  # type: ignore[arg-type]


AT_RISK = Letter(
    kind=MailKind.AT_RISK,
    person_id="odo",
    to=ODO,
    tie=Tie.OBJECTIVE_OWNER,
    facts=(RESTORE,),
    links=LINKS,
    organisation_name="Fernhollow Systems",
    team_name="Platform Operations",
    objective_title="Customers trust us with the systems they cannot afford to lose",
    names={"jun": "Jun Alder"},
    standings={"restore-time": standing("restore-time", 0.53, confidence=3, confidence_before=6)},
)
BACK_ON_TRACK = replace(
    AT_RISK,
    kind=MailKind.BACK_ON_TRACK,
    tie=Tie.TEAM_LEAD,
    facts=(FAILURES,),
    team_name="Delivery Engineering",
)
CELEBRATION = replace(
    AT_RISK,
    kind=MailKind.CELEBRATION,
    tie=Tie.TEAM_MEMBER,
    facts=(CERTIFIED, FAILURES),
    team_name="Customer Success",
    names={"saoirse": "Saoirse Finch"},
)
CHECK_IN_DUE = replace(
    AT_RISK,
    kind=MailKind.CHECK_IN_DUE,
    tie=Tie.OWNER,
    facts=(OWED,),
    check_in_weekday=1,
    standings={
        "restore-time": standing("restore-time", 0.53),
        "runbooks": standing("runbooks", 0.52),
        "reviews": standing("reviews", 0.52),
    },
    owned=frozenset({"restore-time", "runbooks", "reviews", "mttr-new"}),
)
CHECK_IN_OVERDUE = replace(
    CHECK_IN_DUE,
    kind=MailKind.CHECK_IN_OVERDUE,
    facts=(replace(OWED, day=date(2031, 11, 21), owed=OWED.owed[:1]),),
    owned=frozenset(),
)
INVITATION = Letter(
    kind=MailKind.INVITATION,
    person_id="odo",
    to=ODO,
    tie=Tie.ACCOUNT,
    facts=(
        InvitationFacts(
            organisation_name="Fernhollow Systems",
            invited_by_name="Brisa Thorne",
            link="https://cairn.fernhollow.example/invitations/k3y-that-opens",
            expires_at=datetime(2031, 11, 18, 14, 30, tzinfo=UTC),
        ),
    ),
    links=Links(public_url="https://cairn.fernhollow.example"),
    organisation_name="Fernhollow Systems",
)
PASSWORD_RESET = replace(
    INVITATION,
    kind=MailKind.PASSWORD_RESET,
    facts=(
        ResetFacts(
            link="https://cairn.fernhollow.example/password/k3y-that-opens",
            expires_at=datetime(2031, 11, 18, 14, 30, tzinfo=UTC),
        ),
    ),
)
LETTERS = {
    letter.kind: letter
    for letter in (
        AT_RISK,
        BACK_ON_TRACK,
        CELEBRATION,
        CHECK_IN_DUE,
        CHECK_IN_OVERDUE,
        INVITATION,
        PASSWORD_RESET,
    )
}
