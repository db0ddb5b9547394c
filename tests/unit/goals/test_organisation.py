"""The organisation's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.goals.domain.organisation import local_day

LATE = datetime(2031, 11, 11, 23, 30, tzinfo=UTC)


def test_a_day_is_the_one_where_the_organisation_lives() -> None:
    assert local_day("Asia/Tokyo", LATE) == date(2031, 11, 12)


@pytest.mark.parametrize("time_zone", ["UTC", "Europe/Fernhollow", "", "../etc", "America"])
def test_a_zone_that_nobody_knows_is_utc(time_zone: str) -> None:
    assert local_day(time_zone, LATE) == date(2031, 11, 11)
