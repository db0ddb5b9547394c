"""Enter in any field of any form saves the form."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.browser import OpenAs
from tests.e2e.platform import Company

ADMIN = "Ines Larkspur"
# Notes the button of every form that would be sent, and sends none.
LISTEN = """() => {
  window.pressed = [];
  addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.pressed.push(event.submitter?.name ?? "");
  }, true);
}"""
# A field of several lines keeps Enter for a new line.
FIELDS = (
    "main form[method=post] :is(input:not([type=hidden]):not([type=radio]):not([type=checkbox])"
    ":not([type=date]):not([type=time]):not([readonly]), textarea[data-one-line])"
)


def pages(company: Company) -> list[str]:
    """Every page with a form that somebody types into."""
    api = company.api(ADMIN)
    objective = api.every(f"/objectives?cycle_id={company.running_cycle['id']}")[0]["id"]
    key_results = api.every(f"/key-results?objective_id={objective}")
    found = [
        "/",
        "/check-in",
        "/first-steps/company",
        "/first-steps/team",
        "/first-steps/objective",
        "/settings",
        "/admin",
        "/admin/people/invite",
        f"/admin/people/{company.people[ADMIN]}",
        "/admin/teams/new",
        "/admin/cycles/new",
        f"/admin/cycles/{company.running_cycle['id']}",
        "/objectives/new",
        f"/objectives/{objective}/edit",
        f"/objectives/{objective}/align",
        f"/objectives/{objective}/key-results/new",
    ]
    return [*found, *(f"/key-results/{item['id']}/edit" for item in key_results[:1])]


def press_enter_everywhere(page: Page) -> int:
    """Press Enter in each visible field; return how many there are."""
    page.evaluate(LISTEN)
    for details in page.locator("main details").all():
        details.evaluate("details => { details.open = true }")
    fields = [field for field in page.locator(FIELDS).all() if field.is_visible()]
    for field in fields:
        field.press("Enter")
    return len(fields)


def test_enter_in_every_field_of_every_form_saves_it(open_as: OpenAs, company: Company) -> None:
    page = open_as(ADMIN, "/settings")
    fields = 0
    for address in pages(company):
        page.goto(address)
        here = press_enter_everywhere(page)
        assert page.evaluate("window.pressed") == [""] * here, address
        fields += here
    assert fields > 40
