"""Numbers in forms: taken where they can be read in one way, asked about where they could be two."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from tests.unit.gateway.pages.conftest import Browser
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
CHECK_IN = "/key-results/k-restore/check-in"
SAID = {"value": "74", "confidence": "5", "note": "Second rehearsal.", "idempotency_key": "one"}
BUTTON = re.compile(r'<button class="btn sm" name="reading" value="([^"]*)">([^<]*)</button>')
KEY_RESULT = {
    "title": "Requests served",
    "kind": "metric",
    "unit": "€",
    "start": "0",
    "target": "€ 1,200",
    "weight": "1",
    "owner_id": "jun",
    "idempotency_key": "two",
}


def speaks(company: Store, locale: str) -> None:
    company.people["jun"] = replace(company.people["jun"], locale=locale)


@pytest.mark.parametrize(
    ("locale", "text", "stored"),
    [
        ("en", "1.234,5", 1234.5),
        ("en", "29,5", 29.5),
        ("en", "1_000", 1000),
        ("en", "74 min", 74),
        ("de", "1,234.5", 1234.5),
        ("de", "13.000", 13000),
        ("de-CH", "1’234.5", 1234.5),
        ("fr-FR", "1\u202f234,5", 1234.5),
        ("ar-EG", "٧٤", 74),
    ],
)
def test_a_number_with_one_reading_is_stored(
    as_person: As, company: Store, locale: str, text: str, stored: float
) -> None:
    speaks(company, locale)
    as_person("jun").send(CHECK_IN, {**SAID, "value": text})
    assert company.check_ins["k-restore"][-1].value == stored


@pytest.mark.parametrize(
    ("locale", "text", "readings"),
    [
        ("en", "13.000", ["13", "13,000"]),
        ("de", "12,000", ["12", "12.000"]),
        ("fr", "1.500", ["1,5", "1\u202f500"]),
    ],
)
@pytest.mark.parametrize("back", ["today", "check-in"])
def test_a_number_with_two_readings_is_refused_with_both(
    as_person: As, company: Store, locale: str, text: str, readings: list[str], back: str
) -> None:
    speaks(company, locale)
    answer = as_person("jun").send(f"{CHECK_IN}?back={back}", {**SAID, "value": text})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert [shown for _, shown in BUTTON.findall(page)] == readings
    assert f'value="{text}"' in page
    assert "Second rehearsal." in page
    assert len(company.check_ins["k-restore"]) == 3


@pytest.mark.parametrize(("place", "stored"), [(0, 13), (1, 13000)])
def test_choosing_a_reading_stores_it_with_all_else(
    as_person: As, company: Store, place: int, stored: float
) -> None:
    jun, typed = as_person("jun"), {**SAID, "value": "13.000"}
    page = jun.send(CHECK_IN, typed).get_data(as_text=True)
    jun.send(CHECK_IN, {**typed, "reading": unescape(BUTTON.findall(page)[place][0])})
    entry = company.check_ins["k-restore"][-1]
    assert (entry.value, entry.note) == (stored, "Second rehearsal.")


def test_a_reading_never_replaces_what_was_typed_since(as_person: As, company: Store) -> None:
    as_person("jun").send(CHECK_IN, {**SAID, "value": "14", "reading": "value|13000|13.000"})
    assert company.check_ins["k-restore"][-1].value == 14


def test_each_number_of_a_form_can_be_asked_about(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    typed = {**KEY_RESULT, "start": "1.500", "target": "13.000"}
    path = "/objectives/o-recover/key-results/new"
    page = jun.send(path, typed).get_data(as_text=True)
    assert [shown for _, shown in BUTTON.findall(page)] == ["1.5", "1,500", "13", "13,000"]
    page = jun.send(path, {**typed, "reading": "start|1.5|1.500"}).get_data(as_text=True)
    assert [shown for _, shown in BUTTON.findall(page)] == ["13", "13,000"]
    jun.send(path, {**typed, "start": "1.5", "reading": "target|13000|13.000"})
    made = next(found for found in company.key_results.values() if found.title == "Requests served")
    assert (made.start, made.target) == (1.5, 13000)


def test_the_typed_unit_may_stand_beside_start_and_target(as_person: As, company: Store) -> None:
    as_person("jun").send("/objectives/o-recover/key-results/new", KEY_RESULT)
    made = next(found for found in company.key_results.values() if found.title == "Requests served")
    assert (made.target, made.unit) == (1200, "€")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2e15", "Write a number up to 1,000,000,000,000,000."),
        ("1e-400", "This is too close to 0 to be stored."),
        ("$ 12", "It is counted in min."),
    ],
)
def test_a_number_that_cannot_be_stored_says_why(as_person: As, text: str, sentence: str) -> None:
    assert sentence in as_person("jun").send(CHECK_IN, {**SAID, "value": text}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("locale", "value", "shown"),
    [
        ("da", 12.125, "12,125"),
        ("da", 1e-11, "0,00000000001"),
        ("da", 0.123456789012, "0,123456789012"),
        ("en", 0.123456789012, "0.123456789012"),
    ],
)
def test_an_edit_form_shows_and_saves_every_digit(
    as_person: As, company: Store, locale: str, value: float, shown: str
) -> None:
    speaks(company, locale)
    stored = replace(company.key_results["k-restore"], start=value, target=value * 3)
    company.key_results["k-restore"] = stored
    jun = as_person("jun")
    page = jun.open("/key-results/k-restore/edit").get_data(as_text=True)
    fields = dict(re.findall(r'<input[^>]* name="([a-z_]+)"[^>]* value="([^"]*)"', page))
    assert fields["start"] == shown
    jun.send("/key-results/k-restore/edit", {**fields, "owner_id": "jun", "title": "Only a new title"})
    saved = company.key_results["k-restore"]
    assert (saved.title, saved.start, saved.target) == ("Only a new title", stored.start, stored.target)


def test_a_minus_can_be_typed_where_numbers_may_be_negative(as_person: As, company: Store) -> None:
    """The decimal keyboard of an iPhone has no minus."""
    jun = as_person("jun")
    field = re.compile(r'<input id="f-k-restore-value" name="value" inputmode="(\w+)"')
    assert field.findall(jun.open("/check-in").get_data(as_text=True)) == ["decimal"]
    restore = company.key_results["k-restore"]
    for below in (replace(restore, start=-5.0), replace(restore, target=-5.0)):
        company.key_results["k-restore"] = below
        company.owed["jun"] = (replace(company.owed["jun"][0], key_result=below),)
        for path in ("/", "/check-in", "/key-results/k-restore"):
            assert field.findall(jun.open(path).get_data(as_text=True)) == ["text"]
    edit = jun.open("/key-results/k-restore/edit").get_data(as_text=True)
    for name in ("start", "target"):
        assert f'name="{name}" inputmode="text"' in edit
    revise = jun.open("/key-results/k-restore/check-ins/ci-2").get_data(as_text=True)
    assert 'name="value" inputmode="text"' in revise


def test_thresholds_take_the_units_beside_their_fields(as_person: As, company: Store) -> None:
    typed = {
        "on_track_gap": "12.5 points",
        "behind_gap": "25 %",
        "too_early_share": "15%",
        "low_confidence": "3",
        "stale_after_days": "4 days",
        "rev": str(company.organisation.rev),
    }
    as_person("ines").send("/admin/thresholds", typed)
    limits = company.organisation.thresholds
    assert (limits.on_track_gap, limits.behind_gap, limits.stale_after_days) == (0.125, 0.25, 4)
