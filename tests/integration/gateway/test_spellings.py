"""One address, however it is spelled: invited, signed in, reset, and known to the browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from services.gateway.domain.accounts import INVITATION_LASTS, Link
from services.gateway.domain.secrets import digest
from tests.fixtures.waiting import WaitUntil
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import PASSWORD, Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform

SPELLINGS = (
    "rosé@xn--bcher-kva.example",
    "ROSÉ@BÜCHER.EXAMPLE",
    "rose\u0301@bu\u0308cher.example",
    "Rosé@XN--BCHER-KVA.example",
)


@pytest.fixture(scope="module")
def rose(admin: Caller) -> dict[str, Any]:
    """Somebody who was invited by the A-label of her domain and has a password."""
    invited = {"name": "Rosé", "email": SPELLINGS[0], "role": "member"}
    person: dict[str, Any] = admin.made("/people", invited)
    return person


@pytest.fixture
def accepted(platform: Platform, rose: dict[str, Any], wait_until: WaitUntil) -> dict[str, Any]:
    """She has accepted the invitation."""
    accounts = platform.database["accounts"]
    wait_until(lambda: accounts.find_one({"_id": rose["id"]}) is not None, 20)
    account = accounts.find_one({"_id": rose["id"]})
    assert account is not None
    if account["password_hash"] is None:
        link = vars(Link(digest=digest("her link"), expires_at=account["created_at"] + INVITATION_LASTS))
        accounts.update_one({"_id": rose["id"]}, {"$set": {"invitation": link}})
        Caller(platform.address).made("/invitations/accept", {"token": "her link", "password": PASSWORD})
    return rose


def test_an_address_is_stored_in_one_spelling(rose: dict[str, Any]) -> None:
    assert rose["email"] == "rosé@bücher.example"


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_an_address_is_invited_once(rose: dict[str, Any], admin: Caller, spelled: str) -> None:
    answer = admin.call("POST", "/people", {"name": "Another", "email": spelled, "role": "member"})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/email"), rose


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_every_spelling_signs_in(platform: Platform, accepted: dict[str, Any], spelled: str) -> None:
    assert accepted["name"] in sign_in(platform, spelled).open("/settings").body


def test_wrong_passwords_are_counted_together(platform: Platform, accepted: dict[str, Any]) -> None:
    """Each spelling had a count of its own, so that a guesser had as many tries more."""
    before = _counted(platform)
    for spelled in SPELLINGS:
        browser = Browser(platform)
        browser.open("/sign-in")
        assert browser.send("/sign-in", {"email": spelled, "password": "not hers"}).status == 401
    assert _counted(platform) - before <= 1, accepted


def _counted(platform: Platform) -> int:
    return platform.database["rates"].count_documents({"_id": {"$regex": "sign-in:all:"}})


@pytest.mark.parametrize("spelled", SPELLINGS[1:3])
def test_every_spelling_gets_a_reset(
    platform: Platform, accepted: dict[str, Any], spelled: str, wait_until: WaitUntil
) -> None:
    accounts = platform.database["accounts"]
    accounts.update_one({"_id": accepted["id"]}, {"$set": {"reset": None}})
    browser = Browser(platform)
    browser.open("/password")
    assert browser.send("/password", {"email": spelled}).status == 200
    wait_until(lambda: accounts.find_one({"_id": accepted["id"], "reset.digest": {"$exists": True}}), 20)


def test_a_local_part_over_64_bytes_is_refused_with_its_reason(admin: Caller) -> None:
    long = {"name": "Long", "email": "é" * 33 + "@x.example", "role": "member"}
    answer = admin.call("POST", "/people", long)
    assert answer.status == 422
    said = answer.body["errors"][0]
    assert said == {
        "pointer": "/email",
        "message": "The part before the @ takes 66 bytes; mail servers accept at most 64.",
    }


def test_changing_to_another_spelling_keeps_the_invitation(admin: Caller) -> None:
    person = admin.made("/people", {"name": "Zoë", "email": "zoe\u0308@bücher.example", "role": "member"})
    etag = admin.call("GET", f"/people/{person['id']}").headers["ETag"]
    changed = admin.call(
        "PATCH", f"/people/{person['id']}", {"email": "ZOË@xn--bcher-kva.example"}, If_Match=etag
    )
    assert (changed.status, changed.body["email"]) == (200, "ZOË@bücher.example")


def test_the_admin_finds_people_by_either_spelling(platform: Platform, rose: dict[str, Any]) -> None:
    browser = sign_in(platform, ADMIN["email"])
    for words in ("bu\u0308cher", "B%C3%9CCHER", "rose\u0301"):
        assert rose["id"] in _people(browser.open(f"/admin?q={quote(words, safe='%')}").body)
    assert rose["id"] not in _people(browser.open("/admin?q=elsewhere").body)


def _people(page: str) -> str:
    """The part of the admin page that lists people."""
    return page.partition('id="people"')[2].partition('id="teams"')[0]
