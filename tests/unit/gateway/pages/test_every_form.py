"""What holds for every form, found by the addresses that take one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Rule

from services.gateway.domain.typed import SHOWN
from tests.unit.gateway.pages.conftest import Browser, Stage
from tests.unit.gateway.pages.memory import Store
from tests.unit.gateway.pages.page_forms import Form, forms_of

As = Callable[[str], Browser]

# Every page on which a signed-in person finds a form.
PAGES = (
    "/",
    "/check-in",
    "/objectives/o-recover",
    "/objectives/o-recover/edit",
    "/objectives/o-recover/align",
    "/objectives/o-recover/key-results/new",
    "/objectives/new",
    "/key-results/k-restore",
    "/key-results/k-restore/edit",
    "/key-results/k-restore/check-ins/ci-2",
    "/first-steps/company",
    "/first-steps/cycle",
    "/first-steps/team",
    "/first-steps/people",
    "/first-steps/objective",
    "/settings",
    "/admin",
    "/admin/people/invite",
    "/admin/people/jun",
    "/admin/teams/new",
    "/admin/teams/ops",
    "/admin/cycles/new",
    "/admin/cycles/now",
)
# What a form makes, with an idempotency key instead of a revision.
MAKES = {
    "check_in.record",
    "objectives.create",
    "key_results.create",
    "admin_people.invite",
    "admin_teams.create",
    "admin_cycles.create",
    "first_steps.save_first_cycle",
    "first_steps.save_first_team",
    "first_steps.save_first_people",
    "first_steps.save_first_objective",
    "settings.make_token",
}
# Forms without a field of a stored thing: the address says all, and twice is as good as once.
# A preview stores nothing.
ACTS = {
    "check_in.preview",
    "check_in.undo",
    "objectives.follow",
    "admin_people.invite_again",
    "first_steps.skip",
    "settings.end_token",
    "settings.end_sessions",
    "settings.password",
}
# A button that changes a stored thing: it carries the revision, and has no field.
BUTTONS = {"objectives.delete", "key_results.delete", "admin_teams.delete", "admin_cycles.move"}


def rules_of(stage: Stage) -> dict[str, Rule]:
    """Every address of a form of a signed-in person, by its endpoint."""
    return {
        rule.endpoint: rule
        for rule in stage.app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and not rule.endpoint.startswith(("accounts.", "welcome."))
    }


@pytest.fixture
def forms(stage: Stage, as_person: As) -> dict[str, list[Form]]:
    """Every form that an admin who owns something finds, by the endpoint that takes it."""
    found: dict[str, list[Form]] = {}
    adapter = stage.app.url_map.bind("localhost")
    for page in PAGES:
        answer = as_person("ines").open(page)
        assert answer.status_code == 200, page
        for form in forms_of(answer.get_data(as_text=True), page):
            if form.method == "post":
                endpoint, _ = adapter.match(urlsplit(form.action).path, method="POST")
                found.setdefault(str(endpoint), []).append(form)
    return found


def test_every_address_that_takes_a_form_is_known_here(stage: Stage, forms: dict[str, list[Form]]) -> None:
    addresses = set(rules_of(stage))
    assert addresses - MAKES - ACTS - BUTTONS <= forms.keys()


def test_every_edit_form_carries_its_revision_and_first_texts(
    stage: Stage, forms: dict[str, list[Form]]
) -> None:
    edits = rules_of(stage).keys() - MAKES - ACTS - BUTTONS
    assert len(edits) >= 11
    for endpoint in edits:
        for form in forms[endpoint]:
            assert form.text("rev") not in {None, ""}, endpoint
            for name in form.edited:
                assert form.text(SHOWN + name) == (form.text(name) or ""), (endpoint, name)


@pytest.mark.parametrize("endpoint", sorted(BUTTONS))
def test_every_button_that_changes_something_carries_its_revision(
    forms: dict[str, list[Form]], endpoint: str
) -> None:
    assert all(form.text("rev") for form in forms[endpoint])


def test_every_form_that_makes_something_carries_a_key(forms: dict[str, list[Form]]) -> None:
    for endpoint in MAKES:
        assert all(form.text("idempotency_key") for form in forms[endpoint]), endpoint


def test_enter_in_any_field_presses_the_main_button(forms: dict[str, list[Form]]) -> None:
    """Enter presses the first submit button; one with a name does something else than saving."""
    several = 0
    for endpoint, found in forms.items():
        for form in found:
            first = form.buttons[0]
            assert (first.name, first.action) == ("", ""), (endpoint, first.words)
            several += len(form.buttons) > 1
    assert several >= 4


def test_enter_saves_where_people_are_looked_for(as_person: As, company: Store) -> None:
    """Of more than fifty people the form has a button that only finds some."""
    someone = company.people["odo"]
    for place in range(60):
        company.people[f"p-{place}"] = replace(someone, id=f"p-{place}", name=f"Person {place}")
    for page in PAGES:
        for form in forms_of(as_person("ines").open(page).get_data(as_text=True), page):
            assert form.method == "get" or form.buttons[0].name == "", page
