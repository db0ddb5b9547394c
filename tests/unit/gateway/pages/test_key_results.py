"""Key results: the chart, why this status, the history, and changing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store

As = Callable[[str], Browser]
TYPED = {
    "title": "Median time to restore service",
    "kind": "metric",
    "unit": "min",
    "start": "95",
    "target": "30",
    "weight": "1",
    "commitment": "committed",
    "owner_id": "jun",
    "delegate_id": "",
    "rev": "3",
}


def test_why_this_status_is_answered_with_its_numbers(as_person: As) -> None:
    page = as_person("jun").open("/key-results/k-restore").get_data(as_text=True)
    panel = page[page.index("Why at risk?") :]
    assert "Gap, limit 25" in panel
    assert "<b>26\u00a0points</b>" in panel
    assert "Confidence, limit above 3" in panel


def test_the_chart_says_in_a_sentence_what_it_shows(as_person: As) -> None:
    page = as_person("jun").open("/key-results/k-restore").get_data(as_text=True)
    assert "Last reading 78\u00a0min on" in page
    assert "target 30\u00a0min." in page


def test_the_history_is_newest_first_with_the_value_before(as_person: As) -> None:
    page = as_person("jun").open("/key-results/k-restore").get_data(as_text=True)
    assert page.index('id="check-in-ci-2"') < page.index('id="check-in-ci-1"')
    assert "85 before" in page


def test_the_form_is_there_for_those_who_may_check_in(as_person: As) -> None:
    path = "/key-results/k-restore"
    assert "data-check-in" in as_person("wanjiru").open(path).get_data(as_text=True)
    assert "data-check-in" not in as_person("odo").open(path).get_data(as_text=True)


def test_revising_replaces_the_value_and_shows_both(as_person: As) -> None:
    jun = as_person("jun")
    form = jun.open("/key-results/k-restore/check-ins/ci-2").get_data(as_text=True)
    assert 'value="78"' in form
    typed = {"value": "68", "confidence": "3", "note": "Mean, not median."}
    page = jun.send("/key-results/k-restore/check-ins/ci-2", typed).get_data(as_text=True)
    assert "<del>78</del>" in page
    assert "<ins>68" in page


def test_an_undone_check_in_stays_readable(as_person: As, company: Store) -> None:
    series = company.check_ins["k-restore"]
    series[-1] = replace(series[-1], withdrawn=True)
    page = as_person("jun").open("/key-results/k-restore").get_data(as_text=True)
    assert "withdrawn" in page
    assert "/check-ins/ci-2" not in page


def test_adding_one_to_an_objective(as_person: As, company: Store) -> None:
    typed = {**TYPED, "title": "Alerts that need no action", "start": "61", "target": "20", "unit": "%"}
    answer = as_person("jun").send(
        "/objectives/o-recover/key-results/new", {**typed, "idempotency_key": "one"}
    )
    assert path_of(answer) == "/objectives/o-recover"
    made = company.key_results["k-new"]
    assert (made.start, made.target, made.unit, made.owner_id) == (61, 20, "%", "jun")


def test_start_and_target_must_differ(as_person: As, company: Store) -> None:
    answer = as_person("jun").send("/key-results/k-restore/edit", {**TYPED, "target": "95"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Start and target are the same, so progress cannot be measured. Change one." in page
    assert company.key_results["k-restore"].target == 30


def test_numbers_may_be_typed_as_people_write_them(as_person: As, company: Store) -> None:
    as_person("jun").send("/key-results/k-restore/edit", {**TYPED, "start": "1,250", "target": "29.5"})
    assert (company.key_results["k-restore"].start, company.key_results["k-restore"].target) == (1250, 29.5)


def test_a_change_that_somebody_overtook_shows_both(as_person: As) -> None:
    answer = as_person("jun").send("/key-results/k-restore/edit", {**TYPED, "title": "Mine", "rev": "2"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert 'name="title" value="Mine"' in page
    assert 'name="title" value="Median time to restore service"' in page


def test_naming_a_stand_in(as_person: As, company: Store) -> None:
    rev = str(company.key_results["k-restore"].rev)
    as_person("jun").send("/key-results/k-restore/delegate", {"delegate_id": "odo", "rev": rev})
    assert company.key_results["k-restore"].delegate_id == "odo"


def test_deleting_leads_to_its_objective(as_person: As, company: Store) -> None:
    answer = as_person("jun").send("/key-results/k-runbook/delete", {"rev": "1"})
    assert path_of(answer) == "/objectives/o-recover"
    assert "k-runbook" not in company.key_results


def test_markup_in_a_title_stays_text(as_person: As) -> None:
    as_person("jun").send("/key-results/k-restore/edit", {**TYPED, "title": "<script>alert(1)</script>"})
    page = as_person("jun").open("/key-results/k-restore").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
