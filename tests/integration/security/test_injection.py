"""Every scalar of every request, replaced by what a database, a shell or a parser might mistake for more."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from libs.contracts.permissions import Role
from tests.integration.gateway.platform import Platform
from tests.integration.permissions.scene import Actor, Organisation, Place, Scene
from tests.integration.permissions.table import ROWS
from tests.integration.security.requests import Call, Description, call_of, leaves
from tests.integration.security.wire import send

Document = dict[str, Any]
OPERATORS: tuple[Any, ...] = (
    {"$gt": ""},
    {"$ne": None},
    {"$where": "sleep(10000) || true"},
    {"$regex": ".*"},
    {"$expr": {"$function": {"body": "function() { return true }", "args": [], "lang": "js"}}},
    {"__proto__": {"admin": True}},
    {},
    [],
    [{"$gt": ""}],
    [["x"]],
)
NO_TEXTS = ("a\x00b", "\x00", "\ud800", "a\udfffb", "\x1b[31m", "a\x7f")
TEXTS = (
    '{"$gt": ""}',
    "$where",
    "a.$b",
    "'; return true; //",
    "${7*7}",
    "{{7*7}}",
    "../../x",
    "%00",
    "$$ROOT",
)
# Where something comes into being or goes, these would show it.
COLLECTIONS = {
    "goals": ("organisations", "people", "teams", "cycles", "objectives", "key_results"),
    "checkins": ("check_ins",),
    "gateway": ("api_tokens",),
}
OWN_CALLS = [name for name, row in ROWS.items() if row.granted < HTTPStatus.BAD_REQUEST]
IN_ADDRESSES = (*TEXTS, *NO_TEXTS[:2], "$gt", "[$ne]")


@pytest.fixture(scope="module")
def calls(home: Organisation, abroad: Organisation, actors: dict[Role, Actor]) -> dict[str, Call]:
    """A good request to each route, ready to be spoilt."""
    scene = Scene(actors[Role.ADMIN], Place.OWN, home, abroad)
    return {name: call_of(name, scene) for name in OWN_CALLS}


@pytest.fixture(scope="module")
def count(platform: Platform, mongo_client: MongoClient[Document]) -> Any:
    """How many things there are of each kind."""
    prefix = platform.database.name.removesuffix("gateway")

    def counted() -> dict[str, int]:
        return {
            name: mongo_client[prefix + service][name].count_documents({})
            for service, names in COLLECTIONS.items()
            for name in names
        }

    return counted


def raw(address: str, token: str, call: Call) -> urllib3.BaseHTTPResponse:
    """The answer to a body that a well-behaved encoder would not write: surrogates and all."""
    return urllib3.request(
        call.method,
        f"{address}/api/v1{call.path}",
        body=json.dumps(call.body, ensure_ascii=True),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in call.headers.items()},
            **({"Idempotency-Key": "injected"} if call.is_keyed else {}),
        },
        redirect=False,
    )


def test_no_scalar_of_any_body_may_be_an_object_a_list_or_no_text(
    platform: Platform, actors: dict[Role, Actor], calls: dict[str, Call], count: Any
) -> None:
    """Each is refused as a problem that says so, and nothing has come into being."""
    described = Description(platform)
    positions = {
        (name, way) for name, call in calls.items() if call.body is not None for way in leaves(call.body)
    } | {(name, (field,)) for name, call in calls.items() for field in described.scalars_of(call.route)}
    assert len(positions) > 80
    token = actors[Role.ADMIN].caller.token
    assert token is not None
    before = count()

    @settings(max_examples=400, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(positions, key=str)), st.sampled_from((*OPERATORS, *NO_TEXTS)))
    def refused(position: tuple[str, tuple[str | int, ...]], hostile: Any) -> None:
        name, way = position
        answer = raw(platform.address, token, calls[name].with_body(way, hostile))
        assert HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, answer.data
        assert answer.headers["Content-Type"] == "application/problem+json"

    refused()
    assert count() == before


def test_a_body_is_an_object_with_the_declared_fields_and_nothing_else(
    platform: Platform, actors: dict[Role, Actor], calls: dict[str, Call], count: Any
) -> None:
    token = actors[Role.ADMIN].caller.token
    assert token is not None
    before = count()
    for name, call in calls.items():
        if call.body is None:
            continue
        for field in ("$set", "$where", "a.b", "__proto__", "organisation_id", "rev", "outbox", "_id"):
            answer = raw(platform.address, token, call.with_body((field,), {"$gt": ""}))
            assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY, (name, field, answer.data)
        for body in ([call.body], "text", 7, None, True):
            answer = raw(platform.address, token, call.with_body((), body))
            assert answer.status in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.BAD_REQUEST}, (name, body)
    assert count() == before


def test_a_text_that_looks_like_an_operator_stays_the_text_that_it_is(
    actors: dict[Role, Actor], calls: dict[str, Call]
) -> None:
    """Where text is welcome it comes back as it went in; elsewhere it is refused."""
    caller = actors[Role.ADMIN].caller
    kept = 0
    for name in ("PATCH /objectives/{objective_id}", "PATCH /key-results/{key_result_id}", "POST /teams"):
        for text in TEXTS:
            for way in leaves(calls[name].body):
                answer = calls[name].with_body(way, text).sent(caller)
                assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, way, text)
                if answer.status < HTTPStatus.BAD_REQUEST:
                    kept += 1
                    assert answer.body[way[0]] == text, (name, way)
    assert kept > len(TEXTS)


def test_no_part_of_an_address_and_no_header_is_mistaken_for_an_operator(
    platform: Platform, actors: dict[Role, Actor], calls: dict[str, Call], count: Any
) -> None:
    """Unknown things are not found, unknown parameters are refused; never an error of ours."""
    caller, described = actors[Role.ADMIN].caller, Description(platform)
    before = count()
    for name, call in calls.items():
        for hostile in IN_ADDRESSES:
            for parameter in call.parameters:
                answer = call.with_parameter(parameter, hostile).sent(caller)
                assert HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (
                    name,
                    parameter,
                    hostile,
                    answer.status,
                )
            if call.method == "GET":
                for query in (*call.query, "limit", "cursor", "owner_id[$ne]", "$where", "state"):
                    answer = call.with_query(query, hostile).sent(caller)
                    assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, query, hostile)
                    if described.query_of(call.route):
                        assert answer.status != HTTPStatus.OK, (name, query, hostile)
    token = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
    for header in ("If-Match", "Idempotency-Key", "X-Correlation-Id", "Accept"):
        for value in ('{"$gt": ""}', "$where", '"1" || true', "x" * 4000, "W/"):
            said = send(platform.address, "PATCH", "/api/v1/organisation", b"{}", {**token, header: value})
            assert said.status < HTTPStatus.INTERNAL_SERVER_ERROR, (header, value)
            assert "{" not in said.headers.get("x-correlation-id", ""), header
    assert count() == before
