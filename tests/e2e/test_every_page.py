"""Every page of the navigation and behind it: reachable, accessible, within the screen, silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import OpenAs
from tests.e2e.platform import Company

AXE = Path(__file__).with_name("axe.min.js")
ADMIN, LEAD, VIEWER = "Ines Larkspur", "Jun Alder", "Noor Calloway"

STRANGERS_PAGES = ("/sign-in", "/password", "/api/docs", "/nowhere-at-all")
EMPLOYEES_PAGES = (
    "/",
    "/check-in",
    "/okrs",
    "/okrs?owner=me",
    "/objectives/{objective}",
    "/objectives/{objective}/edit",
    "/objectives/new",
    "/objectives/{objective}/key-results/new",
    "/key-results/{key_result}",
    "/key-results/{key_result}/edit",
    "/settings",
    "/objectives/00000000-0000-7000-8000-000000000000",
)
ADMINS_PAGES = (
    "/first-steps",
    "/first-steps/company",
    "/first-steps/people",
    "/first-steps/objective",
    "/admin",
    "/admin/people",
    "/admin/teams",
    "/admin/cycles",
    "/admin/thresholds",
    "/admin/mail",
    "/admin/audit",
)


def findings(page: Page, only: str | None = None) -> list[str]:
    """What axe finds on this page, one line each; of one rule where ``only`` names it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": [only]} if only else {})
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


def judge(page: Page) -> None:
    """The page has a title and a heading, stays within the screen, and axe finds nothing."""
    assert page.title().endswith("Cairn")
    assert page.get_by_role("heading", level=1).count() == 1, page.url
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px wider than the screen"
    page.emulate_media(reduced_motion="reduce")  # colours at rest, also of a part that has just changed
    found = findings(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


@pytest.fixture(scope="session")
def places(company: Company) -> dict[str, str]:
    """An objective and a key result that Jun owns, with a history."""
    own = company.people[LEAD]
    objectives = company.api(LEAD).every(f"/objectives?owner_id={own}&cycle_id={company.running_cycle['id']}")
    objective = next(item for item in objectives if item["title"] == "Recover before customers notice")
    key_results = company.api(LEAD).every(f"/key-results?objective_id={objective['id']}")
    return {"objective": objective["id"], "key_result": key_results[0]["id"]}


LOOKS = pytest.mark.parametrize(
    ("theme", "narrow"),
    [("light", False), ("dark", False), ("light", True), ("dark", True)],
    ids=["light-wide", "dark-wide", "light-phone", "dark-phone"],
)


@LOOKS
@pytest.mark.parametrize("path", STRANGERS_PAGES)
def test_a_strangers_page_is_accessible(open_as: OpenAs, path: str, theme: str, *, narrow: bool) -> None:
    """Before anybody has signed in."""
    page = open_as(None, path, theme=theme, narrow=narrow)
    page.watch.expect("404")  # type: ignore[attr-defined]  # one of them is not there
    judge(page)


@LOOKS
@pytest.mark.parametrize("path", EMPLOYEES_PAGES)
def test_an_employees_page_is_accessible(
    open_as: OpenAs, places: dict[str, str], path: str, theme: str, *, narrow: bool
) -> None:
    """As Jun, who leads a team and owes check-ins."""
    page = open_as(LEAD, path.format(**places), theme=theme, narrow=narrow)
    page.watch.expect("404")  # type: ignore[attr-defined]  # one of them is not there
    judge(page)


@LOOKS
@pytest.mark.parametrize("path", ADMINS_PAGES)
def test_an_admins_page_is_accessible(open_as: OpenAs, path: str, theme: str, *, narrow: bool) -> None:
    """As the admin."""
    judge(open_as(ADMIN, path, theme=theme, narrow=narrow))


def test_the_bars_of_one_list_begin_and_end_alike_on_a_phone(open_as: OpenAs, places: dict[str, str]) -> None:
    page = open_as(LEAD, "/objectives/{objective}".format(**places), narrow=True)
    for block in ("#key-results", "#children"):
        edges = page.locator(f"{block} .bar").evaluate_all(
            "bars => bars.map(bar => bar.getBoundingClientRect()).map(at => `${at.left} to ${at.right}`)"
        )
        words = page.locator(f"{block} .st").all_inner_texts()
        assert len(set(words)) > 1, "statuses of one length would prove nothing"
        assert len(set(edges)) == 1, (block, edges)


@pytest.mark.parametrize("name", ["Wanjiru Moss", VIEWER, "Odo Hartfeld"])
def test_everybody_can_open_every_page_of_the_navigation(open_as: OpenAs, name: str) -> None:
    """No link of the navigation leads to a refusal, whatever one's role."""
    page = open_as(name, "/")
    links = (
        page.get_by_role("navigation")
        .first.get_by_role("link")
        .evaluate_all("links => links.map(a => a.href)")
    )
    assert len(links) >= 3
    for link in links:
        answer = page.goto(link)
        assert answer is not None
        assert answer.status == 200, link


def test_an_employee_is_refused_the_admin_pages(open_as: OpenAs) -> None:
    """And is not shown the way there."""
    page = open_as("Wanjiru Moss", "/")
    page.watch.expect("40")  # type: ignore[attr-defined]  # the refusal is the point
    assert page.locator("a[href^='/admin']").count() == 0
    answer = page.goto("/admin")
    assert answer is not None
    assert answer.status in {403, 404}
