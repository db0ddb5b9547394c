"""A form whose session ended while somebody typed comes back as they left it, whatever form it is."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from services.gateway.domain.kept_forms import (
    NEVER_KEPT,
    mark_of,
    unseal,
)
from services.gateway.domain.secrets import digest
from services.gateway.usecases import okr_ports, ports
from services.gateway.web.read_only import PLAIN, READS
from services.gateway.web.viewer import needs_sign_in
from tests.fixtures.forms import TEXTS, Form, Typed, forms_in
from tests.unit.gateway.memory import Clock, MemoryRates
from tests.unit.gateway.pages.conftest import PASSWORD, Browser, Stage
from tests.unit.gateway.pages.memory import Store

TEMPLATES = Path(__file__).parents[4] / "services" / "gateway" / "web" / "templates"
As = Callable[[str], Browser]
IDS = {
    "cycle_id": "now",
    "person_id": "wanjiru",
    "team_id": "ops",
    "key_result_id": "k-restore",
    "check_in_id": "ci-2",
    "objective_id": "o-recover",
}
WORDS = "Two rehearsals <b>“quoted”</b> & 50% = a+b; é 👩‍👩‍👧"
TYPED = {"date": "2031-11-20", "time": "08:30", "email": "kept@fernhollow.example"}
OURS = NEVER_KEPT | {"csrf_token", "form_of", "kept"}
# What only redirects: no text is lost where the button is pressed again. The toast that undoes is among them.
BUTTONS = ("/delete", "/skip", "/state", "/follow", "/undo", "/invite-again", "/revoke", "/end-others")


@dataclass(frozen=True)
class Place:
    """A form of a page, by its place among the forms of that page."""

    page: str
    number: int
    action: str


def pages(stage: Stage) -> Iterator[str]:
    """The address of each page that somebody who is signed in can open."""
    for rule in stage.app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or ()) and needs_sign_in(stage.app.view_functions[rule.endpoint])
        if is_page and rule.arguments <= set(IDS):
            yield re.sub(r"<(\w+)>", lambda found: IDS[found[1]], rule.rule)


def places(stage: Stage, browser: Browser) -> Iterator[tuple[Place, Form]]:
    """Each form of each page that changes something."""
    for page in pages(stage):
        answer = browser.open(page)
        for number, form in enumerate(forms_in(answer.get_data(as_text=True))):
            if form.method == "post" and form.action != "/sign-out":
                yield Place(page, number, form.action or page), form


def fill(form: Form) -> Typed:
    """Type and choose something else in everything; what is sent then."""
    for control in form.writable():
        if control.kind in TEXTS:
            control.value = f"{WORDS}\r\nA second line." if control.kind == "textarea" else WORDS
        elif control.kind in TYPED:
            control.value = TYPED[control.kind]
        elif control.kind == "checkbox":
            control.checked = True
        elif control.kind == "select":
            last = len(control.options) - 1
            control.options = [(value, at == last) for at, (value, _) in enumerate(control.options)]
        elif control.kind == "radio":
            group = [other for other in form.controls if other.name == control.name]
            for other in group:
                other.checked = other is group[-1]
    return form.sent()


def without_ours(typed: Typed) -> Typed:
    """What somebody typed, without tokens and passwords; line ends as browsers send them."""
    return sorted(
        (name, value.replace("\r\n", "\n").replace("\n", "\r\n")) for name, value in typed if name not in OURS
    )


def again(answer: TestResponse, place: Place) -> Form:
    """The same form in the answer."""
    forms = [form for form in forms_in(answer.get_data(as_text=True)) if form.method == "post"]
    path = place.action.partition("#")[0]
    found = [form for form in forms if (form.action or place.action).partition("#")[0] == path]
    assert found, (place, [form.action for form in forms])
    return found[0]


def send(browser: Browser, place: Place, typed: Typed) -> TestResponse:
    """The answer to this form, with a token of another session."""
    return browser.client.post(place.action, data={**fields(typed), "csrf_token": ["of another session"]})


def fields(typed: Typed) -> dict[str, list[str]]:
    """The same as the test client takes it."""
    data: dict[str, list[str]] = {}
    for name, value in typed:
        data.setdefault(name, []).append(value)
    return data


@pytest.mark.parametrize("person", ["jun", "ines"])
def test_every_form_with_an_old_token_keeps_what_was_typed(
    stage: Stage, as_person: As, company: Store, person: str
) -> None:
    browser = as_person(person)
    before = copy.deepcopy(company)
    seen = set()
    for place, form in places(stage, browser):
        typed = fill(form)
        answer = send(browser, place, typed)
        seen.add(place.action)
        text = answer.get_data(as_text=True)
        if place.action.partition("?")[0].endswith((*BUTTONS, "/delegate")):
            assert answer.status_code == 303, place
            continue
        assert answer.status_code in {403, 422}, (place, text[:3000])
        assert without_ours(again(answer, place).sent()) == without_ours(typed), place
        assert "of another session" not in text
    assert len(seen) > 10
    company.asked = before.asked
    assert company == before


def test_every_form_of_a_page_that_needs_a_session_is_tried(stage: Stage, as_person: As) -> None:
    tried = {
        place.action.partition("?")[0]
        for who in ("jun", "ines")
        for place, _ in places(stage, as_person(who))
    }
    for rule in stage.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and needs_sign_in(stage.app.view_functions[rule.endpoint]):
            shape = re.compile(re.sub(r"<\w+>", r"[\\w-]+", rule.rule) + r"(#\w+)?")
            is_button = rule.rule.endswith(BUTTONS)
            assert is_button or any(shape.fullmatch(action) for action in tried), rule.rule


def test_pressing_again_saves_what_came_back(as_person: As, company: Store) -> None:
    jun = as_person("jun")
    form = next(f for f in forms_in(jun.open("/check-in").get_data(as_text=True)) if "check-in" in f.action)
    chosen = {"value": "74", "confidence": "5", "note": "Second rehearsal."}
    for control in form.controls:
        if control.kind == "radio":
            control.checked = control.value == chosen.get(control.name)
        else:
            control.value = chosen.get(control.name, control.value)
    place = Place("/check-in", 0, form.action)
    back = again(send(jun, place, form.sent()), place)
    assert back.values("idempotency_key") == form.values("idempotency_key")
    assert jun.client.post(form.action, data=dict(back.sent())).status_code == 303
    assert company.check_ins["k-restore"][-1].note == "Second rehearsal."


def test_a_button_with_an_old_token_says_to_press_again(as_person: As, company: Store) -> None:
    ines = as_person("ines")
    ines.open("/objectives/o-recover")
    data = {"csrf_token": "old", "form_of": mark_of("ines", "pages"), "rev": "1"}
    referer = {"Referer": "http://localhost/objectives/o-recover"}
    answer = ines.client.post("/objectives/o-recover/delete", data=data, headers=referer)
    assert answer.headers["Location"] == "/objectives/o-recover"
    assert "press the button again" in ines.open("/objectives/o-recover").get_data(as_text=True)
    assert "o-recover" in company.objectives


@pytest.mark.parametrize("mark", ["", "jun", "jun.0123", f"ines.{mark_of('jun', 'pages').partition('.')[2]}"])
def test_a_form_without_our_mark_is_refused(as_person: As, mark: str) -> None:
    jun = as_person("jun")
    answer = jun.client.post("/objectives/new", data={"csrf_token": "old", "form_of": mark, "title": WORDS})
    assert answer.status_code == 403
    assert "Two rehearsals" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_nothing_of_another_sites_form_is_shown(as_person: As, site: str) -> None:
    jun = as_person("jun")
    data = {"csrf_token": "old", "form_of": mark_of("jun", "pages"), "title": WORDS}
    answer = jun.client.post("/objectives/new", data=data, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert "Two rehearsals" not in answer.get_data(as_text=True)


def test_a_program_is_refused_as_before(as_person: As) -> None:
    jun = as_person("jun")
    jun.client.environ_base["HTTP_ACCEPT"] = "application/json"
    data = {"csrf_token": "old", "form_of": mark_of("jun", "pages"), "title": WORDS}
    answer = jun.client.post("/objectives/new", data=data)
    assert (answer.status_code, answer.get_json()["type"]) == (403, "/problems/foreign-form")


def methods(port: type) -> set[str]:
    return {name for name in vars(port) if not name.startswith("_")}


def test_every_method_that_reads_is_named_and_every_other_refused() -> None:
    """A new method of a port is refused in a form shown again, until its name stands in `READS`."""
    of_services = {
        "goals": okr_ports.Goals,
        "checkins": okr_ports.CheckIns,
        "notifications": okr_ports.Notifications,
    }
    of_gateway = {
        "accounts": ports.Accounts,
        "sessions": ports.Sessions,
        "tokens": ports.ApiTokens,
        "audit": ports.Audit,
        "setups": ports.Setups,
        "organisation_names": ports.OrganisationNames,
        "unsubscribing": ports.Unsubscribing,
        "documents": ports.Documents,
    }
    for name, port in {**of_services, **of_gateway}.items():
        assert READS[name] <= methods(port), name
        changing = {"create", "change", "delete", "invite", "follow", "unfollow", "record", "revise", "undo"}
        changing |= {"save", "add", "see", "remove", "note", "finish", "should", "put", "stop"}
        for method in methods(port) - READS[name]:
            assert method.partition("_")[0] in changing, f"{name}.{method} reads? Then name it in READS"
    assert PLAIN | set(READS) <= set(ports.Ports.__dataclass_fields__) | set(of_services)


def signed_in_as(stranger: Browser, person: str) -> Browser:
    """The stranger's browser, after they came through the sign-in page."""
    stranger.client.delete_cookie("cairn_session")
    page = stranger.open("/sign-in").get_data(as_text=True)
    assert come_back(stranger, page, person).status_code == 303
    return stranger


def come_back(browser: Browser, page: str, person: str, password: str = PASSWORD) -> TestResponse:
    """The answer to this sign-in page, filled in by that person."""
    form = next(form for form in forms_in(page) if form.values("password"))
    data = {**dict(form.sent()), "email": f"{person}@fernhollow.example", "password": password}
    answer = browser.client.post("/sign-in", data=data)
    if answer.status_code == 307:  # a browser sends the same form again
        return browser.client.post(answer.headers["Location"], data=data)
    return answer


def end(stage: Stage, browser: Browser, how: str) -> None:
    """The session is over: ended on the server, or signed out in another tab of this browser."""
    if how == "ended":
        stage.ports.sessions.remove_all("jun")
    else:
        browser.client.delete_cookie("cairn_session")
    stage.ports = replace(stage.ports, rates=MemoryRates(Clock()))


@pytest.mark.parametrize("how", ["ended", "signed out"])
def test_every_form_comes_back_after_signing_in_again(
    stage: Stage, stranger: Browser, company: Store, how: str
) -> None:
    before = copy.deepcopy(company)
    jun = signed_in_as(stranger, "jun")
    for place, form in list(places(stage, jun)):
        signed_in_as(jun, "jun")
        typed = fill(form)
        end(stage, jun, how)
        asked = jun.client.post(place.action, data=fields(typed))
        page = asked.get_data(as_text=True)
        assert (asked.status_code, WORDS in page, "Sign in as Jun Alder" in page) == (401, False, True), place
        back = come_back(jun, page, "jun")
        if place.action.partition("?")[0].endswith((*BUTTONS, "/delegate")):
            assert back.status_code == 303, place
            continue
        assert back.status_code in {200, 422}, (place, back.get_data(as_text=True)[:3000])
        assert without_ours(again(back, place).sent()) == without_ours(typed), place
    company.asked = before.asked
    assert company == before


OBJECTIVE = [("title", WORDS), ("why", "One\r\nTwo"), ("weight", "1"), ("idempotency_key", "k-1")]


def asked_to_sign_in(stage: Stage, stranger: Browser) -> str:
    """The sign-in page that holds an objective which Jun drafted."""
    jun = signed_in_as(stranger, "jun")
    marks = dict(forms_in(jun.open("/objectives/new").get_data(as_text=True))[-1].sent())
    end(stage, jun, "signed out")
    typed = [*OBJECTIVE, ("form_of", marks["form_of"]), ("csrf_token", marks["csrf_token"])]
    return jun.client.post("/objectives/new", data=fields(typed)).get_data(as_text=True)


def test_a_wrong_password_first_loses_nothing(stage: Stage, stranger: Browser) -> None:
    page = asked_to_sign_in(stage, stranger)
    page = come_back(stranger, page, "jun", "wrong").get_data(as_text=True)
    assert "do not belong together" in page
    back = come_back(stranger, page, "jun").get_data(as_text=True)
    form = next(form for form in forms_in(back) if form.values("title"))
    assert form.values("title") == [WORDS]
    assert form.values("idempotency_key") == ["k-1"]
    assert "not saved yet" in back


def test_another_person_gets_nothing_of_it(stage: Stage, stranger: Browser) -> None:
    answer = come_back(stranger, asked_to_sign_in(stage, stranger), "odo")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Two rehearsals" not in stranger.open("/objectives/new").get_data(as_text=True)


def test_a_form_opened_by_another_person_waits_for_them(stranger: Browser) -> None:
    jun = signed_in_as(stranger, "jun")
    form = next(f for f in forms_in(jun.open("/objectives/new").get_data(as_text=True)) if f.values("weight"))
    signed_in_as(stranger, "odo")
    answer = stranger.client.post("/objectives/new", data=fields([*OBJECTIVE, *form.sent()]))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, WORDS in page) == (401, False)
    assert "This form was opened by Jun Alder." in page
    assert "Two rehearsals" in come_back(stranger, page, "jun").get_data(as_text=True)


def test_a_password_is_never_kept(stage: Stage, stranger: Browser) -> None:
    jun = signed_in_as(stranger, "jun")
    forms = forms_in(jun.open("/settings").get_data(as_text=True))
    form = next(form for form in forms if form.action == "/settings/password")
    end(stage, jun, "signed out")
    secret = {"current": "an old secret", "new": "a new secret", "again": "a new secret"}
    page = jun.client.post("/settings/password", data={**dict(form.sent()), **secret}).get_data(as_text=True)
    sealed = next(form for form in forms_in(page) if form.values("kept")).values("kept")[0]
    kept = unseal(sealed, "pages", datetime.now(UTC))
    assert kept is not None
    assert "secret" not in str(kept)


def test_every_password_field_of_a_template_is_never_kept() -> None:
    found = set()
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        found |= set(re.findall(r'ui\.field\("(\w+)"[^\n]*type="password"', text))
    assert {"password", "current", "new", "again"} <= found <= NEVER_KEPT


def test_a_form_too_long_to_carry_leads_to_a_plain_sign_in(stage: Stage, stranger: Browser) -> None:
    jun = signed_in_as(stranger, "jun")
    form = next(f for f in forms_in(jun.open("/objectives/new").get_data(as_text=True)) if f.values("weight"))
    end(stage, jun, "signed out")
    noise = "".join(chr(int(digest(str(n))[:4], 16) % 0x4E00 + 0x4E00) for n in range(25_000))
    page = jun.client.post("/objectives/new", data=fields([("why", noise), *form.sent()]))
    assert (page.status_code, 'name="kept"' in page.get_data(as_text=True)) == (401, False)
    assert come_back(jun, page.get_data(as_text=True), "jun").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/password"])
def test_a_public_form_with_an_old_token_keeps_the_address(stranger: Browser, path: str) -> None:
    data = {"email": "odo@fernhollow.example", "password": "a secret", "csrf_token": "old"}
    answer = stranger.client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert 'value="odo@fernhollow.example"' in page
    assert "press the button again" in page
    assert "a secret" not in page
