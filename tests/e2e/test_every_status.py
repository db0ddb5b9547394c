"""Every status on every page that shows one, judged by axe in both themes; the pages stand over memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from services.gateway.domain import okr
from services.gateway.web.formatting import STATUS_WORDS
from tests.e2e.test_every_page import findings
from tests.unit.gateway.pages import fernhollow
from tests.unit.gateway.pages.conftest import Stage, company, stage
from tests.unit.gateway.pages.memory import Store

__all__ = ["company", "stage"]

HOME = "http://pages.test"
LISTS = ("/", "/okrs", "/objectives/o-recover", "/check-in", "/design")
REASONS = tuple(
    okr.Reason(rule=rule, value=0.3, limit=0.25, decisive=decisive)
    for rule, decisive in (("progress", True), ("expected", False), ("gap", True))
)
Shown = Callable[[str], list[str]]


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all of these tests."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def judged(tab: Page, stage: Stage, company: Store) -> Iterator[Shown]:  # fixtures of the pages
    """What axe finds on the page at this path, as Jun sees it, in light and in dark."""
    assert company.people
    client = stage.app.test_client()
    client.environ_base |= {"cairn.person": "jun", "HTTP_ACCEPT": "text/html,*/*;q=0.8"}

    def fulfil(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path == "/live":
            route.abort()
            return
        with client.get(f"{address.path}?{address.query}", follow_redirects=True) as answer:
            body, kind = answer.get_data(), answer.headers["Content-Type"]
        route.fulfill(status=answer.status_code, body=body, content_type=kind)

    def found(path: str) -> list[str]:
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{HOME}{path}")
        light = findings(tab)
        tab.emulate_media(color_scheme="dark")
        tab.reload()  # colours at rest
        dark = findings(tab, only="color-contrast")
        return [f"light {each}" for each in light] + [f"dark {each}" for each in dark]

    tab.route("**/*", fulfil)
    yield found
    tab.goto("about:blank")
    tab.unroute_all(behavior="ignoreErrors")


def standing(known: okr.KeyResult, status: str) -> okr.KeyResult:
    """The key result with this status."""
    return replace(known, status=status, reasons=REASONS)


@pytest.mark.parametrize("path", LISTS)
def test_lists_of_every_status_are_accessible(judged: Shown, company: Store, path: str) -> None:
    like = company.key_results["k-runbook"]
    for status in STATUS_WORDS:
        one = standing(replace(like, id=f"k-{status}", title=f"It is {status}"), status)
        company.key_results[one.id] = one
        own = replace(
            company.objectives["o-recover"], id=f"o-{status}", title=f"This is {status}", status=status
        )
        company.objectives[own.id] = own
    company.owed["jun"] = tuple(
        okr.Owed(key_result=company.key_results[f"k-{status}"], due_on=fernhollow.TODAY)
        for status in STATUS_WORDS
    )
    assert judged(path) == []


@pytest.mark.parametrize("status", STATUS_WORDS)
def test_the_pages_of_one_thing_are_accessible(judged: Shown, company: Store, status: str) -> None:
    company.key_results["k-restore"] = standing(company.key_results["k-restore"], status)
    company.objectives["o-trust"] = replace(company.objectives["o-trust"], status=status)
    assert judged("/key-results/k-restore") == []
    assert judged("/objectives/o-trust") == []
