"""Signing in and out as a browser sees it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.gateway.domain.secrets import digest
from tests.fixtures.waiting import WaitUntil
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform


def test_a_stranger_is_led_to_sign_in_and_back_to_where_they_wanted_to_go(platform: Platform) -> None:
    browser = Browser(platform)
    answer = browser.open("/okrs?status=at_risk")
    assert answer.status == 302
    browser.open(answer.headers["Location"])
    form = {"email": ADMIN["email"], "password": ADMIN["password"], "next": "/okrs?status=at_risk"}
    assert browser.send("/sign-in", form).headers["Location"] == "/okrs?status=at_risk"


def test_nobody_is_led_to_another_site_after_signing_in(platform: Platform) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser = Browser(platform)
        browser.open("/sign-in")
        form = {"email": ADMIN["email"], "password": ADMIN["password"], "next": elsewhere}
        assert browser.send("/sign-in", form).headers["Location"] == "/"


def test_what_was_typed_stays_after_a_wrong_password_but_the_password(platform: Platform) -> None:
    browser = Browser(platform)
    browser.open("/sign-in")
    answer = browser.send("/sign-in", {"email": "odo@fernhollow.example", "password": "wrong and secret"})
    assert answer.status == 401
    assert "odo@fernhollow.example" in answer.body
    assert "wrong and secret" not in answer.body


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(platform: Platform) -> None:
    browser = Browser(platform)
    browser.open("/sign-in")
    answer = browser.send("/sign-in", {"email": ADMIN["email"], "password": ADMIN["password"]})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("cairn_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_a_session_id_planted_before_signing_in_is_worth_nothing(platform: Platform) -> None:
    browser = Browser(platform)
    browser.cookies["cairn_session"] = "planted"
    browser.open("/sign-in")
    browser.send("/sign-in", {"email": ADMIN["email"], "password": ADMIN["password"]})
    assert browser.cookies["cairn_session"] != "planted"


def test_signing_in_again_ends_the_session_before(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"])
    old = dict(browser.cookies)
    browser.open("/okrs")
    browser.send("/sign-in", {"email": ADMIN["email"], "password": ADMIN["password"]})
    thief = Browser(platform)
    thief.cookies = old
    assert thief.open("/settings").status == 302


def test_signing_out_ends_the_session_on_the_server(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"])
    browser.open("/settings")
    old = dict(browser.cookies)
    assert browser.send("/sign-out", {}).status == 303
    assert "cairn_session" not in browser.cookies
    thief = Browser(platform)
    thief.cookies = old
    assert thief.open("/settings").status == 302


def test_a_form_without_the_pages_token_changes_nothing(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"])
    browser.page = ""
    assert browser.send("/sign-out", {}).status == 403
    assert browser.open("/settings").status == 200


def test_a_form_with_another_persons_token_changes_nothing(platform: Platform) -> None:
    stranger = Browser(platform)
    stranger.open("/sign-in")
    browser = sign_in(platform, ADMIN["email"])
    browser.page = stranger.page
    assert browser.send("/sign-out", {}).status == 403


def test_a_form_from_another_site_changes_nothing(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"])
    browser.open("/settings")
    for site in ("cross-site", "same-site", "none"):
        assert browser.send("/sign-out", {}, Sec_Fetch_Site=site).status == 403, site


def test_signing_in_needs_the_pages_token_too(platform: Platform) -> None:
    browser = Browser(platform)
    assert browser.send("/sign-in", {"email": ADMIN["email"], "password": ADMIN["password"]}).status == 403


def test_every_page_says_what_the_browser_may_do(platform: Platform) -> None:
    browser = Browser(platform)
    answer = browser.open("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in answer.body
    assert browser.open("/sign-in").headers["Content-Security-Policy"] != policy, "a nonce is used once"
    for name in (
        "Referrer-Policy",
        "X-Content-Type-Options",
        "Permissions-Policy",
        "Cross-Origin-Opener-Policy",
    ):
        assert name in answer.headers


def test_no_page_of_a_person_is_kept_by_the_browser(platform: Platform) -> None:
    assert sign_in(platform, ADMIN["email"]).open("/settings").headers["Cache-Control"] == "no-store"


def test_a_part_of_a_page_asked_for_without_a_session_loads_the_sign_in_page(platform: Platform) -> None:
    browser = Browser(platform)
    answer = browser.open("/settings", HX_Request="true", HX_Current_URL=f"{platform.address}/okrs?team=a")
    assert answer.status == 401
    assert answer.headers["X-Cairn-Sign-In"] == "/sign-in?next=/okrs%3Fteam%3Da"


@pytest.mark.parametrize("shown", ["http://[", "http://[::1", "http://a]b/"])
def test_what_is_no_address_leads_to_the_sign_in_page_all_the_same(platform: Platform, shown: str) -> None:
    answer = Browser(platform).open("/okrs", HX_Request="true", HX_Current_URL=shown)
    assert (answer.status, answer.headers["X-Cairn-Sign-In"]) == (401, "/sign-in")


def test_the_first_set_up_is_over_once_there_is_an_organisation(platform: Platform) -> None:
    assert Browser(platform).open("/welcome").headers["Location"] == "/sign-in"
    answer = Caller(platform.address).call("POST", "/setup", ADMIN)
    assert (answer.status, answer.body["type"]) == (409, "/problems/already-set-up")


def test_a_page_that_is_not_there_says_so_with_a_way_on(platform: Platform) -> None:
    answer = Browser(platform).open("/nothing/here")
    assert answer.status == 404
    assert "This page isn" in answer.body


def test_a_reset_page_with_a_made_up_link_offers_another(platform: Platform) -> None:
    answer = Browser(platform).open("/password/made-up")
    assert answer.status == 404
    assert 'href="/password"' in answer.body


def test_asking_for_a_reset_says_the_same_for_known_and_unknown(platform: Platform) -> None:
    said = []
    for email in (ADMIN["email"], "nobody@fernhollow.example"):
        browser = Browser(platform)
        browser.open("/password")
        answer = browser.send("/password", {"email": email})
        words = answer.body.partition("<h1>")[2].replace(email, "the address")
        said.append((answer.status, words))
    assert said[0] == said[1]


def test_an_address_that_is_too_long_to_be_one_is_not_looked_for(platform: Platform) -> None:
    long = "x" * 250 + "@fernhollow.example"
    for path, form in (("/sign-in", {"email": long, "password": "x"}), ("/password", {"email": long})):
        browser = Browser(platform)
        browser.open(path)
        answer = browser.send(path, form)
        assert (answer.status, "at most 254 characters" in answer.body) == (422, True), path
    assert platform.database["reset_requests"].count_documents({"email": long}) == 0


def test_a_plus_in_an_address_survives_the_reset(platform: Platform, wait_until: WaitUntil) -> None:
    """It became a space on the way to the sign-in page."""
    invited = {"name": "Ada Plus", "email": "ada+okr@fernhollow.example", "role": "member"}
    admin = Caller(platform.address, sign_in(platform, ADMIN["email"]).token_of_ones_own())
    person = admin.made("/people", invited)
    accounts = platform.database["accounts"]
    wait_until(lambda: accounts.count_documents({"_id": person["id"]}) == 1, deadline=20)
    link = {"digest": digest("a secret"), "expires_at": datetime(2040, 1, 1, tzinfo=UTC)}
    accounts.update_one({"_id": person["id"]}, {"$set": {"reset": link, "state": "active"}})
    browser = Browser(platform)
    browser.open("/password/a secret")
    answer = browser.send("/password/a secret", {"password": "nine quiet stones upon the hill"})
    assert answer.status == 303, answer.body[:300]
    assert 'value="ada+okr@fernhollow.example"' in browser.open(answer.headers["Location"]).body
