"""What Today shows, and checking in right there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from services.gateway.domain import okr
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.fernhollow import TODAY
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]


def text(browser: Browser, path: str = "/") -> str:
    return browser.open(path).get_data(as_text=True)


def test_the_first_owed_check_in_is_open_and_the_others_wait(as_person: As) -> None:
    page = text(as_person("jun"))
    assert "Three check-ins, about a minute" in page
    assert page.count('class="ci open"') == 1
    assert page.index('id="owed-k-restore"') < page.index("data-check-in")


def test_a_check_in_of_choice_is_opened_by_its_address(as_person: As) -> None:
    page = text(as_person("jun"), "/?open=k-runbook")
    assert 'action="/key-results/k-runbook/check-in?back=today"' in page


def test_whoever_owes_nothing_reads_when_the_next_check_in_is(as_person: As, company: Store) -> None:
    company.owed["jun"] = ()
    company.next_check_in_on = TODAY + timedelta(days=1)
    page = text(as_person("jun"))
    assert "Nothing due today" in page
    assert "Your next check-in is tomorrow." in page


def test_why_something_needs_a_look_is_one_sentence_from_its_numbers(as_person: As) -> None:
    page = text(as_person("jun"))
    assert "26\u00a0points behind plan. Confidence is 3 of 10." in page


def test_three_numbers_head_the_page(as_person: As) -> None:
    page = text(as_person("jun"))
    for words in ("Cycle elapsed", "Company progress", "Check-ins this week"):
        assert words in page
    assert "<b>14 of 18</b> check-ins done in Platform Operations." in page


def test_a_page_asks_a_small_constant_number_of_questions(as_person: As, company: Store) -> None:
    many = {
        f"k-{place}": okr.KeyResult(
            id=f"k-{place}",
            objective_id="o-trust",
            title=f"Number {place}",
            kind="metric",
            start=0,
            target=9,
            owner_id="odo",
            team_id="ops",
            status="behind",
            progress=0.1,
            expected=0.5,
        )
        for place in range(60)
    }
    company.key_results.update(many)
    text(as_person("jun"))
    assert len(company.asked) <= 4


def test_an_empty_organisation_is_told_where_to_begin(as_person: As, company: Store) -> None:
    company.objectives.clear()
    company.key_results.clear()
    company.owed.clear()
    page = text(as_person("jun"))
    assert "No objectives in Q4 yet" in page


def test_checking_in_here_leads_back_here_with_a_way_to_undo(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    answer = jun.send(
        "/key-results/k-restore/check-in?back=today",
        {"value": "74", "confidence": "5", "note": "Second rehearsal.", "idempotency_key": "one"},
    )
    page = answer.get_data(as_text=True)
    assert path_of(answer) == "/"
    assert "Checked in:" in page
    assert ", 74\u00a0min" in page
    assert 'action="/check-ins/new-3/undo?then=/"' in page
    assert "1 of 3 done" in page
    assert company.check_ins["k-restore"][-1].note == "Second rehearsal."


def test_ones_own_are_found_and_counted_among_hundreds_of_others(as_person: As, company: Store) -> None:
    behind = replace(company.key_results["k-runbook"], delegate_id=None)
    others = {
        f"a-{place}": replace(behind, id=f"a-{place}", owner_id="odo", team_id=None) for place in range(150)
    }
    teams = {f"t-{place}": replace(behind, id=f"t-{place}", owner_id="odo") for place in range(120)}
    company.key_results = {**others, **teams, **company.key_results}
    page = text(as_person("jun"))
    assert "Median time to restore service" in page[page.index('id="looks"') :]
    assert re.search(r"Needs attention.{0,80}\b122\b", page, re.DOTALL)
