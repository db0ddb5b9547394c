"""Only what somebody touched is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.gateway.pages.conftest import Browser
from tests.unit.gateway.pages.memory import MemoryGoals, MemoryNotifications, Store
from tests.unit.gateway.pages.page_forms import Form, forms_of

As = Callable[[str], Browser]
EDITS = (
    "/objectives/o-recover/edit",
    "/objectives/o-recover/align",
    "/key-results/k-restore/edit",
    "/key-results/k-restore/check-ins/ci-2",
    "/admin/people/jun",
    "/admin/teams/ops",
    "/admin/cycles/now",
)


def edit_form(browser: Browser, address: str) -> Form:
    """The form that saves what the page is about."""
    page = browser.open(address).get_data(as_text=True)
    return next(form for form in forms_of(page, address) if form.action == address)


def sent(form: Form, **typed: str | list[str]) -> dict[str, Any]:
    """What a browser sends when somebody typed this."""
    return {**form.sent, **typed}


@pytest.mark.parametrize("address", EDITS)
def test_a_form_that_nobody_touched_changes_nothing(as_person: As, company: Store, address: str) -> None:
    ines = as_person("ines")
    before = replace(company), dict(company.objectives), dict(company.key_results), dict(company.people)
    teams, cycles = dict(company.teams), list(company.cycles)
    answer = ines.send(address, sent(edit_form(ines, address)))
    assert answer.status_code == 200
    assert (company.objectives, company.key_results, company.people) == before[1:]
    assert [each.name for each in company.cycles] == [each.name for each in cycles]
    assert {key: replace(team, rev=0) for key, team in company.teams.items()} == {
        key: replace(team, rev=0) for key, team in teams.items()
    }


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The fields of every change that reached the service."""
    seen: list[Mapping[str, Any]] = []

    def noting(name: str) -> None:
        change = getattr(MemoryGoals, name)

        def noted(self: MemoryGoals, *rest: Any) -> Any:
            seen.append(rest[-2])
            return change(self, *rest)

        monkeypatch.setattr(MemoryGoals, name, noted)

    for name in ("objective", "key_result", "person", "team", "cycle", "organisation"):
        noting(f"change_{name}")
    return seen


def test_a_new_title_sends_the_title_alone(as_person: As, saved: list[Mapping[str, Any]]) -> None:
    jun = as_person("jun")
    address = "/key-results/k-restore/edit"
    jun.send(address, sent(edit_form(jun, address), title="Time to restore", weight_words="x"))
    assert saved == [{"title": "Time to restore"}]


def test_an_untouched_number_is_not_read(as_person: As, company: Store) -> None:
    precise = replace(company.key_results["k-restore"], start=0.123456789012, target=1e-11)
    company.key_results["k-restore"] = precise
    jun = as_person("jun")
    address = "/key-results/k-restore/edit"
    form = edit_form(jun, address)
    garbled = {**sent(form, title="Time to restore"), "start": "1.2.3", "shown_start": "1.2.3"}
    assert jun.send(address, garbled).status_code == 200
    after = company.key_results["k-restore"]
    assert (after.title, after.start, after.target) == ("Time to restore", 0.123456789012, 1e-11)


def test_a_line_break_that_a_browser_rewrites_is_no_change(
    as_person: As, company: Store, saved: list[Mapping[str, Any]]
) -> None:
    company.objectives["o-recover"] = replace(company.objectives["o-recover"], why="One\nTwo")
    jun = as_person("jun")
    form = edit_form(jun, "/objectives/o-recover/edit")
    jun.send("/objectives/o-recover/edit", sent(form, why="One\r\nTwo", title="Anew"))
    assert saved == [{"title": "Anew"}]


def test_a_threshold_keeps_its_neighbours(as_person: As, saved: list[Mapping[str, Any]]) -> None:
    ines = as_person("ines")
    page = ines.open("/admin").get_data(as_text=True)
    form = next(form for form in forms_of(page, "/admin") if form.action.startswith("/admin/thresholds"))
    ines.send("/admin/thresholds", sent(form, behind_gap="40"))
    assert saved == [{"thresholds": {"behind_gap": 0.4}}]


def test_removing_every_member_is_a_change(as_person: As, company: Store) -> None:
    ines = as_person("ines")
    address = "/admin/teams/ops"
    form = edit_form(ines, address)
    assert company.teams["ops"].member_ids
    ines.send(address, {name: value for name, value in form.sent.items() if name != "member_ids"})
    assert not company.teams["ops"].member_ids


def test_a_stale_person_form_gives_nobody_access_back(as_person: As, company: Store) -> None:
    ines = as_person("ines")
    form = edit_form(ines, "/admin/people/jun")
    company.people["jun"] = replace(
        company.people["jun"], state="disabled", role="member", email="new@fernhollow.example", rev=7
    )
    answer = ines.send("/admin/people/jun", sent(form, name="Jun Alder-Voss"))
    assert answer.status_code == 412
    assert "Jun Alder-Voss" in answer.get_data(as_text=True)
    stored = company.people["jun"]
    assert (stored.state, stored.role, stored.email) == ("disabled", "member", "new@fernhollow.example")


def test_a_choice_of_mails_leaves_the_others_alone(
    as_person: As, company: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    jun = as_person("jun")
    page = jun.open("/settings").get_data(as_text=True)
    form = next(form for form in forms_of(page, "/settings") if form.action == "/settings/notifications")
    kinds = list(form.edited)
    seen: list[Mapping[str, str]] = []
    change = MemoryNotifications.change_preferences

    def noted(self: MemoryNotifications, preferences: Mapping[str, str], rev: int | None = None) -> None:
        seen.append(preferences)
        change(self, preferences, rev)

    monkeypatch.setattr(MemoryNotifications, "change_preferences", noted)
    other = "off" if form.text(kinds[0]) == "at_once" else "at_once"
    jun.send("/settings/notifications", sent(form, **{kinds[0]: other}))
    assert seen == [{kinds[0]: other}]
    assert company.chosen == 1
