"""When check-ins fall due, whatever the calendar and the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checkins.domain.copies import Rhythm
from services.checkins.domain.rhythm import (
    EARLY_DAYS,
    due_day_from,
    due_day_of_period,
    first_due_day,
    instant_of,
    midnight_after,
    next_due_day,
)

MONDAY = date(2031, 10, 6)
WEEKLY, BIWEEKLY, MONTHLY = (Rhythm(every, 1) for every in ("weekly", "biweekly", "monthly"))
BERLIN = ZoneInfo("Europe/Berlin")

rhythms = st.builds(Rhythm, st.sampled_from(["weekly", "biweekly", "monthly"]), st.integers(0, 6))
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
zones = st.sampled_from(["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]).map(
    ZoneInfo
)


@pytest.mark.parametrize(
    ("rhythm", "day", "due"),
    [
        (WEEKLY, MONDAY, date(2031, 10, 7)),
        (WEEKLY, date(2031, 10, 7), date(2031, 10, 7)),
        (WEEKLY, date(2031, 10, 8), date(2031, 10, 14)),
        (BIWEEKLY, MONDAY, date(2031, 10, 7)),
        (BIWEEKLY, date(2031, 10, 8), date(2031, 10, 21)),
        (MONTHLY, MONDAY, date(2031, 10, 7)),
        (MONTHLY, date(2031, 10, 8), date(2031, 11, 4)),
        (MONTHLY, date(2031, 12, 31), date(2032, 1, 6)),
    ],
)
def test_the_first_rhythm_day_on_or_after_a_day(rhythm: Rhythm, day: date, due: date) -> None:
    assert due_day_from(rhythm, day) == due


@given(rhythms, days)
def test_a_rhythm_day_is_its_weekday_and_the_first_there_is(rhythm: Rhythm, day: date) -> None:
    due = due_day_from(rhythm, day)
    assert due >= day
    assert due.weekday() == rhythm.weekday
    assert due - day < timedelta(days={"weekly": 7, "biweekly": 14, "monthly": 36}[rhythm.every])
    assert due_day_from(rhythm, due) == due


@given(rhythms, days)
def test_all_of_a_team_share_their_days(rhythm: Rhythm, day: date) -> None:
    """Whoever starts counting later, the rhythm days are the same."""
    due = due_day_from(rhythm, day)
    assert all(
        due_day_from(rhythm, day + timedelta(days=later)) == due for later in range((due - day).days + 1)
    )


@given(rhythms, days)
def test_a_check_in_on_its_day_covers_it_and_owes_the_next(rhythm: Rhythm, day: date) -> None:
    due = due_day_from(rhythm, day)
    assert next_due_day(rhythm, due) > due
    assert next_due_day(rhythm, due - timedelta(days=EARLY_DAYS)) > due
    assert next_due_day(rhythm, due - timedelta(days=EARLY_DAYS + 1)) == due


@given(rhythms, days)
def test_the_period_of_a_day_has_one_rhythm_day(rhythm: Rhythm, day: date) -> None:
    due = due_day_of_period(rhythm, day)
    assert due == due_day_from(rhythm, due)
    assert due_day_of_period(rhythm, due) == due


@pytest.mark.parametrize(
    ("created_on", "starts_on", "due"),
    [
        (None, MONDAY, date(2031, 10, 7)),
        (date(2031, 9, 1), MONDAY, date(2031, 10, 7)),
        (MONDAY, date(2031, 9, 1), date(2031, 10, 7)),
        (date(2031, 10, 7), date(2031, 9, 1), date(2031, 10, 14)),
    ],
)
def test_a_new_key_result_first_owes_after_its_making_or_its_cycle(
    created_on: date | None, starts_on: date, due: date
) -> None:
    assert first_due_day(WEEKLY, created_on, starts_on) == due


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        (date(2031, 3, 28), "09:00", datetime(2031, 3, 28, 8, tzinfo=UTC)),
        (date(2031, 3, 31), "09:00", datetime(2031, 3, 31, 7, tzinfo=UTC)),
        (
            date(2031, 3, 30),
            "02:30",
            datetime(2031, 3, 30, 1, 30, tzinfo=UTC),
        ),  # does not exist: shown as 03:30
        (date(2031, 10, 26), "02:30", datetime(2031, 10, 26, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2031, 10, 27), "09:00", datetime(2031, 10, 27, 8, tzinfo=UTC)),
    ],
)
def test_nine_in_the_morning_is_nine_on_either_side_of_a_clock_change(
    day: date, at: str, instant: datetime
) -> None:
    assert instant_of(day, at, BERLIN) == instant


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), zones)  # noqa: DTZ001
def test_the_next_midnight_begins_the_next_local_day(now: datetime, zone: ZoneInfo) -> None:
    midnight = midnight_after(now, zone)
    assert now < midnight <= now + timedelta(hours=26)
    before = (midnight - timedelta(milliseconds=1)).astimezone(zone).date()
    assert midnight.astimezone(zone).date() > before >= now.astimezone(zone).date()
