"""From an empty platform to the first check-in, as plain forms over the real services."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import ADMIN, virtual_host
from tests.integration.gateway.people import Browser
from tests.integration.gateway.platform import Caller, Platform, running

__all__ = ["virtual_host"]  # a fixture, found by name
FIELD = re.compile(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"')
CHOSEN = re.compile(r'<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected', re.DOTALL)
PASTED = (
    "Jun Alder <jun.alder@fernhollow.example>, wanjiru.moss@fernhollow.example\nJUN.ALDER@fernhollow.example"
)


@pytest.fixture
def empty(mongo_url: str, virtual_host: str, mongo_client: MongoClient[dict[str, Any]]) -> Iterator[Platform]:
    """A platform on its first day."""
    with running(mongo_url, virtual_host, mongo_client) as started:
        yield started


def shown(browser: Browser) -> dict[str, str]:
    """The fields of the page's forms, as they are shown."""
    main = browser.page.partition("<main")[2]
    found = [*FIELD.findall(main), *CHOSEN.findall(main)]
    return {name: html.unescape(value) for name, value in found}


def send(browser: Browser, path: str, **typed: str) -> str:
    """Fill in the form that the page shows, and follow where it leads; the path."""
    answer = browser.send(path, {**shown(browser), **typed})
    assert answer.status == 303, answer.body[:3000]
    to = str(answer.headers["Location"])
    assert browser.open(to).status == 200
    return to


def test_a_new_company_gets_to_its_first_check_in(empty: Platform) -> None:
    ines = Browser(empty)
    ines.open("/welcome", Accept_Language="da-DK, de;q=0.5")
    assert shown(ines)["locale"] == "da"
    founded = {name: value for name, value in ADMIN.items() if name != "time_zone"}
    assert send(ines, "/welcome", **founded, time_zone="Europe/Copenhagen") == "/first-steps"
    assert "Step 2 of 5" in ines.page
    assert re.fullmatch(r"Q[1-4] \d{4}", shown(ines)["name"])
    send(ines, "/first-steps/cycle")
    send(ines, "/first-steps/team", name="Platform Operations")
    assert "Platform Operations" in ines.page
    send(ines, "/first-steps/people", people=PASTED)
    assert "2 people invited." in ines.page
    assert "in it twice" in ines.page
    objective = {
        "title": "Nights are quiet",
        "key_result_title": "Calls at night",
        "start": "12,5",
        "target": "2",
    }
    send(ines, "/first-steps/objective", **objective)
    assert "Go to Today" in ines.page
    admin = Caller(empty.address, ines.token_of_ones_own())
    me = admin.call("GET", "/me").body
    assert (me["organisation"]["locale"], me["organisation"]["time_zone"]) == ("da", "Europe/Copenhagen")
    (team,) = admin.call("GET", "/teams").body["items"]
    assert len(team["member_ids"]) == 3
    (key_result,) = admin.call("GET", "/key-results").body["items"]
    assert (key_result["title"], key_result["start"]) == ("Calls at night", 12.5)

    def first_check_in() -> bool:
        ines.open("/")
        return f"/key-results/{key_result['id']}" in ines.page and "Set up in five steps" not in ines.page

    until(first_check_in, 30, "Today leads to the first check-in")


def test_pasting_again_after_a_lost_answer_invites_nobody_twice(empty: Platform) -> None:
    ines = Browser(empty)
    ines.open("/welcome")
    send(ines, "/welcome", **ADMIN)
    ines.open("/first-steps/people")
    form = {**shown(ines), "people": PASTED}
    for _ in range(2):
        assert ines.send("/first-steps/people", form).status == 303
    admin = Caller(empty.address, ines.token_of_ones_own())
    assert len(admin.call("GET", "/people").body["items"]) == 3
    assert (
        ines.send("/first-steps/people", {**form, "people": "wanjiru.moss@fernhollow.example"}).status == 303
    )
    assert len(admin.call("GET", "/people").body["items"]) == 3
