"""What people were reminded of is kept once."""

from __future__ import annotations

from datetime import date

from libs.contracts import checkins as say
from services.checkins.usecases.ports import Ports
from tests.unit.checkins.examples import ORG, OWNER


def test_one_reminder_a_person_day_and_kind(ports: Ports) -> None:
    def reminder(*names: str, day: int = 1) -> say.CheckInDue:
        owed = tuple(
            say.OwedCheckIn(
                key_result_id=name,
                title=name,
                unit="",
                start=0,
                target=1,
                due_on=date(2031, 12, day),
                status="on_track",
                progress=None,
                current=None,
            )
            for name in names
        )
        return say.CheckInDue(person_id=OWNER, day=date(2031, 12, day), team_id=None, owed=owed)

    assert ports.reminders.add([]) == []
    assert ports.reminders.add([(ORG, reminder("a", "b"))]) == [{"a", "b"}]
    assert ports.reminders.add(
        [(ORG, reminder("c", day=2)), (ORG, reminder("c")), ("another", reminder("c", "d"))]
    ) == [{"c"}, {"a", "b"}, {"c", "d"}]
    overdue = say.CheckInOverdue(
        **{name: getattr(reminder("d"), name) for name in ("person_id", "day", "team_id", "owed")}
    )
    assert ports.reminders.add([(ORG, overdue)]) == [{"d"}]
