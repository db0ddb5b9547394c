"""Numbers, dates and names as a person reads them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.web import formatting

TODAY = date(2031, 11, 18)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.26, "26%"),
        (0, "0%"),
        (1, "100%"),
        (1.184, "118%"),
        (0.005, "1%"),
        (0.125, "13%"),
        (None, "–"),
    ],
)
def test_a_share_reads_as_whole_percent(share: float | None, words: str) -> None:
    assert formatting.percent(share) == words


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_what_is_not_reached_never_reads_as_one_hundred_percent(share: float | None) -> None:
    assert formatting.percent(share) != "100%"


def test_a_gap_reads_in_points_and_a_single_one_is_singular() -> None:
    assert formatting.points(0.27) == "27\u00a0points"
    assert formatting.points(-0.01) == "1\u00a0point"


@pytest.mark.parametrize(
    ("value", "unit", "locale", "words"),
    [
        (78.0, "min", "en_GB", "78\u00a0min"),
        (99.94, "%", "en_GB", "99.94%"),
        (1234.5, None, "de_DE", "1.234,5"),
        (0.30000000000000004, None, "en_GB", "0.3"),
        (None, "min", "en_GB", "–"),
    ],
)
def test_a_value_keeps_its_unit_and_shows_no_noise(
    value: float | None, unit: str | None, locale: str, words: str
) -> None:
    assert formatting.number(value, unit, locale) == words


def test_a_boolean_key_result_reads_in_words() -> None:
    assert [formatting.reading(value, "boolean") for value in (0, 1, None)] == ["Not yet", "Done", "–"]


def test_a_value_for_a_field_has_neither_grouping_nor_unit() -> None:
    assert formatting.editable_number(12345.5, "de_DE") == "12345,5"
    assert formatting.editable_number(None) == ""


def test_a_date_shows_its_year_only_when_it_is_another() -> None:
    assert formatting.day(TODAY, "en_GB", today=TODAY) == "18 November"
    assert formatting.day(date(2032, 1, 4), "en_GB", today=TODAY) == "4 January 2032"
    assert formatting.short_day(TODAY, "en_GB", today=TODAY) == "18 Nov"


def test_an_instant_falls_on_the_day_it_is_where_the_person_is() -> None:
    late = datetime(2031, 11, 18, 23, 30, tzinfo=UTC)
    assert formatting.day(late, "en_GB", "Asia/Tokyo") == "19 November"
    assert formatting.moment("2031-11-18T23:30:00Z", "en_GB", "America/New_York") == "18 Nov 18:30"


def test_dates_come_in_the_persons_own_language() -> None:
    assert formatting.weekday(TODAY, "en_GB") == "Tuesday 18 November"
    assert formatting.weekday(TODAY, "de_DE") == "Dienstag, 18. November"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (3, "in 3 days"),
        (-5, "5 days ago"),
        (13, "on 1 December"),
    ],
)
def test_a_near_day_is_told_from_today(days: int, words: str) -> None:
    assert formatting.relative_day(TODAY + timedelta(days=days), TODAY) == words


def test_a_locale_or_zone_that_means_nothing_falls_back_instead_of_failing() -> None:
    assert formatting.day(TODAY, "xx_NOWHERE") == "18 November"
    assert formatting.moment("2031-11-18T10:42:00Z", "en_GB", "Mars/Olympus") == "18 Nov 10:42"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jun Alder", "JA"),
        ("Teofilus Rowan-Featherstonehaugh the Younger", "TY"),
        ("Odo", "O"),
        ("  ", "?"),
        ("", "?"),
    ],
)
def test_initials_are_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert formatting.initials(name) == letters


@given(st.text())
def test_a_person_keeps_one_of_six_colours(key: str) -> None:
    assert formatting.avatar_colour(key) == formatting.avatar_colour(key)
    assert 1 <= formatting.avatar_colour(key) <= formatting.AVATAR_COLOURS


def test_how_long_ago_begins_with_a_moment() -> None:
    now = datetime(2031, 11, 18, 10, 0, tzinfo=UTC)
    assert formatting.ago(now - timedelta(seconds=20), now) == "a moment ago"
    assert formatting.ago(now - timedelta(hours=2), now) == "2 hours ago"


def test_counts_agree_with_their_noun_and_begin_a_sentence_in_words() -> None:
    assert formatting.count(1, "check-in") == "1\u00a0check-in"
    assert formatting.count(3, "person", "people") == "3\u00a0people"
    assert (formatting.spelled(3), formatting.spelled(40)) == ("Three", "40")
