"""The answer to a form was lost: it is sent again, with other text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.gateway.pages.conftest import Browser, path_of
from tests.unit.gateway.pages.memory import Store
from tests.unit.gateway.pages.page_forms import forms_of

As = Callable[[str], Browser]

# The form that makes something, what is typed, the field that is typed anew, and where the thing is edited.
MAKES = (
    (
        "/objectives/new",
        {
            "title": "First",
            "why": "Because",
            "level": "team",
            "team_id": "ops",
            "owner_id": "jun",
            "cycle_id": "now",
        },
        "title",
        "/objectives/o-new/edit",
    ),
    (
        "/objectives/o-recover/key-results/new",
        {"title": "First", "kind": "metric", "start": "0", "target": "9", "owner_id": "jun"},
        "title",
        "/key-results/k-new/edit",
    ),
    (
        "/admin/teams/new",
        {"name": "First", "every": "weekly", "weekday": "0", "time": "09:00"},
        "name",
        "/admin/teams/t-new",
    ),
    (
        "/admin/people/invite",
        {"name": "First", "email": "first@fernhollow.example", "role": "member"},
        "name",
        "/admin/people/p-new",
    ),
    (
        "/admin/cycles/new",
        {"name": "First", "starts_on": "2032-01-01", "ends_on": "2032-03-31"},
        "name",
        "/admin/cycles/c-new",
    ),
    (
        "/key-results/k-restore/check-in?back=key-result",
        {"value": "70", "confidence": "5", "note": "First"},
        "note",
        "/key-results/k-restore/check-ins/new-3",
    ),
)


def count(company: Store) -> int:
    """How many things there are."""
    series = sum(len(found) for found in company.check_ins.values())
    things = (company.objectives, company.key_results, company.teams, company.people, company.cycles)
    return series + sum(len(found) for found in things)


@pytest.mark.parametrize(("address", "typed", "field", "edited_at"), MAKES)
def test_other_text_is_offered_as_an_edit_of_what_was_saved(
    as_person: As, company: Store, address: str, typed: dict[str, str], field: str, edited_at: str
) -> None:
    ines, form = as_person("ines"), {**typed, "idempotency_key": "once"}
    before = count(company)
    ines.send(address, form)
    answer = ines.send(address, {**form, field: "Second"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<h1>This was saved already</h1>" in page
    assert "Nothing was saved twice." in page
    assert 'value="First"' in page
    offered = next(form for form in forms_of(page, address) if form.action == edited_at)
    assert offered.text(field) == "Second"
    assert count(company) == before + 1
    sent = {name: text for name, text in offered.sent.items() if name != "csrf_token"}
    assert ines.send(edited_at, sent).status_code == 200
    found = forms_of(ines.open(edited_at).get_data(as_text=True), edited_at)
    again = next(form for form in found if form.action == edited_at)
    assert again.text(field) == "Second"
    assert count(company) == before + 1


@pytest.mark.parametrize(("address", "typed", "field", "edited_at"), MAKES)
def test_the_same_text_is_saved_once(
    as_person: As, company: Store, address: str, typed: dict[str, str], field: str, edited_at: str
) -> None:
    del field, edited_at
    ines, form = as_person("ines"), {**typed, "idempotency_key": "once"}
    before = count(company)
    places = {path_of(ines.send(address, form)) for _ in range(2)}
    assert len(places) == 1
    assert count(company) == before + 1


def test_what_was_edited_since_is_left_to_choose(as_person: As, company: Store) -> None:
    address, typed, _, edited_at = MAKES[0]
    ines, form = as_person("ines"), {**typed, "contribution": "", "idempotency_key": "once"}
    ines.send(address, form)
    made = company.objectives["o-new"]
    company.objectives["o-new"] = replace(made, contribution="Said by somebody else", rev=2)
    page = ines.send(address, {**form, "why": "Better"}).get_data(as_text=True)
    offered = next(form for form in forms_of(page, address) if form.action == edited_at)
    assert (offered.text("why"), offered.text("contribution")) == (None, None)
    assert 'value="Said by somebody else" data-side="stored" required>' in page


def test_what_cannot_be_edited_is_said_to_stay(as_person: As) -> None:
    address, typed, _, _ = MAKES[0]
    ines, form = as_person("ines"), {**typed, "idempotency_key": "once"}
    ines.send(address, form)
    page = ines.send(address, {**form, "title": "Second", "level": "person"}).get_data(as_text=True)
    assert "Level stays “Team”." in page
    assert 'name="level"' not in page


def test_an_undone_check_in_is_recorded_anew(as_person: As, company: Store) -> None:
    address, typed, _, _ = MAKES[-1]
    jun, form = as_person("jun"), {**typed, "idempotency_key": "once"}
    jun.send(address, form)
    series = company.check_ins["k-restore"]
    series[-1] = replace(series[-1], withdrawn=True)
    answer = jun.send(address, {**form, "note": "Second"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "send it again to save what stands here as a new one" in page
    kept = next(
        form for form in forms_of(page, address) if form.action.startswith("/key-results/k-restore/check-in")
    )
    assert kept.text("note") == "Second"
    assert kept.text("idempotency_key") != "once"


def test_the_first_text_is_never_shown_unescaped(as_person: As) -> None:
    address, typed, _, _ = MAKES[0]
    ines, form = as_person("ines"), {**typed, "title": "<script>x</script>", "idempotency_key": "once"}
    ines.send(address, form)
    page = ines.send(address, {**form, "title": "Second"}).get_data(as_text=True)
    assert "<script>x" not in page
