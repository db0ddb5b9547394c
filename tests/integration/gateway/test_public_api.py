"""The public API's front: who gets through, what passes, and what stays outside."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from libs.chassis.auth import Principal, TokenMinter
from services.gateway.api.routes import ROUTES
from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform

METHODS = ("get", "post", "put", "patch", "delete")


def described(platform: Platform) -> dict[str, Any]:
    """What the API says of itself."""
    answer = Browser(platform).open("/api/openapi.json")
    assert answer.status == 200
    return dict(json.loads(answer.body))


def test_everything_that_is_described_reaches_the_service_that_describes_it(
    platform: Platform, admin: Caller
) -> None:
    for path, item in described(platform)["paths"].items():
        for method in METHODS:
            if method not in item or "security" in item[method]:
                continue
            asked = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
            answer = admin.call(method.upper(), asked, {} if method in ("post", "put", "patch") else None)
            assert answer.status != 405, (method, path)
            detail = str((answer.body or {}).get("detail", ""))
            assert "requested URL was not found" not in detail, (method, path, answer.body)


def test_nothing_is_answered_to_a_stranger(platform: Platform) -> None:
    stranger = Caller(platform.address)
    for path, item in described(platform)["paths"].items():
        for method in METHODS:
            if method in item and "security" not in item[method]:
                asked = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
                answer = stranger.call(method.upper(), asked, {})
                assert (answer.status, answer.body["type"]) == (401, "/problems/unauthenticated"), path


def test_an_unknown_address_is_a_problem(admin: Caller) -> None:
    answer = admin.call("GET", "/mountains")
    assert (answer.status, answer.body["type"]) == (404, "/problems/not-found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_internal_addresses_are_not_reachable_from_outside(platform: Platform) -> None:
    for path in (
        "/internal/organisations",
        "/api/internal/organisations",
        "/api/v1/../../internal/organisations",
    ):
        assert Browser(platform).open(path).status == 404


def test_a_wrong_method_says_which_are_right(admin: Caller) -> None:
    answer = admin.call("PATCH", "/tree", {})
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    own = admin.call("DELETE", "/audit")
    assert (own.status, own.body["type"]) == (405, "/problems/method-not-allowed")


def test_revisions_pass_in_both_directions(admin: Caller) -> None:
    body = {"name": f"Q {uuid.uuid4().hex[:6]}", "starts_on": "2031-10-01", "ends_on": "2031-12-31"}
    made = admin.call("POST", "/cycles", body)
    assert made.status == 201
    path = f"/cycles/{made.body['id']}"
    assert admin.call("PATCH", path, {"name": "Other"}).status == 428
    assert admin.call("PATCH", path, {"name": "Other"}, If_Match='"99"').status == 412
    changed = admin.call("PATCH", path, {"name": "Other"}, If_Match=made.headers["ETag"])
    assert changed.status == 200
    assert changed.headers["ETag"] != made.headers["ETag"]


def test_a_query_passes_as_it_was_written(admin: Caller) -> None:
    answer = admin.call("GET", "/people?q=lark%20spur%26&limit=1")
    assert (answer.status, answer.body["items"]) == (200, [])
    assert admin.call("GET", "/people?limit=1000").status == 422


def test_nobody_can_say_from_outside_who_they_are(admin: Caller, platform: Platform) -> None:
    forged = {"X-Forwarded-User": "somebody", "X-Person-Id": "somebody"}
    answer = admin.call("GET", "/me", **{name.replace("-", "_"): value for name, value in forged.items()})
    assert answer.body["email"] == ADMIN["email"]
    stranger = Caller(platform.address)
    assert stranger.call("GET", "/me", X_Forwarded_User=answer.body["id"]).status == 401


def test_a_services_own_token_is_no_token_from_outside(platform: Platform) -> None:
    principal = Principal("somebody", "fernhollow", frozenset({"admin"}), frozenset({"read", "write"}))
    minted = TokenMinter(platform.minter_key).mint(principal, ["goals"])
    assert Caller(platform.address, minted).call("GET", "/me").status == 401


def test_the_correlation_id_of_the_caller_comes_back(admin: Caller) -> None:
    mine = f"test-{uuid.uuid4().hex}"
    assert admin.call("GET", "/me", X_Correlation_Id=mine).headers["X-Correlation-Id"] == mine
    assert (
        admin.call("GET", "/me", X_Correlation_Id="no good\x7f").headers["X-Correlation-Id"] != "no good\x7f"
    )


def test_a_body_over_64_kib_is_refused(admin: Caller) -> None:
    answer = admin.call("POST", "/cycles", {"name": "x" * 70_000})
    assert (answer.status, answer.body["type"]) == (413, "/problems/payload-too-large")


def test_a_reading_token_cannot_write(platform: Platform, admin: Caller) -> None:
    made = admin.made("/me/tokens", {"name": "reader", "scopes": ["read"]})
    reader = Caller(platform.address, made["token"])
    assert reader.call("GET", "/cycles").status == 200
    answer = reader.call("POST", "/cycles", {})
    assert (answer.status, answer.body["type"]) == (403, "/problems/insufficient-scope")


def test_a_token_makes_no_token_that_may_do_more(platform: Platform, admin: Caller) -> None:
    made = admin.made("/me/tokens", {"name": "writer", "scopes": ["write"]})
    writer = Caller(platform.address, made["token"])
    assert writer.made("/me/tokens", {"name": "more", "scopes": ["read", "write"]})["scopes"] == ["write"]
    answer = writer.call("POST", "/me/tokens", {"name": "other", "scopes": ["read"]})
    assert answer.status == 422


def test_a_token_makes_no_token_that_outlives_it(platform: Platform, admin: Caller) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = admin.made("/me/tokens", {"name": "short", "scopes": ["write"], "expires_at": soon})
    short = Caller(platform.address, made["token"])
    for wish in ({}, {"expires_at": (datetime.now(UTC) + timedelta(days=300)).isoformat()}):
        heir = short.made("/me/tokens", {"name": "heir", "scopes": ["write"], **wish})
        assert heir["expires_at"] == made["expires_at"]
    sooner = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    heir = short.made("/me/tokens", {"name": "heir", "scopes": ["write"], "expires_at": sooner})
    assert heir["expires_at"] < made["expires_at"]


def test_a_revoked_token_is_refused_at_once(platform: Platform, admin: Caller) -> None:
    made = admin.made("/me/tokens", {"name": "short", "scopes": ["read"]})
    token = Caller(platform.address, made["token"])
    assert token.call("GET", "/me").status == 200
    assert admin.call("DELETE", f"/me/tokens/{made['id']}").status == 204
    assert token.call("GET", "/me").status == 401
    assert admin.call("DELETE", f"/me/tokens/{made['id']}").status == 404


def test_a_session_may_use_the_api_and_must_show_the_pages_token_to_write(platform: Platform) -> None:
    browser = sign_in(platform, ADMIN["email"])
    browser.open("/settings")
    cookie = f"cairn_session={browser.cookies['cairn_session']}"
    caller = Caller(platform.address)
    assert caller.call("GET", "/me", Cookie=cookie).status == 200
    body = {"name": "x", "scopes": ["read"]}
    answer = caller.call("POST", "/me/tokens", body, Cookie=cookie)
    assert (answer.status, answer.body["type"]) == (403, "/problems/foreign-request")
    shown = {"Cookie": cookie, "X_CSRF_Token": browser.csrf()}
    assert caller.call("POST", "/me/tokens", body, **shown, Sec_Fetch_Site="cross-site").status == 403
    assert caller.call("POST", "/me/tokens", body, **shown).status == 201


def test_every_answer_says_how_many_requests_are_left(admin: Caller) -> None:
    answers = [admin.call("GET", "/me").headers for _ in range(3)]
    left = [int(headers["RateLimit-Remaining"]) for headers in answers]
    # A window may begin anew between two of them; then more are left than before.
    assert {before - after for before, after in pairwise(left) if after <= before} == {1}
    assert all(int(headers["RateLimit-Limit"]) >= int(headers["RateLimit-Remaining"]) for headers in answers)


def test_a_write_stands_in_the_audit_log_and_a_read_does_not(admin: Caller) -> None:
    before = len(admin.call("GET", "/audit?action=api.write&limit=100").body["items"])
    admin.call("GET", "/cycles")
    name = f"Q {uuid.uuid4().hex[:6]}"
    made = admin.made("/cycles", {"name": name, "starts_on": "2031-10-01", "ends_on": "2031-12-31"})
    lines = admin.call("GET", "/audit?action=api.write&limit=100").body["items"]
    assert len(lines) == before + 1
    assert lines[0]["subject"] == "cycles"
    assert lines[0]["detail"] == {"by": "token", "made": made["id"], "method": "POST", "status": 201}


def test_the_audit_log_comes_in_pages(admin: Caller) -> None:
    first = admin.call("GET", "/audit?limit=1").body
    second = admin.call("GET", f"/audit?limit=1&cursor={first['next']}").body
    assert first["items"][0]["id"] != second["items"][0]["id"]
    assert admin.call("GET", "/audit?cursor=made-up").status == 400


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/me/tokens", {"name": {"$gt": ""}}, "/name"),
        ("/me/tokens", {"name": "x", "scopes": [{"$ne": 1}]}, "/scopes/0"),
        ("/me/tokens", {"name": "x", "surprise": 1}, "/surprise"),
        ("/me/tokens", {"name": "x", "expires_at": "tomorrow"}, "/expires_at"),
        ("/invitations/accept", {"token": {"$gt": ""}, "password": "x"}, "/token"),
        ("/password/reset-requests", {"email": {"$gt": ""}}, "/email"),
        ("/password/resets", {"token": "x", "password": ["x"]}, "/password"),
        ("/setup", {"code": 7}, "/code"),
    ],
)
def test_what_is_not_the_declared_type_is_refused_by_its_field(
    admin: Caller, path: str, body: dict[str, Any], pointer: str
) -> None:
    answer = admin.call("POST", path, body)
    assert answer.status == 422, answer.body
    assert pointer in [error["pointer"] for error in answer.body["errors"]]


def test_someone_invited_accepts_and_is_known_as_active(platform: Platform, admin: Caller) -> None:
    email = f"{uuid.uuid4().hex[:10]}@fernhollow.example"
    person = admin.made("/people", {"name": "Odo Hartfeld", "email": email})
    secret = until(lambda: link_for(platform, person["id"]), 20, "the invitation is made")
    accepted = Caller(platform.address).made(
        "/invitations/accept",
        {"token": secret, "password": "seven grey herons wait", "token_name": "first", "scopes": ["read"]},
    )
    odo = Caller(platform.address, accepted["token"])
    assert odo.call("GET", "/me").body["email"] == email
    until(
        lambda: admin.call("GET", f"/people/{person['id']}").body["state"] == "active",
        20,
        "goals heard of the acceptance",
    )
    again = Caller(platform.address).call(
        "POST", "/invitations/accept", {"token": secret, "password": "seven grey herons wait"}
    )
    assert (again.status, again.body["type"]) == (410, "/problems/link-unusable")


def test_someone_disabled_is_shut_out_within_moments(platform: Platform, admin: Caller) -> None:
    email = f"{uuid.uuid4().hex[:10]}@fernhollow.example"
    person = admin.made("/people", {"name": "Pip Sedge", "email": email})
    secret = until(lambda: link_for(platform, person["id"]), 20, "the invitation is made")
    accepted = Caller(platform.address).made(
        "/invitations/accept", {"token": secret, "password": "seven grey herons wait", "token_name": "first"}
    )
    pip = Caller(platform.address, accepted["token"])
    browser = sign_in(platform, email, "seven grey herons wait")
    path = f"/people/{person['id']}"
    until(lambda: admin.call("GET", path).body["state"] == "active", 20, "goals heard of it")
    etag = admin.call("GET", path).headers["ETag"]
    assert admin.call("PATCH", path, {"state": "disabled"}, If_Match=etag).status == 200
    until(lambda: pip.call("GET", "/me").status == 401, 20, "the token is refused")
    assert browser.open("/settings").status == 302


def link_for(platform: Platform, person_id: str) -> str | None:
    """The secret of the invitation that was announced, read from where it waits or went to."""
    notifier = platform.database.client[platform.database.name.replace("gateway", "notifier")]
    for name in notifier.list_collection_names():
        for found in notifier[name].find({}):
            text = str(found)
            if person_id in text and "/invitations/" in text:
                return text.split("/invitations/")[1][:43]
    return None


def test_every_address_of_the_route_table_begins_below_the_public_prefix() -> None:
    assert all(address.startswith("/") and not address.startswith("/internal") for address in ROUTES)
