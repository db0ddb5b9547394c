"""Numbers are read back exactly as they were written, in every locale, and never guessed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from libs.language.number_format import (
    format_amount,
    format_editable,
    format_exact,
    format_number,
    format_percent,
    format_share,
)
from libs.language.number_parse import Ambiguous, NotANumber, Number, parse_number

LOCALES = tuple(localedata.locale_identifiers())
HARD = (
    0.0,
    -0.0,
    12.125,
    1e-11,
    0.123456789012,
    0.1 + 0.2,
    1.5,
    1500.0,
    -13000.0,
    1234.5,
    999_999_999_999_999.9,
    1e15,
    -1e15,
    5e-324,
)
NUMBERS = st.floats(min_value=-1e15, max_value=1e15)


def value_of(text: str, locale: str, unit: str = "") -> float:
    found = parse_number(text, locale, unit)
    assert isinstance(found, Number), (text, locale, found)
    return float(found.value)


@pytest.mark.parametrize("write", [format_exact, format_editable])
def test_hard_numbers_come_back_in_every_locale(write: Callable[[float, str], str]) -> None:
    for locale in LOCALES:
        for number in HARD:
            written = write(number, locale)
            assert value_of(written, locale) == number, (locale, number, written)


@given(NUMBERS, st.sampled_from(LOCALES))
def test_any_number_comes_back_in_any_locale(number: float, locale: str) -> None:
    assert value_of(format_exact(number, locale), locale) == number
    assert value_of(format_editable(number, locale), locale) == number
    assert value_of(format_amount(0.5, "req/s", locale), locale, "req/s") == 0.5


@given(NUMBERS, st.sampled_from(LOCALES), st.text("0123456789 .,'’_-\u00a0\u202f%€", max_size=12))
def test_a_text_is_one_number_two_numbers_or_none(number: float, locale: str, more: str) -> None:
    """Whatever is typed, a second reading is offered and not chosen."""
    found = parse_number(f"{format_exact(number, locale)}{more}", locale, "€")
    if isinstance(found, Ambiguous):
        first, second = found.readings
        assert first != second
        for reading in found.readings:
            assert value_of(format_editable(reading, locale), locale) == float(reading)


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("12,125", "da", 12.125),
        ("0,00000000001", "da", 1e-11),
        ("1.234,5", "en", 1234.5),
        ("29,5", "en", 29.5),
        ("1,234.5", "de", 1234.5),
        ("13.000", "de", 13000),
        ("13.5", "de", 13.5),
        ("1_000", "en", 1000),
        ("1’234", "en", 1234),
        ("1'234.50", "de-CH", 1234.5),
        ("1\u00a0234,5", "fr", 1234.5),
        ("1\u202f234,5", "fr", 1234.5),
        ("1\u2009234.5", "en", 1234.5),
        ("12,34,567.5", "en-IN", 1234567.5),
        ("1.234.567", "es", 1234567),
        ("\u22125", "en", -5),
        ("\u200e-5", "he", -5),
        ("١٬٢٣٤٫٥", "ar-EG", 1234.5),
        ("۱۲٫۵", "fa", 12.5),
        ("১২৩", "bn", 123),
        ("၁၂.၅", "my", 12.5),
        ("1.5e-3", "en", 0.0015),
        (".5", "en", 0.5),
        ("5.", "en", 5),
        ("0,123", "en", 0.123),
        ("1.234", "en", 1.234),
        ("1.234", "de", 1234),
    ],
)
def test_what_can_be_read_in_one_way_is_taken(text: str, locale: str, value: float) -> None:
    assert value_of(text, locale) == value


@pytest.mark.parametrize(
    ("text", "locale", "readings"),
    [
        ("13.000", "en", (13, 13000)),
        ("12,000", "de", (12, 12000)),
        ("1.500", "en", (Decimal("1.5"), 1500)),
        ("13.000", "fr", (13, 13000)),
        ("1.100", "de-CH", (Decimal("1.1"), 1100)),
        ("-13.000", "en", (-13, -13000)),
        ("12 %", "en", (12, Decimal("0.12"))),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_guessed(
    text: str, locale: str, readings: tuple[Decimal, Decimal]
) -> None:
    assert parse_number(text, locale) == Ambiguous(readings)


@pytest.mark.parametrize(
    "text", ["", "-", "–", "nan", "inf", "1 2", "1..5", "1.2.3", "1,2,3", "--5", "1__000", "12 min", "1e9999"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert parse_number(text, "en") == NotANumber()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1,200", "€"),
        ("€ 1,200", "€"),
        ("€1,200", "€"),
        ("1,200 €", "€"),
        ("EUR 1,200", "€"),
        ("€ 1,200", "EUR"),
        ("1,200\u00a0req/s", "req/s"),
        ("1,200 Req/s", "req/s"),
        ("1,200 %", "%"),
        ("%1,200", "%"),
        ("1,200 m3", "m3"),
        ("1,200 points", "points"),
        ("1,200 Maß", "Maß"),
        ("1,200 MASS", "Mass"),
        ("1,200 re\u0301unions", "r\u00e9unions"),
    ],
)
def test_its_own_unit_may_stand_around_a_number(text: str, unit: str) -> None:
    assert value_of(text, "en", unit) == 1200
    assert value_of(f"-{text}", "en", unit) == -1200


def test_another_unit_is_not_taken_for_its_own() -> None:
    assert parse_number("$ 12", "en", "€") == NotANumber()
    assert parse_number("12 %", "en", "min") == NotANumber()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.00005, "0.00005"),
        (0.00001, "0.00001"),
        (1e-11, "0.00000000001"),
        (0.123456789012, "0.123456789012"),
        (99.99999, "99.99999"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333"),
        (1 / 30000, "0.00003333"),
        (1234567.5, "1,234,567.5"),
        (78, "78"),
    ],
)
def test_a_small_number_keeps_its_digits_and_noise_goes(value: float, words: str) -> None:
    assert format_number(value, "en") == words


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "50%"),
        ("de", "50\u00a0%"),
        ("tr", "%50"),
        ("eu", "%\u00a050"),
        ("ar", "50\u200e%\u200e"),
        ("zh-Hant-TW", "50%"),
    ],
)
def test_percent_follows_the_locales_pattern(locale: str, words: str) -> None:
    assert format_percent(0.5, locale) == words
    assert format_amount(50, "%", locale) == words


def test_a_share_can_be_told_with_all_its_digits() -> None:
    assert format_share(0.125, "de") == "12,5\u00a0%"
    assert format_share(0.1, "en") == "10%"


@pytest.mark.parametrize("unit", ["req/s", "Mbps", "reviews", "policies", "ms", "GiB/s", "boxes"])
def test_a_unit_is_shown_exactly_as_typed(unit: str) -> None:
    assert [format_amount(value, unit) for value in (1, 2)] == [f"1\u00a0{unit}", f"2\u00a0{unit}"]
