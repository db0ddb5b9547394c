"""The public API leads to the resource that was routed, and nowhere beside it."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus

import pytest

from libs.contracts.permissions import Role
from tests.integration.gateway.platform import Caller, Platform
from tests.integration.permissions.scene import Actor, Organisation
from tests.integration.security.wire import send

OUT = ("../../../{}", "%2e%2e/%2e%2e/%2e%2e/{}", "..%2f..%2f..%2f{}", "x/../../../../{}", "./../../../{}")
INSIDE = (
    "metrics",
    "readyz",
    "openapi.json",
    "internal/organisations",
    "internal/outdated",
    "internal/unsubscribe",
)
LISTS = ("people", "objectives", "check-ins", "mail-log", "key-results")


@pytest.mark.parametrize("collection", LISTS)
def test_dots_in_an_address_do_not_lead_out_of_the_public_api(
    collection: str, platform: Platform, actors: dict[Role, Actor]
) -> None:
    token = {"Authorization": f"Bearer {actors[Role.VIEWER].caller.token}"}
    for way in OUT:
        for inside in INSIDE:
            target = f"/api/v1/{collection}/{way.format(inside)}"
            answer = send(platform.address, "GET", target, headers=token)
            assert answer.status == HTTPStatus.NOT_FOUND, target
            assert answer.headers["content-type"] == "application/problem+json", target


def test_what_is_meant_for_the_inside_has_no_address_outside(platform: Platform, admin: Caller) -> None:
    token = {"Authorization": f"Bearer {admin.token}"}
    for target in (
        "/internal/organisations",
        "//internal/organisations",
        "/api/v1/../internal/organisations",
        "/api/v1/%2e%2e/internal/organisations",
        "/internal/unsubscribe?token=x",
    ):
        for method in ("GET", "POST"):
            answer = send(platform.address, method, target, headers={**token, "Content-Length": "0"})
            assert answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}, (method, target)


def test_a_forged_cursor_is_a_bad_request_in_every_list(admin: Caller, home: Organisation) -> None:
    key_result = home.key_result(home.objective(home.bystander_id, home.other_team_id), home.bystander_id)
    lists = (
        "/people?",
        "/teams?",
        "/cycles?",
        "/objectives?",
        "/key-results?",
        f"/tree?cycle_id={home.cycle_id}&",
        f"/tree?cycle_id={home.cycle_id}&owner_id={home.bystander_id}&",
        "/audit?",
        "/mail-log?",
        f"/key-results/{key_result}/check-ins?",
    )
    far = "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"
    for path in lists:
        for keys in ([None, None], [None], [{"$gt": ""}, "x"], [far[0], "x"], [far[1], 1], [far[0], 1], 7):
            cursor = base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")
            answer = admin.call("GET", f"{path}cursor={cursor}")
            # Where keys are texts, a moment is a text like any other: it only stands somewhere in the order.
            fine = {HTTPStatus.BAD_REQUEST} | (
                {HTTPStatus.OK} if isinstance(keys, list) and far[0] in keys else set()
            )
            assert answer.status in fine, (path, keys, answer.body)
