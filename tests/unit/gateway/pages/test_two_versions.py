"""Two people edit the same thing: the page of two versions, on every form that edits something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store
from tests.unit.gateway.pages.page_forms import Form, forms_of

As = Callable[[str], Browser]

# Address, its form's address, a field of each side, and what each of them types.
EDITS = (
    ("/objectives/o-recover/edit", "title", "Theirs", "why", "Mine"),
    ("/objectives/o-recover/align", "contribution", "Theirs", "parent", ""),
    ("/key-results/k-restore/edit", "target", "21", "title", "Mine"),
    ("/key-results/k-restore/check-ins/ci-2", "note", "Theirs", "value", "70"),
    ("/admin/people/jun", "state", "disabled", "name", "Mine"),
    ("/admin/teams/ops", "time", "10:15", "name", "Mine"),
    ("/admin/cycles/now", "ends_on", "2032-01-15", "name", "Mine"),
    ("/settings/profile", "time_zone", "Europe/Paris", "name", "Mine"),
    ("/settings/notifications", "check_in_due", "off", "at_risk", "off"),
    ("/admin/thresholds", "behind_gap", "40", "low_confidence", "2"),
)


def page_with(address: str) -> str:
    """The page that shows the form of this address."""
    if address.startswith("/settings/"):
        return "/settings"
    return "/admin" if address == "/admin/thresholds" else address


def form_of(page: str, address: str) -> Form:
    return next(form for form in forms_of(page, address) if form.action.partition("#")[0] == address)


def opened(browser: Browser, address: str) -> Form:
    return form_of(browser.open(page_with(address)).get_data(as_text=True), address)


def send(browser: Browser, form: Form, **typed: Any) -> TestResponse:
    given = {name: value for name, value in form.sent.items() if name != "csrf_token"}
    return browser.send(form.action.partition("#")[0], {**given, **typed})


@pytest.mark.parametrize(("address", "theirs", "their_text", "mine", "my_text"), EDITS)
def test_a_form_that_somebody_overtook_loses_nothing_of_either_side(
    as_person: As, company: Store, address: str, theirs: str, their_text: str, mine: str, my_text: str
) -> None:
    company.preferences["check_in_due"] = "at_once"
    ines, other = as_person("ines"), as_person("ines")
    late = opened(ines, address)
    assert send(other, opened(other, address), **{theirs: their_text}).status_code == 200

    answer = send(ines, late, **{mine: my_text})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "<h1>Choose between two versions</h1>" in page
    choosing = form_of(page, address)
    assert choosing.text(theirs) == their_text, "what only they changed is chosen"
    assert choosing.text(mine) == my_text, "what only I changed is chosen"
    assert send(ines, choosing).status_code == 200
    merged = opened(ines, address)
    assert (merged.text(theirs), merged.text(mine)) == (their_text, my_text)


@pytest.mark.parametrize(("address", "field", "their_text", "_", "my_text"), EDITS[:1])
def test_of_a_field_that_both_changed_nothing_is_chosen(
    as_person: As, company: Store, address: str, field: str, their_text: str, _: str, my_text: str
) -> None:
    jun, other = as_person("jun"), as_person("ines")
    late = opened(jun, address)
    send(other, opened(other, address), **{field: their_text})
    page = send(jun, late, **{field: my_text}).get_data(as_text=True)
    choosing = form_of(page, address)
    assert choosing.text(field) is None
    assert page.count(f'name="{field}" value="{their_text}" data-side="stored" required>') == 1
    assert page.count(f'name="{field}" value="{my_text}" data-side="typed" required>') == 1
    assert "Both changed it" in page
    assert send(jun, choosing, **{field: my_text}).status_code == 200
    assert company.objectives["o-recover"].title == my_text


def test_another_change_in_between_shows_the_page_again(as_person: As, company: Store) -> None:
    address = "/objectives/o-recover/edit"
    jun, other = as_person("jun"), as_person("ines")
    late = opened(jun, address)
    send(other, opened(other, address), title="First of theirs")
    first = form_of(send(jun, late, why="Mine").get_data(as_text=True), address)
    send(other, opened(other, address), title="Second of theirs", contribution="Also theirs")
    answer = send(jun, first)
    assert answer.status_code == 412
    second = form_of(answer.get_data(as_text=True), address)
    assert (second.text("title"), second.text("why")) == ("Second of theirs", "Mine")
    assert send(jun, second).status_code == 200
    stored = company.objectives["o-recover"]
    assert (stored.title, stored.why, stored.contribution) == ("Second of theirs", "Mine", "Also theirs")


def test_a_form_sent_again_after_a_lost_answer_is_saved_already(as_person: As, company: Store) -> None:
    address = "/objectives/o-recover/edit"
    jun = as_person("jun")
    form = opened(jun, address)
    assert send(jun, form, title="Mine").status_code == 200
    answer = send(jun, form, title="Mine")
    assert path_of(answer) == "/objectives/o-recover"
    assert company.objectives["o-recover"].title == "Mine"


def test_a_change_elsewhere_in_the_thing_is_no_conflict(as_person: As, company: Store) -> None:
    address = "/objectives/o-recover/align"
    jun, other = as_person("jun"), as_person("ines")
    late = opened(jun, address)
    send(other, opened(other, "/objectives/o-recover/edit"), title="Theirs")
    assert path_of(send(jun, late, contribution="Mine")) == "/objectives/o-recover"
    stored = company.objectives["o-recover"]
    assert (stored.title, stored.contribution) == ("Theirs", "Mine")


def test_from_the_two_versions_one_gets_back_to_the_form(as_person: As, company: Store) -> None:
    address = "/objectives/o-recover/edit"
    jun, other = as_person("jun"), as_person("ines")
    late = opened(jun, address)
    send(other, opened(other, address), title="Theirs", contribution="Theirs too")
    choosing = form_of(send(jun, late, title="Mine", why="Mine too").get_data(as_text=True), address)
    answer = send(jun, choosing, editing="yes")
    form = form_of(answer.get_data(as_text=True), address)
    assert (form.text("title"), form.text("why"), form.text("contribution")) == (
        "Mine",
        "Mine too",
        "Theirs too",
    )
    assert (form.text("shown_title"), form.text("rev")) == (
        "Theirs",
        str(company.objectives["o-recover"].rev),
    )
    assert send(jun, form, title="Both").status_code == 200
    assert company.objectives["o-recover"].title == "Both"


def test_a_page_of_before_the_upgrade_shows_every_difference(as_person: As) -> None:
    address = "/objectives/o-recover/edit"
    jun, other = as_person("jun"), as_person("ines")
    late = opened(jun, address)
    late.sent = {name: text for name, text in late.sent.items() if not name.startswith("shown_")}
    send(other, opened(other, address), title="Theirs")
    answer = send(jun, late, why="Mine")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert page.count("Both changed it") == 2


def test_two_versions_are_shown_in_words(as_person: As, company: Store) -> None:
    address = "/objectives/o-recover/edit"
    jun = as_person("jun")
    late = opened(jun, address)
    stored = company.objectives["o-recover"]
    company.objectives["o-recover"] = replace(
        stored, owner_id="wanjiru", visibility="team", why="<b>theirs</b>", parent=None, rev=stored.rev + 1
    )
    page = send(jun, late, title="Mine").get_data(as_text=True)
    assert company.people["wanjiru"].name in page
    assert "&lt;b&gt;theirs" in page
    assert "No parent" in page


def test_a_new_theme_asks_only_where_the_theme_was_changed(as_person: As) -> None:
    jun = as_person("jun")
    form = opened(jun, "/settings/appearance")
    assert form.text("rev") is not None
    assert form.text("shown_theme") == "system"


def test_a_delegate_can_be_chosen_further_in_the_whole_form(as_person: As, company: Store) -> None:
    address = "/key-results/k-restore/delegate"
    jun = as_person("jun")
    late = form_of(jun.open("/key-results/k-restore").get_data(as_text=True), address)
    stored = company.key_results["k-restore"]
    company.key_results["k-restore"] = replace(stored, delegate_id="ines", rev=stored.rev + 1)
    choosing = form_of(send(jun, late, delegate_id="odo").get_data(as_text=True), address)
    page = send(jun, choosing, delegate_id="odo", editing="yes").get_data(as_text=True)
    form = form_of(page, "/key-results/k-restore/edit")
    assert send(jun, form, title="Also this").status_code == 200
    after = company.key_results["k-restore"]
    assert (after.delegate_id, after.title) == ("odo", "Also this")
