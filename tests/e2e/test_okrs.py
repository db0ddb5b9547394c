"""The OKRs page: collapsed rows are fetched when they are expanded."""

from __future__ import annotations

import zlib

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import OpenAs
from tests.e2e.platform import Company

ADMIN = "Ines Larkspur"
ELEMENTS_AT_MOST, BYTES_AT_MOST = 1_500, 120_000
PARENT, CHILD = "Every release is a quiet one", "Change failure rate"


def toggle(page: Page) -> Locator:
    """What expands and collapses the parent."""
    return page.get_by_role("button", name=f"Rows below {PARENT}")


def numbers(page: Page) -> tuple[int, int]:
    """How many rows are said to be shown, and how many to be collapsed."""
    shown, _, collapsed = page.locator("[data-row-count]").inner_text().partition(" shown")
    return int(shown), int("".join(filter(str.isdigit, collapsed)) or 0)


def test_a_first_visit_is_small(open_as: OpenAs) -> None:
    page = open_as(ADMIN, "/okrs")
    assert page.evaluate("document.querySelectorAll('*').length") < ELEMENTS_AT_MOST
    page_itself = page.context.request.get("/okrs")
    assert len(zlib.compress(page_itself.body())) < BYTES_AT_MOST // 4
    assert len(page_itself.body()) < BYTES_AT_MOST


def test_rows_are_expanded_by_key_and_remembered(open_as: OpenAs, company: Company) -> None:
    page = open_as(ADMIN, "/okrs")
    shown, collapsed = numbers(page)
    expect(page.get_by_role("link", name=CHILD)).to_have_count(0)
    toggle(page).press("Space")
    expect(page.get_by_role("link", name=CHILD)).to_be_visible()
    expect(toggle(page)).to_be_focused()
    assert sum(numbers(page)) == shown + collapsed
    assert numbers(page)[0] > shown
    toggle(page).press("ArrowLeft")
    expect(page.get_by_role("link", name=CHILD)).to_be_hidden()
    assert numbers(page) == (shown, collapsed)
    toggle(page).press("ArrowRight")
    page.reload()
    expect(page.get_by_role("link", name=CHILD)).to_be_visible()
    row = page.locator("tr", has=page.get_by_role("link", name=CHILD))
    key_result = (row.get_attribute("id") or "").removeprefix("row-")
    company.check_in(key_result, ADMIN, 8, 9)
    expect(row).to_contain_text("100")
    expect(row).to_be_visible()


def test_links_expand_rows_without_a_script(open_as: OpenAs) -> None:
    page = open_as(ADMIN, "/okrs")
    address = toggle(page).get_attribute("href") or ""
    plain = page.context.request.get(address.partition("#")[0]).text()
    assert CHILD in plain
    page.goto("/okrs?open=all")
    assert numbers(page)[1] == 0
