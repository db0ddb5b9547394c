"""What a form is answered with where a part of the platform fails, and what our script is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from libs.chassis.problems import Unavailable
from tests.fixtures.forms import forms_in
from tests.unit.gateway.pages.conftest import Browser
from tests.unit.gateway.pages.memory import MemoryGoals, Store

As = Callable[[str], Browser]
WORDS = "Two rehearsals <b>“quoted”</b> & 50% = a+b"


def unavailable(*_: object) -> None:
    raise Unavailable


def test_an_error_page_has_the_button_that_it_names(
    as_person: As, company: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where even the form cannot be shown: the page sends what was typed again."""
    jun = as_person("jun")
    jun.open("/objectives/o-trust")
    with monkeypatch.context() as patched:
        patched.setattr(MemoryGoals, "follow", unavailable)
        page = jun.send("/objectives/o-trust/follow", {"follow": "yes", "note": WORDS})
    assert page.status_code == 503
    form = next(form for form in forms_in(page.get_data(as_text=True)) if form.values("follow"))
    assert form.values("note") == [WORDS]
    assert jun.client.post("/objectives/o-trust/follow", data=dict(form.sent())).status_code == 303
    assert "jun" in company.objectives["o-trust"].follower_ids


def test_a_script_is_told_where_a_form_leads(as_person: As) -> None:
    jun = as_person("jun")
    jun.open("/objectives/o-trust")
    by_script = {"X-Cairn-Form": "1"}
    data = {"csrf_token": jun.token, "follow": "yes"}
    answer = jun.client.post("/objectives/o-trust/follow", data=data, headers=by_script)
    assert (answer.status_code, answer.headers["X-Cairn-Location"]) == (204, "/objectives/o-trust")
    assert "Location" not in answer.headers


def test_a_page_says_that_it_is_ours(as_person: As, stranger: Browser) -> None:
    jun = as_person("jun")
    kinds = {"/": "page", "/nowhere": "problem"}
    assert {path: jun.open(path).headers["X-Cairn-Page"] for path in kinds} == kinds
    assert stranger.open("/").headers["X-Cairn-Page"] == "sign-in"
