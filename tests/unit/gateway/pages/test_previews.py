"""What a check-in would store is said by the server while one types, in the words of the formulas."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from libs.contracts.permissions import Action, Relation, Role, allowed
from tests.unit.gateway.pages.conftest import Browser
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
PREVIEW = "/key-results/k-restore/check-in/preview"


def words(browser: Browser, typed: dict[str, str], path: str = PREVIEW) -> list[str]:
    """What is shown, a line for each reading."""
    page = browser.send(path, typed).get_data(as_text=True)
    lines = re.findall(r"<div class=\"effect\" data-preview.*?</div>", page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


def test_a_preview_says_what_will_be_stored(as_person: As, company: Store) -> None:
    before = [entry.value for entry in company.check_ins["k-restore"]]
    (said,) = words(as_person("jun"), {"value": "29,5"})
    assert "29.5 min → 101%" in said
    assert "was 26%" in said
    assert "Achieved" in said
    assert [entry.value for entry in company.check_ins["k-restore"]] == before


def test_a_text_with_two_readings_previews_both(as_person: As) -> None:
    said = words(as_person("jun"), {"value": "13.000"})
    assert [line.split()[0] for line in said] == ["13", "13,000"]


def test_a_preview_is_written_in_the_viewers_locale(as_person: As, company: Store) -> None:
    company.people["jun"] = replace(company.people["jun"], locale="de")
    (said,) = words(as_person("jun"), {"value": "62,5"})
    assert "62,5 min → 50 %" in said


@pytest.mark.parametrize("text", ["", "a lot", "2e15", "$ 12"])
def test_what_cannot_be_stored_previews_nothing(as_person: As, text: str) -> None:
    assert words(as_person("jun"), {"value": text}) == []


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"value": "62"}, "On track"),
        ({"value": "62", "confidence": "2"}, "Stays at risk"),
        ({"value": "95", "confidence": "8"}, "Stays at risk"),
    ],
)
def test_the_status_follows_value_and_confidence(as_person: As, typed: dict[str, str], status: str) -> None:
    (said,) = words(as_person("jun"), typed)
    assert status in said


def test_a_late_check_in_leaves_the_standing(as_person: As) -> None:
    (said,) = words(as_person("jun"), {"value": "30", "as_of": "2001-01-01"})
    assert "30 min → 26%" in said
    assert "Stays at risk" in said


def test_a_boolean_previews_done(as_person: As) -> None:
    (said,) = words(as_person("jun"), {"value": "1"}, "/key-results/k-drill/check-in/preview")
    assert "Done → 100%" in said


def test_the_check_in_screen_shows_its_preview_without_a_script(as_person: As) -> None:
    page = as_person("jun").open("/check-in").get_data(as_text=True)
    assert "78\u00a0min <span" in page
    assert f'hx-post="{PREVIEW}"' in page


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("standing", "relation"),
    [
        ("owner", Relation(own=True)),
        ("delegate", Relation(own=True)),
        ("lead", Relation(team=True)),
        ("nobody", Relation()),
    ],
)
def test_whoever_may_check_in_may_preview_and_nobody_else(
    as_person: As, company: Store, role: Role, standing: str, relation: Relation
) -> None:
    known = company.key_results["k-restore"]
    assert known.team_id is not None
    company.people["odo"] = replace(company.people["odo"], role=role.value)
    company.key_results["k-restore"] = replace(
        known,
        owner_id="odo" if standing == "owner" else "someone",
        delegate_id="odo" if standing == "delegate" else None,
    )
    team = company.teams[known.team_id]
    company.teams[known.team_id] = replace(team, lead_id="odo" if standing == "lead" else None)
    answer = as_person("odo").send(PREVIEW, {"value": "62"})
    granted = allowed(frozenset({role.value}), Action.CHECK_IN_RECORD, relation)
    assert answer.status_code == (200 if granted else 403)
    assert ("data-preview" in answer.get_data(as_text=True)) is granted
