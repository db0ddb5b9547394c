"""Links and tokens open what they were made for, for whom they were made, once."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from libs.contracts.permissions import Role
from tests.fixtures.waiting import until
from tests.integration.gateway.platform import Caller, Platform
from tests.integration.permissions.scene import Actor, Organisation, ports_of


def test_a_corrected_address_gets_an_invitation_and_the_wrong_one_opens_nothing(
    platform: Platform, admin: Caller
) -> None:
    wrong, right = (f"{uuid.uuid4().hex[:12]}@fernhollow.example" for _ in range(2))
    person_id = admin.made("/people", {"name": "Mara Oak", "email": wrong})["id"]

    def link(email: str) -> str | None:
        found = ports_of(platform).accounts.get(person_id)
        if found is None or found.email != email or found.invitation is None:
            return None
        return found.invitation.digest

    before = until(lambda: link(wrong), 30, "the account follows the person")
    assert admin.call("PATCH", f"/people/{person_id}", {"email": right}, If_Match="*").status == HTTPStatus.OK
    after = until(lambda: link(right), 30, "the account follows the correction")
    assert after != before
    assert before is not None
    assert ports_of(platform).accounts.by_invitation(before) is None


def test_nobody_makes_more_of_themselves_than_they_are(home: Organisation, actors: dict[Role, Actor]) -> None:
    for role, actor in actors.items():
        if role is Role.ADMIN:
            continue
        own = f"/people/{actor.person_id}"
        for changes in ({"role": "admin"}, {"email": "x@evil.example"}, {"state": "disabled"}):
            refused = actor.caller.call("PATCH", own, {"name": "X", **changes}, If_Match="*")
            assert refused.status == HTTPStatus.FORBIDDEN, (role, changes)
        for unknown in ("organisation_id", "id", "rev", "invitation", "roles"):
            refused = actor.caller.call("PATCH", own, {unknown: "x"}, If_Match="*")
            assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY, (role, unknown)
        led = actor.caller.call(
            "PATCH", f"/teams/{home.other_team_id}", {"lead_id": actor.person_id}, If_Match="*"
        )
        assert led.status == HTTPStatus.FORBIDDEN, role


def test_an_idempotency_key_is_its_senders_own(home: Organisation, actors: dict[Role, Actor]) -> None:
    member = actors[Role.MEMBER]
    key_result = home.key_result(home.objective(member.person_id, member.team_id), member.person_id)
    path, key = f"/key-results/{key_result}/check-ins", uuid.uuid4().hex
    body = {"value": 60, "confidence": 6}
    first = member.caller.call("POST", path, body, Idempotency_Key=key)
    second = home.admin.call("POST", path, body, Idempotency_Key=key)
    assert (first.status, second.status) == (HTTPStatus.CREATED, HTTPStatus.CREATED)
    assert first.body["id"] != second.body["id"]
    assert "Idempotency-Replayed" not in second.headers
    stranger = actors[Role.VIEWER].caller.call("POST", path, body, Idempotency_Key=key)
    assert stranger.status == HTTPStatus.FORBIDDEN
