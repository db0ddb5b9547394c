"""A number while it is typed: the preview comes from the server, and two readings are asked about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.browser import NARROW, OpenAs
from tests.e2e.platform import Company

OWNER = "Jun Alder"
PREVIEWS = re.compile(r"/check-in/preview$")


@pytest.fixture
def key_result(company: Company) -> dict[str, Any]:
    """Jun's, from 0 to 20,000 requests."""
    objective = company.objective("Requests are served", owner_id=company.people[OWNER])
    return company.key_result(objective["id"], "Requests served", OWNER, target=20_000, unit="req/s")


def test_a_preview_says_what_is_stored_and_a_late_answer_is_dropped(
    open_as: OpenAs, key_result: dict[str, Any], company: Company
) -> None:
    page = open_as(OWNER, f"/key-results/{key_result['id']}")
    late: list[Route] = []

    def hold(route: Route) -> None:
        """Keep the first question; let the others through."""
        if late:
            route.continue_()
        else:
            late.append(route)

    page.route(PREVIEWS, hold)
    value, preview = page.get_by_label("Value now"), page.locator("[data-effect]")
    with page.expect_request(PREVIEWS):
        value.fill("1")
    value.fill("29,5")
    expect(preview).to_contain_text("29.5\u00a0req/s → 1%")
    late[0].fulfill(content_type="text/html", body='<div data-preview="behind">Too late</div>')
    expect(preview).to_contain_text("29.5\u00a0req/s → 1%")
    value.fill("5 000 req/s")
    expect(preview).to_contain_text("5,000\u00a0req/s → 25%")
    page.locator("form[data-check-in]").get_by_text("Low").click()
    expect(preview).to_contain_text(re.compile("At risk", re.IGNORECASE))
    page.locator("form[data-check-in]").get_by_role("button", name="Check in").click()
    expect(page.locator(".kr-top")).to_contain_text("5,000")
    assert company.api(OWNER).call("GET", f"/key-results/{key_result['id']}")["current"] == 5000


def test_a_preview_that_fails_leaves_no_old_one(open_as: OpenAs, key_result: dict[str, Any]) -> None:
    page = open_as(OWNER, f"/key-results/{key_result['id']}")
    page.watch.expect("503")  # type: ignore[attr-defined]
    value, preview = page.get_by_label("Value now"), page.locator("[data-effect]")
    value.fill("29,5")
    expect(preview).to_contain_text("29.5\u00a0req/s → 1%")
    page.route(PREVIEWS, lambda route: route.fulfill(status=503, body="down"))
    value.fill("5000")
    expect(preview).to_be_empty()
    page.unroute(PREVIEWS)
    value.fill("5001")
    expect(preview).to_contain_text("5,001\u00a0req/s → 25%")


def test_two_readings_are_buttons_that_keep_all_else(
    open_as: OpenAs, key_result: dict[str, Any], company: Company
) -> None:
    page = open_as(OWNER, f"/key-results/{key_result['id']}")
    page.watch.expect("422")  # type: ignore[attr-defined]
    value = page.get_by_label("Value now")
    value.fill("13.000")
    expect(page.locator("[data-effect] button")).to_have_text(["13\u00a0req/s", "13,000\u00a0req/s"])
    page.set_viewport_size(NARROW)
    box = page.locator("[data-effect] button").last.bounding_box()
    assert box
    assert box["width"] > box["height"]  # its words stand beside each other
    page.locator("[data-effect] button").first.click()
    expect(value).to_have_value("13")
    value.fill("13.000")
    page.locator("form[data-check-in]").get_by_text("High").click()
    page.get_by_label("Note").fill("After the release")
    page.locator("form[data-check-in]").get_by_role("button", name="Check in").click()
    readings = page.locator(".readings button[name=reading]")
    expect(readings).to_have_text(["13", "13,000"])
    value.press("Enter")
    expect(readings).to_have_count(2)
    readings.last.click()
    expect(page.locator(".kr-top")).to_contain_text("13,000")
    (stored,) = company.api(OWNER).every(f"/key-results/{key_result['id']}/check-ins")
    assert (stored["value"], stored["note"]) == (13000, "After the release")
