"""What happens to a form when the connection, a proxy, the server or the session fails: it stays."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import OpenAs
from tests.e2e.platform import Company
from tests.fixtures.waiting import until

ADMIN, OWNER = "Ines Larkspur", "Jun Alder"
NOTE = "Second rehearsal done; two incidents used the runbook."


@pytest.fixture
def key_result(company: Company) -> str:
    """A fresh key result of Jun's."""
    objective = company.objective(f"Calm nights {uuid.uuid4().hex[:6]}", owner_id=company.people[OWNER])
    return str(company.key_result(objective["id"], "Rehearsals", OWNER)["id"])


def series(company: Company, key_result: str) -> list[dict[str, Any]]:
    """Its check-ins."""
    return list(company.api(OWNER).every(f"/key-results/{key_result}/check-ins"))


def fill(page: Page) -> None:
    """Type a check-in, without sending it."""
    form = page.locator("form[data-check-in]").first
    form.get_by_label("Value now").fill("13")
    form.get_by_text("High", exact=False).first.click()
    form.get_by_label("Note").fill(NOTE)


def send(page: Page, button: str = "Check in") -> None:
    """Press the button of the form."""
    page.locator("form[data-check-in]").first.get_by_role("button", name=button).click()


def is_as_typed(page: Page) -> None:
    """The form stands there as it was typed."""
    form = page.locator("form[data-check-in]").first
    expect(form.get_by_label("Value now")).to_have_value("13")
    expect(form.get_by_label("Note")).to_have_value(NOTE)
    expect(form.get_by_role("radio", name="High")).to_be_checked()


def test_a_form_sent_offline_is_sent_when_the_connection_is_back(
    open_as: OpenAs, key_result: str, company: Company
) -> None:
    page = open_as(OWNER, f"/key-results/{key_result}")
    page.watch.expect("ERR_INTERNET_DISCONNECTED")  # type: ignore[attr-defined]  # the point
    page.watch.expect("Failed to fetch")  # type: ignore[attr-defined]  # the live stream, too
    fill(page)
    page.context.set_offline(True)
    expect(page.get_by_text("No connection since")).to_be_visible()
    send(page)
    expect(page.get_by_text("is sent when the connection is back")).to_be_visible()
    is_as_typed(page)
    page.context.set_offline(False)
    expect(page.locator("#toasts")).to_contain_text("Checked in:")
    expect(page.get_by_text("No connection since")).to_be_hidden()
    assert [entry["note"] for entry in series(company, key_result)] == [NOTE]


def test_a_page_of_a_proxy_never_takes_the_forms_place(
    open_as: OpenAs, key_result: str, company: Company
) -> None:
    """A 502 of a proxy, and then an answer that is lost after the check-in was stored."""
    page = open_as(OWNER, f"/key-results/{key_result}")
    page.watch.expect("502")  # type: ignore[attr-defined]  # the point
    page.watch.expect("ERR_CONNECTION_RESET")  # type: ignore[attr-defined]
    fill(page)
    sent = re.compile("/check-in[?]")
    page.route(sent, lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    send(page)
    expect(page.get_by_text("This could not be saved.")).to_be_visible()
    is_as_typed(page)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.unroute(sent)
    page.route(sent, lose_the_answer, times=1)
    send(page, "Try again")
    # It is sent again by itself once the server is seen to answer.
    expect(page.locator("#toasts")).to_contain_text("Checked in:")
    assert len(series(company, key_result)) == 1


def test_the_button_says_at_once_that_it_saves(open_as: OpenAs, key_result: str) -> None:
    """And after ten seconds without an answer that nobody knows what became of it."""
    page = open_as(OWNER, f"/key-results/{key_result}")
    fill(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("/check-in[?]"), hold)
    send(page)
    form = page.locator("form[data-check-in]").first
    expect(form.get_by_role("button", name="Saving…")).to_be_disabled()
    expect(page.get_by_text("We do not know whether this was saved.")).to_be_visible()
    expect(form.get_by_role("button", name="Try again")).to_be_enabled()
    is_as_typed(page)
    for route in held:
        route.abort()


def test_a_form_comes_back_after_signing_in_again(open_as: OpenAs, key_result: str, company: Company) -> None:
    """In that tab, as it was typed, and not saved before the button is pressed again."""
    page = open_as(OWNER, f"/key-results/{key_result}")
    page.watch.expect("401")  # type: ignore[attr-defined]  # the session is over
    fill(page)
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_text("Sign in as Jun Alder and your form comes back")).to_be_visible()
    page.get_by_label("Password").fill(company.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("press the button again")).to_be_visible()
    is_as_typed(page)
    assert series(company, key_result) == []
    send(page)
    expect(page.locator("#toasts")).to_contain_text("Checked in:")
    assert [entry["note"] for entry in series(company, key_result)] == [NOTE]


def test_a_lookup_without_a_session_leaves_the_form_alone(open_as: OpenAs, company: Company) -> None:
    page = open_as(ADMIN, "/objectives/new")
    page.watch.expect("401")  # type: ignore[attr-defined]  # the session is over
    title = page.get_by_role("textbox", name="Objective").first
    title.fill("Nobody loses a word")
    page.context.clear_cookies()
    page.get_by_label("Parent objective or key result").fill("nights")
    expect(page.get_by_text("You were signed out.")).to_be_visible()
    expect(title).to_have_value("Nobody loses a word")
    page.get_by_role("button", name="Sign in and continue").click()
    page.get_by_label("Password").fill(company.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Objective").first).to_have_value("Nobody loses a word")
    expect(page.get_by_text("press the button again").first).to_be_visible()


def test_the_fragment_survives_signing_in(open_as: OpenAs, company: Company) -> None:
    page = open_as(None, "/settings#notifications")
    page.watch.expect("401")  # type: ignore[attr-defined]  # a wrong password first
    for password in ("not the password", company.password):
        page.get_by_label("Work e-mail").fill(company.email(OWNER))
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/settings#notifications$"))


def test_the_undo_is_next_and_has_a_key(open_as: OpenAs, key_result: str, company: Company) -> None:
    page = open_as(OWNER, f"/key-results/{key_result}")
    fill(page)
    send(page)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.keyboard.press("Tab")
    expect(undo).to_be_focused()
    page.keyboard.press("Alt+z")
    expect(page.get_by_text("Undone.", exact=False)).to_be_visible()
    until(lambda: series(company, key_result)[0]["withdrawn"], 20, "it no longer counts")


def test_the_shortcuts_are_listed_and_the_content_is_one_key_away(open_as: OpenAs) -> None:
    page = open_as(OWNER, "/okrs")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.goto("/objectives/new")
    page.get_by_role("textbox", name="Objective").first.press("?")
    expect(listed).to_be_hidden()


PLACES = """() => [...document.querySelectorAll("form[data-check-in] :is(input, .btn, .hint), .ci, .block")]
    .map((part) => part.getBoundingClientRect()).filter((at) => at.width)
    .map((at) => [at.x, at.y + scrollY])"""


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("path", ["/", "/check-in"])
def test_choosing_a_confidence_moves_nothing(open_as: OpenAs, path: str, *, narrow: bool) -> None:
    """Neither the first choice nor a refined one, and the words follow it."""
    page = open_as(OWNER, path, narrow=narrow)
    form = page.locator("form[data-check-in]").first
    page.evaluate("document.fonts.ready.then(() => true)")
    before = page.evaluate(PLACES)
    for band in ("Low", "High"):
        with page.expect_response(re.compile("/preview$")):
            form.locator("[data-confidence] label", has_text=band).click()
        assert page.evaluate(PLACES) == before
    with page.expect_response(re.compile("/preview$")):
        page.keyboard.press("ArrowUp")
    assert page.evaluate(PLACES) == before
    if path == "/check-in":
        expect(form.locator("[data-chosen]")).to_have_text("High (9).")
