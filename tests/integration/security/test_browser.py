"""What a hostile page, or a hostile text, can make of a signed-in browser: nothing."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest

from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform
from tests.integration.permissions.scene import Organisation
from tests.integration.security.wire import send

HOSTILE = "<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>"
AN_ID = "01a20422-54bb-7524-bb8f-1f1b959bf35f"


def forms_of(platform: Platform) -> list[tuple[str, str]]:
    """Method and address of everything outside the API that changes something."""
    return [
        (method, re.sub(r"<[^>]*>", AN_ID, rule.rule))
        for rule in platform.app.url_map.iter_rules()
        if not rule.rule.startswith("/api/")
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
    ]


@pytest.fixture(scope="module")
def browser(platform: Platform) -> Browser:
    """The admin's, at a page."""
    found = sign_in(platform, ADMIN["email"], ADMIN["password"])
    found.open("/settings")
    return found


def test_no_form_of_any_page_is_taken_from_elsewhere(platform: Platform, browser: Browser) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    typed = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    token = f"csrf_token={browser.csrf()}".encode()
    attacks: list[tuple[bytes, dict[str, str]]] = [
        (b"", typed),
        (b"csrf_token=" + b"0" * 64, typed),
        (token, {**typed, "Sec-Fetch-Site": "cross-site"}),
        (token, {**typed, "Sec-Fetch-Site": "same-site"}),
        (token, {**typed, "Cookie": ""}),
        (b'{"csrf_token": "x"}', {**typed, "Content-Type": "text/plain"}),
    ]
    assert len(forms_of(platform)) > len(attacks)
    for method, path in forms_of(platform):
        for body, headers in attacks:
            answer = send(platform.address, method, path, body, headers)
            assert answer.status == HTTPStatus.FORBIDDEN, (method, path, body, headers)


def test_the_api_takes_a_sessions_write_from_our_own_pages_alone(
    platform: Platform, browser: Browser
) -> None:
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    json = {**cookie, "Content-Type": "application/json"}
    token = {"X-CSRF-Token": browser.csrf()}
    for headers, status in (
        (json, HTTPStatus.FORBIDDEN),
        ({**json, "X-CSRF-Token": "0" * 64}, HTTPStatus.FORBIDDEN),
        ({**json, **token, "Sec-Fetch-Site": "cross-site"}, HTTPStatus.FORBIDDEN),
        ({**json, "X-HTTP-Method-Override": "GET"}, HTTPStatus.FORBIDDEN),
        ({**cookie, **token, "Content-Type": "text/plain"}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        ({**json, **token}, HTTPStatus.UNPROCESSABLE_ENTITY),
    ):
        answer = send(platform.address, "POST", "/api/v1/me/tokens", b"{}", headers)
        assert answer.status == status, headers


def test_every_kind_of_answer_tells_the_browser_what_it_may_do_with_it(
    platform: Platform, browser: Browser
) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for path in (
        "/",
        "/first-steps",
        "/settings",
        "/admin",
        "/sign-in",
        "/nowhere",
        "/static/nowhere",
        "/password/x",
        "/okrs?cycle=x",
    ):
        for headers in ({"Accept": "text/html"}, {"Accept": "text/html", "Cookie": cookie}):
            found = send(platform.address, "GET", path, headers=headers).headers
            policy = found["content-security-policy"]
            assert policy.startswith("default-src 'none'"), path
            assert "unsafe" not in policy, path
            assert "frame-ancestors 'none'" in policy, path
            assert found["x-content-type-options"] == "nosniff", path
            assert found["cache-control"] == "no-store", path
            assert found["referrer-policy"] == "same-origin", path
    for path in ("/api/v1/me", "/api/v1/nowhere", "/api/v1/people"):
        found = send(platform.address, "GET", path, headers={"Cookie": cookie}).headers
        assert found["cache-control"] == "no-store", path
        assert found["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'", path
        assert found["x-content-type-options"] == "nosniff", path


def test_a_hostile_text_stays_a_text_on_every_page_that_shows_it(
    admin: Caller, home: Organisation, browser: Browser
) -> None:
    objective = home.objective(home.bystander_id, home.other_team_id, title=HOSTILE)
    admin.call("PATCH", f"/objectives/{objective}", {"why": HOSTILE, "contribution": HOSTILE}, If_Match="*")
    body = {"title": HOSTILE, "start": 0, "target": 9, "unit": "<b>'\"", "description": HOSTILE}
    key_result = admin.made(f"/objectives/{objective}/key-results", body)["id"]
    note = {"value": 1, "confidence": 1, "note": f"{HOSTILE}\r\nBcc: x@evil.example", "challenge": HOSTILE}
    admin.made(f"/key-results/{key_result}/check-ins", note, Idempotency_Key="hostile")
    for path in (
        f"/objectives/{objective}",
        f"/objectives/{objective}/edit",
        f"/key-results/{key_result}",
        f"/key-results/{key_result}/edit",
        "/okrs",
    ):
        page = browser.open(path)
        assert page.status == HTTPStatus.OK, path
        assert "<script>alert" not in page.body, path
        assert "<img src=x" not in page.body, path
        assert "{{7*7}}" in page.body or path == "/okrs", path


def test_no_host_name_from_outside_stands_in_an_answer(platform: Platform) -> None:
    for path in ("/", "/sign-in", "/okrs", "/api/openapi.json", "/api/docs"):
        hostile = {"Accept": "text/html", "X-Forwarded-Host": "evil.example", "X-Original-URL": "/admin"}
        answer = send(platform.address, "GET", path, headers=hostile)
        assert b"evil.example" not in answer.body, path
        assert "evil.example" not in answer.headers.get("location", ""), path
