"""Words, names, units and addresses as long as they may be stay within every page and every mail.

The pages are taken from the application's own map of addresses: a new one cannot be forgotten.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from pymongo import MongoClient

from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import virtual_host
from tests.integration.gateway.people import sign_in
from tests.integration.gateway.platform import SETUP_CODE, Caller, Platform, running
from tests.screenshots.pages import PageAddress, pages_with

__all__ = ["virtual_host"]

WIDTHS = (1440, 768, 360)
OVERFLOW = Path(__file__).with_name("overflow.js").read_text(encoding="utf-8")

WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswesse"
ADDRESS = (
    "https://wiki.fernhollow.example/" + "runbooks_and_rehearsals/" * 5 + "restoring.service.html?" + "v" * 30
)
UNIT = "Kilowattstunden/"
ARABIC = "يثق العملاء بالأنظمة التي لا يمكنهم تحمل خسارتها أبدا"
PROSE = f"{ADDRESS} {WORD}"
PASSWORD = "nine quiet stones by the river"
EMAIL = "a" * 60 + "@" + ".".join(["b" * 60] * 3) + ".example"
SETUP = {
    "code": SETUP_CODE,
    "organisation_name": WORD,
    "time_zone": "Africa/Ouagadougou",
    "name": NAME,
    "email": EMAIL,
    "password": PASSWORD,
}
VIEWS = ("/okrs?open=all", "/okrs?show=mine", "/objectives/new?level=person")


def test_the_texts_are_as_long_as_they_should_be() -> None:
    assert (len(WORD), len(NAME), len(UNIT)) == (80, 80, 16)
    assert len(ADDRESS) >= 170


@pytest.fixture(scope="module")
def wide(
    mongo_url: str,
    virtual_host: str,  # the fixture
    mongo_client: MongoClient[dict[str, Any]],
) -> Iterator[Platform]:
    """All services, with an organisation in which every text is long."""
    with running(mongo_url, virtual_host, mongo_client) as started:
        Caller(started.address).made("/setup", SETUP)
        yield started


@pytest.fixture(scope="module")
def company(wide: Platform) -> dict[str, str]:
    """What the pages show, made through the public API; examples for the addresses."""
    browser = sign_in(wide, EMAIL, PASSWORD)
    api = Caller(wide.address, browser.token_of_ones_own())
    me = str(api.call("GET", "/me").body["id"])
    today = datetime.now(UTC).date()
    other = api.made("/people", {"name": ARABIC[:60], "email": f"x{EMAIL[1:]}", "role": "member"})
    span = {
        "starts_on": (today - timedelta(days=45)).isoformat(),
        "ends_on": (today + timedelta(45)).isoformat(),
    }
    cycle = api.made("/cycles", {"name": WORD, **span})
    api.made("/cycles", {"name": f"{NAME} 2", **span})
    people = [me, other["id"]]
    team = api.made("/teams", {"name": WORD, "lead_id": me, "member_ids": people})
    api.made(
        "/teams", {"name": ARABIC, "parent_id": team["id"], "lead_id": other["id"], "member_ids": people}
    )
    objectives = {"cycle_id": cycle["id"], "owner_id": me, "why": PROSE, "contribution": PROSE[:500]}
    top = api.made("/objectives", {"title": WORD, "level": "company", **objectives})
    api.made("/objectives", {"title": ARABIC, "level": "company", **objectives})
    key_result = _key_result(api, top["id"], me, WORD)
    _key_result(api, top["id"], me, ARABIC)
    _key_result(api, top["id"], me, f"{NAME} {ADDRESS}"[:200])
    parent = {"kind": "key_result", "id": key_result}
    below = {
        "title": f"{NAME} {WORD}",
        "level": "team",
        "team_id": team["id"],
        "parent": parent,
        **objectives,
    }
    of_team = api.made("/objectives", below)
    api.made("/objectives", {**below, "title": ARABIC, "parent": {"kind": "objective", "id": of_team["id"]}})
    overdue = [_key_result(api, of_team["id"], me, title) for title in (WORD, f"{NAME} {ADDRESS}"[:200])]
    long_ago = (datetime.now(UTC) - timedelta(days=20)).isoformat()
    for item in overdue:
        told = {"value": 3, "confidence": 2, "note": PROSE, "as_of": long_ago}
        api.made(f"/key-results/{item}/check-ins", told, Idempotency_Key=uuid.uuid4().hex)
    for value, confidence in ((1, 8), (2, 2), (999_999_999_999.5, 1)):
        told = {
            "value": value,
            "confidence": confidence,
            "note": PROSE,
            "challenge": PROSE,
            "adjustment": PROSE,
        }
        check_in = api.made(f"/key-results/{key_result}/check-ins", told, Idempotency_Key=uuid.uuid4().hex)
    until(lambda: api.call("GET", "/check-ins/due").body["items"], 30, "two check-ins are due")
    until(lambda: api.call("GET", "/mail-log?limit=1").body["items"], 30, "the mail log holds the invitation")
    return {
        "objective_id": str(of_team["id"]),
        "key_result_id": key_result,
        "check_in_id": str(check_in["id"]),
        "person_id": str(other["id"]),
        "team_id": str(team["id"]),
        "cycle_id": str(cycle["id"]),
        "mail_id": str(api.call("GET", "/mail-log?limit=1").body["items"][0]["id"]),
        "slug": "not-found",
        "token": "a-link-that-is-over",
    }


def _key_result(api: Caller, objective_id: str, owner_id: str, title: str) -> str:
    body = {"title": title, "start": -999_999_999_999.5, "target": 999_999_999_999.5, "unit": UNIT}
    described = {"description": PROSE, "owner_id": owner_id}
    return str(api.made(f"/objectives/{objective_id}/key-results", body | described)["id"])


@pytest.fixture(scope="module")
def contexts(browser: Browser, wide: Platform) -> Iterator[dict[bool, BrowserContext]]:
    """One browser that is signed in, and one that is not."""
    stranger, admin = (browser.new_context(base_url=wide.address, reduced_motion="reduce") for _ in range(2))
    cookies = sign_in(wide, EMAIL, PASSWORD).cookies
    admin.add_cookies(
        [{"name": name, "value": value, "url": wide.address} for name, value in cookies.items()]
    )
    yield {True: admin, False: stranger}
    for context in (stranger, admin):
        context.close()


@pytest.mark.parametrize("part", range(4))
def test_nothing_overflows_on_any_page(
    contexts: dict[bool, BrowserContext], company: dict[str, str], part: int
) -> None:
    """At each width, with the menus shut and with each of them open."""
    pages = [*pages_with(company), *(PageAddress(path, "", path) for path in VIEWS)]
    assert len(pages) > 30
    found: dict[str, list[str]] = {}
    for context in contexts.values():
        context.new_page()
    for address in pages[part::4]:
        page = contexts[address.viewer is not None].pages[-1]
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(address.path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate(OVERFLOW)
            if over:
                found[f"{address.path} at {width}"] = over
    for context in contexts.values():
        context.pages[-1].close()
    assert found == {}
