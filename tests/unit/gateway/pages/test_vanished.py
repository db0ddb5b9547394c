"""What a form names was deleted, hidden, closed or disabled while somebody typed: the text stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.chassis.problems import Conflict, FieldError, NotFound, Unprocessable
from services.gateway.domain import okr
from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store
from tests.unit.gateway.pages.page_forms import Form, forms_of

As = Callable[[str], Browser]
DRAFT = {
    "title": "Nights are quiet",
    "why": "They renew in spring.",
    "level": "team",
    "cycle_id": "now",
    "owner_id": "jun",
    "visibility": "organisation",
    "idempotency_key": "once",
}
UNSEEN = "An objective you cannot see"


def form_of(page: str, address: str) -> Form:
    return next(form for form in forms_of(page, address) if form.action == address)


def hidden(company: Store) -> None:
    """The parent of o-recover is somebody's private one."""
    del company.objectives["o-trust"]
    child = company.objectives["o-recover"]
    company.objectives["o-recover"] = replace(
        child, parent=okr.Parent(kind="objective", id="o-trust"), parent_hidden=True
    )


def refused(field: str, message: str) -> Unprocessable:
    return Unprocessable(errors=[FieldError(f"/{field}", message)])


def test_a_draft_keeps_its_text_when_its_parent_vanished(as_person: As, company: Store) -> None:
    company.refusal = refused("parent", "This parent was deleted.")
    answer = as_person("jun").send("/objectives/new", {**DRAFT, "parent": "objective:gone"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    form = form_of(page, "/objectives/new")
    assert (form.text("title"), form.text("why")) == ("Nights are quiet", "They renew in spring.")
    assert form.text("parent") == "objective:gone", "nothing else is chosen in its place"
    assert 'id="f-parent-error"' in page
    assert UNSEEN in page


@pytest.mark.parametrize("chosen", ["o-trust", "objective:", "team:o-trust", ":o-trust", "hidden:"])
@pytest.mark.parametrize("address", ["/objectives/new", "/objectives/o-recover/align"])
def test_a_parent_that_names_nothing_is_never_dropped(
    as_person: As, company: Store, address: str, chosen: str
) -> None:
    before = dict(company.objectives)
    answer = as_person("jun").send(address, {**DRAFT, "rev": "1", "parent": chosen})
    assert answer.status_code == 422
    assert "Choose another one." in answer.get_data(as_text=True)
    assert company.objectives == before


@pytest.mark.parametrize("form", ["edit", "align"])
def test_a_form_is_shown_though_its_parent_is_hidden(as_person: As, company: Store, form: str) -> None:
    hidden(company)
    address = f"/objectives/o-recover/{form}"
    answer = as_person("jun").open(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert UNSEEN in page
    assert "o-trust" not in page, "neither its title nor its id"


def test_the_owner_edits_a_child_of_a_hidden_parent(as_person: As, company: Store) -> None:
    hidden(company)
    jun, address = as_person("jun"), "/objectives/o-recover/edit"
    form = form_of(jun.open(address).get_data(as_text=True), address)
    sent = {name: text for name, text in form.sent.items() if name != "csrf_token"}
    assert path_of(jun.send(address, {**sent, "title": "Recover sooner"})) == "/objectives/o-recover"
    stored = company.objectives["o-recover"]
    assert stored.title == "Recover sooner"
    assert stored.parent == okr.Parent(kind="objective", id="o-trust")


def test_the_owner_moves_a_child_out_of_a_hidden_parent(as_person: As, company: Store) -> None:
    hidden(company)
    jun, address = as_person("jun"), "/objectives/o-recover/align"
    form = form_of(jun.open(address).get_data(as_text=True), address)
    sent = {name: text for name, text in form.sent.items() if name != "csrf_token"}
    jun.send(address, {**sent, "parent": ""})
    assert company.objectives["o-recover"].parent is None


@pytest.mark.parametrize("shown", [{}, {"shown_parent": "objective:o-trust"}])
def test_hidden_is_never_taken_for_no_parent(as_person: As, company: Store, shown: dict[str, str]) -> None:
    hidden(company)
    typed = {"parent": "hidden", "contribution": "More", "rev": "2", **shown}
    for form in ("edit", "align"):
        rev = str(company.objectives["o-recover"].rev)
        as_person("jun").send(f"/objectives/o-recover/{form}", {**typed, "title": "Same", "rev": rev})
        assert company.objectives["o-recover"].parent is not None


def test_a_page_says_that_a_hidden_parent_stands_above(as_person: As, company: Store) -> None:
    hidden(company)
    page = as_person("jun").open("/objectives/o-recover").get_data(as_text=True)
    crumbs = page[page.index('class="crumbs"') :].partition("</nav>")[0]
    assert UNSEEN in crumbs
    assert "o-trust" not in page


def test_the_tree_says_that_a_hidden_parent_stands_above(as_person: As, company: Store) -> None:
    hidden(company)
    company.objectives["o-recover"] = replace(company.objectives["o-recover"], parent=None)
    page = as_person("jun").open("/okrs").get_data(as_text=True)
    row = page[page.index('id="row-o-recover"') :].partition("</tr>")[0]
    assert "below an objective you cannot see" in row


def test_the_picker_keeps_a_parent_that_is_not_seen(as_person: As) -> None:
    found = as_person("jun").open("/objectives/parents?cycle_id=now&parent=objective:gone")
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert re.search(r'value="objective:gone" checked', page)


def test_a_team_that_vanished_stays_chosen_with_its_error(as_person: As, company: Store) -> None:
    company.refusal = refused("team_id", "This team is no longer here.")
    page = as_person("ines").send("/objectives/new", {**DRAFT, "team_id": "gone"}).get_data(as_text=True)
    form = form_of(page, "/objectives/new")
    assert (form.text("team_id"), form.text("title")) == ("gone", "Nights are quiet")
    assert 'id="f-team_id-error"' in page


@pytest.mark.parametrize("field", ["owner_id", "delegate_id"])
def test_somebody_disabled_stays_chosen_with_an_error(as_person: As, company: Store, field: str) -> None:
    company.people["odo"] = replace(company.people["odo"], state="disabled")
    company.refusal = refused(field, "This person's account is disabled. Choose somebody else.")
    jun, address = as_person("jun"), "/key-results/k-restore/edit"
    form = form_of(jun.open(address).get_data(as_text=True), address)
    sent = {name: text for name, text in form.sent.items() if name != "csrf_token"}
    page = jun.send(address, {**sent, field: "odo", "title": "Mine"}).get_data(as_text=True)
    again = form_of(page, address)
    assert (again.text(field), again.text("title")) == ("odo", "Mine")
    assert f'id="f-{field}-error"' in page
    assert "(disabled)" in page


def test_a_cycle_that_was_closed_can_be_chosen_anew(as_person: As, company: Store) -> None:
    company.refusal = Conflict("The cycle is closed.", extra={"cause": "cycle-closed"})
    answer = as_person("jun").send("/objectives/new", DRAFT)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'id="f-cycle_id-error"' in page
    assert form_of(page, "/objectives/new").text("title") == "Nights are quiet"
    assert '<select class="in" id="f-cycle_id" name="cycle_id"' in page


def test_a_key_result_finds_another_objective_when_its_own_vanished(as_person: As, company: Store) -> None:
    typed = {"title": "Calls", "kind": "metric", "start": "9", "target": "1", "description": "By hand"}
    address = "/objectives/gone/key-results/new"
    company.refusal = NotFound()
    jun = as_person("jun")
    answer = jun.send(address, {**typed, "idempotency_key": "once"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="f-objective_id-error"' in page
    form = form_of(page, address)
    assert (form.text("title"), form.text("description")) == ("Calls", "By hand")
    sent = {name: text for name, text in form.sent.items() if name != "csrf_token"}
    assert path_of(jun.send(address, {**sent, "objective_id": "o-recover"})) == "/objectives/o-recover"
    assert company.key_results["k-new"].objective_id == "o-recover"


@pytest.mark.parametrize(
    "address",
    ["/objectives/gone/edit", "/key-results/gone/edit", "/key-results/gone/check-in?back=key-result"],
)
def test_words_about_something_that_vanished_can_still_be_copied(as_person: As, address: str) -> None:
    answer = as_person("jun").send(address, {"note": "Half <the> way", "title": "My title", "rev": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "<h2>What you typed</h2>" in page
    assert "Half &lt;the&gt; way" in page
    assert "My title" in page


def test_what_a_draft_had_made_is_gone_and_the_draft_is_kept(as_person: As, company: Store) -> None:
    company.refusal = NotFound()
    answer = as_person("jun").send("/objectives/new", DRAFT)
    page = answer.get_data(as_text=True)
    form = form_of(page, "/objectives/new")
    assert answer.status_code == 422
    assert form.text("title") == "Nights are quiet"
    assert form.text("idempotency_key") != "once"
