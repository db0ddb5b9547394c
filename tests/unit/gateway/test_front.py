"""What the API's front makes of a request that a service answers, without a server."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from services.gateway.api.front import Front
from services.gateway.api.identity import Doorkeeper
from services.gateway.domain.browser import Cookies
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.ports import Forwarded
from tests.unit.gateway.examples import HERE, lost_lines, refuse, stored
from tests.unit.gateway.memory import World

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def nowhere(_environ: WSGIEnvironment, _start: StartResponse) -> Iterable[bytes]:
    raise AssertionError("this is a service's to answer")


def front(world: World) -> Client:
    """What calls the API by way of its front."""
    doorkeeper = Doorkeeper(world.ports, Cookies(secure=False))
    return Client(Front(nowhere, doorkeeper, world.ports, ()))


def bearer(world: World, person_id: str = "jun") -> dict[str, str]:
    """How a program of this person says who it is, with a fresh token."""
    account = world.accounts.get(person_id) or stored(world, person_id)
    wanted = CreateToken(name="tests", scopes=frozenset({"read", "write"}), expires_at=None, origin=HERE)
    return {"Authorization": f"Bearer {create_token(account, wanted, world.ports)[0]}"}


def test_a_write_that_took_place_is_answered_as_it_ended_where_its_audit_line_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, before = bearer(world), lost_lines()
    monkeypatch.setattr(world.audit, "add", refuse)
    answer = front(world).post("/api/v1/cycles", json={"name": "Q4"}, headers=shown)
    assert answer.status_code == 200
    assert [passed.target for passed in world.forwarder.passed] == ["/api/v1/cycles"]
    assert lost_lines() == before + 1


def test_a_fresh_token_brings_no_fresh_allowance_and_takes_none_of_anothers(world: World) -> None:
    client = front(world)
    for shown in [bearer(world) for _ in range(10)] * 10:
        assert client.get("/api/v1/cycles", headers=shown).status_code == 200
    refused = client.get("/api/v1/cycles", headers=bearer(world))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get("/api/v1/cycles", headers=bearer(world, "odo")).status_code == 200


def test_a_coded_body_is_refused_before_it_is_passed_on_or_noted(world: World) -> None:
    shown = bearer(world) | {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    noted = len(world.audit.lines)
    answer = front(world).post("/api/v1/cycles", data=gzip.compress(b"{}"), headers=shown)
    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"
    assert answer.get_json()["type"] == "/problems/unsupported-content-coding"
    assert world.forwarder.passed == []
    assert len(world.audit.lines) == noted


@pytest.mark.parametrize(
    ("status", "body", "made"),
    [
        (201, b'{"id": "o-1", "title": "Nobody may know this"}', {"made": "o-1"}),
        (200, b'{"id": "o-1"}', {}),
        (201, b'{"id": {"$gt": ""}}', {}),
        (201, b'{"id": "' + b"x" * 65 + b'"}', {}),
        (201, b"[1]", {}),
        (201, b"not JSON", {}),
        (201, b"", {}),
    ],
)
def test_the_line_of_a_write_names_what_it_made_by_its_id_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, made: dict[str, str]
) -> None:
    shown = bearer(world)
    monkeypatch.setattr(world.forwarder, "forward", lambda _: Forwarded(status=status, headers={}, body=body))
    assert front(world).post("/api/v1/objectives", json={}, headers=shown).status_code == status
    assert world.audit.lines[-1].subject == "objectives"
    assert world.audit.lines[-1].detail == {"method": "POST", "status": status, "by": "token"} | made
