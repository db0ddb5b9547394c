"""The web base through a small app: problems, health, correlation, OpenAPI, revisions, cursors, keys."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure, ServerSelectionTimeoutError

from libs.chassis import problems
from libs.chassis.settings import CoreSettings
from libs.chassis.web import (
    BODY_LIMIT,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    Blueprint,
    CommaList,
    Id,
    Integer,
    Number,
    Page,
    PageQuery,
    QueryFlag,
    Schema,
    Text,
    create_app,
    decode_cursor,
    encode_cursor,
    etag_of,
    idempotency_key,
    page_of,
    require_match,
)
from tests.fixtures.problems import problem
from tests.unit.chassis.conftest import Logs

KEY = {"Idempotency-Key": "key-1"}
RAISED: list[Exception] = []


class ThingSchema(Schema):
    """A thing."""

    title = Text(1, 50, required=True)
    size = Number(allow_none=True)
    confidence = Integer(0, 10)


class ThingQuery(PageQuery):
    """Filters of things."""

    ids = CommaList(Id())
    late = QueryFlag()


def blueprint() -> Blueprint:
    things = Blueprint("things", __name__, url_prefix="/api/v1")

    @things.route("/things")
    @things.arguments(ThingQuery, location="query")
    @things.response(200, page_of(ThingSchema))
    def list_things(query: dict[str, Any]) -> Page[dict[str, Any]]:
        """Things."""
        decode_cursor(query["cursor"], str, int)
        return Page([{"title": "one", "size": query["limit"]}], encode_cursor("one", 1))

    @things.route("/things", methods=["POST"])
    @things.request_header(IDEMPOTENCY_KEY)
    @things.arguments(ThingSchema)
    @things.response(201, ThingSchema)
    def create_thing(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """A thing exists."""
        idempotency_key()
        return body, {"ETag": etag_of(1)}

    @things.route("/things/<thing_id>", methods=["PATCH"])
    @things.request_header(IF_MATCH)
    @things.arguments(ThingSchema(partial=True))
    @things.response(200, ThingSchema)
    def change_thing(body: dict[str, Any], thing_id: str) -> dict[str, Any]:
        """A thing is different."""
        require_match(7)
        return {"title": f"one of {len(thing_id)}", **body}

    @things.route("/things/<thing_id>")
    @things.response(200, ThingSchema)
    def read_thing(thing_id: str) -> dict[str, Any]:
        """A thing."""
        if RAISED:
            raise RAISED.pop()
        raise problems.NotFound(f"There is no thing {thing_id!r}.")

    return things


@pytest.fixture
def pings() -> dict[str, Any]:
    return {"mongo": lambda: None}


@pytest.fixture
def app(core: CoreSettings, pings: dict[str, Any]) -> Flask:
    return create_app("tests", core, api_blueprints=[blueprint()], pings=pings, title="Tests")


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client
    RAISED.clear()


def test_wrong_fields_are_named_all_at_once(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/things", headers=KEY, json={"size": {"$gt": ""}, "confidence": 11, "zzz": 1}
    )
    body = problem(answer, 422, "invalid-fields")
    assert {error["pointer"] for error in body["errors"]} == {"/title", "/size", "/confidence", "/zzz"}
    assert body["detail"].startswith("4 fields")


def test_a_number_that_is_none_is_named(client: FlaskClient) -> None:
    for literal in ("NaN", "Infinity", "-Infinity", "1e999"):
        answer = client.post(
            "/api/v1/things",
            headers=KEY,
            data=f'{{"title": "x", "size": {literal}}}',
            content_type="application/json",
        )
        assert problem(answer, 422, "invalid-fields")["errors"][0]["pointer"] == "/size"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[" * 60_000, b"\xff\xfe\x00", b'{"title": "x", "size": ' + b"1" * 5000 + b"}", b"\x00"],
    ids=["empty", "open", "deep", "no text", "huge number", "nul"],
)
def test_what_is_no_json_is_a_bad_request(client: FlaskClient, data: bytes) -> None:
    answer = client.post("/api/v1/things", headers=KEY, data=data, content_type="application/json")
    problem(answer, 400, "bad-request")


@pytest.mark.parametrize("data", ["[]", '"x"', "null", "1"])
def test_json_that_is_no_object_is_refused(client: FlaskClient, data: str) -> None:
    answer = client.post("/api/v1/things", headers=KEY, data=data, content_type="application/json")
    problem(answer, 422, "invalid-fields")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_refused(client: FlaskClient, content_type: str) -> None:
    answer = client.post("/api/v1/things", headers=KEY, data=b'{"title": "x"}', content_type=content_type)
    problem(answer, 415, "unsupported-media-type")


def test_a_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/things", headers=KEY, data=b" " * (BODY_LIMIT + 1), content_type="application/json"
    )
    problem(answer, 413, "payload-too-large")


def test_a_query_is_read_strictly(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things?limit=101&late=1&ids=a,b%20c&unknown=1")
    body = problem(answer, 422, "invalid-fields")
    assert {error["pointer"] for error in body["errors"]} == {"?limit", "?late", "?ids/1", "?unknown"}


def test_a_page_has_its_items_and_a_cursor(client: FlaskClient) -> None:
    first = client.get("/api/v1/things?limit=3").json
    assert first is not None
    assert first["items"] == [{"title": "one", "size": 3}]
    assert client.get(f"/api/v1/things?cursor={first['next']}").status_code == 200


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "bnVsbA", "WzEsMl0", "WyJhIiwxZTQwMF0", "%00", "ä"])
def test_a_cursor_of_another_making_is_a_bad_request(client: FlaskClient, cursor: str) -> None:
    answer = client.get(f"/api/v1/things?cursor={cursor}")
    assert answer.status_code in (400, 422)


def test_an_unknown_method_is_told_the_known_ones(client: FlaskClient) -> None:
    for method in ("DELETE", "TRACE", "PUT", "FROBNICATE"):
        answer = client.open("/api/v1/things", method=method)
        problem(answer, 405, "method-not-allowed")
        assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "name", ["%00", "%F0%9F%AA%A8", "a%2Fb", "..%2f", "%ff", "x" * 3000, "$where", "a%0Ab"]
)
def test_any_text_in_an_address_is_at_most_not_found(client: FlaskClient, name: str) -> None:
    problem(client.get(f"/api/v1/things/{name}"), 404, "not-found")


def test_an_address_with_two_slashes_is_no_redirect(client: FlaskClient) -> None:
    problem(client.get("/api/v1//things"), 404, "not-found")


def test_a_fault_of_ours_is_told_without_its_insides(client: FlaskClient, logs: Logs) -> None:
    RAISED.append(RuntimeError("password=hunter2"))
    answer = client.get("/api/v1/things/1")
    body = problem(answer, 500, "internal-error")
    assert "hunter2" not in json.dumps(body)
    assert any(line["event"] == "request.failed" for line in logs)


@pytest.mark.parametrize("error", [AutoReconnect("gone"), ServerSelectionTimeoutError("no primary")])
def test_a_database_out_of_reach_says_when_to_come_back(client: FlaskClient, error: Exception) -> None:
    RAISED.append(error)
    answer = client.get("/api/v1/things/1")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("error", [OperationFailure("bad query"), DuplicateKeyError("twice")])
def test_a_database_that_refuses_is_a_fault_of_ours(client: FlaskClient, error: Exception) -> None:
    RAISED.append(error)
    problem(client.get("/api/v1/things/1"), 500, "internal-error")


@pytest.mark.parametrize("key", [None, "", " ", "x" * 201, "tab\tkey", "schlüssel"])
def test_a_write_needs_a_usable_key(client: FlaskClient, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    problem(
        client.post("/api/v1/things", headers=headers, json={"title": "x"}), 400, "missing-idempotency-key"
    )


@pytest.mark.parametrize(
    "known",
    ['"7"', 'W/"7"', '"7-gzip"', '"7;br"', 'W/"7.3f09"', '"9", "7"', '"7" , "8"', '"x", W/"7.1", "9"', "*"],
)
def test_a_tag_of_this_revision_matches_in_every_form(client: FlaskClient, known: str) -> None:
    answer = client.patch("/api/v1/things/1", headers={"If-Match": known}, json={"title": "two"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("stale", ['"8"', 'W/"8"', '"77"', '"7x"', '"x7"', '"8", "9"', '""', '"x"'])
def test_a_tag_of_another_revision_is_stale_in_every_form(client: FlaskClient, stale: str) -> None:
    answer = client.patch("/api/v1/things/1", headers={"If-Match": stale}, json={"title": "two"})
    problem(answer, 412, "stale-revision")


@pytest.mark.parametrize(
    "wrong", ["", "7", '"7', '"7" "8"', '"7",', '*, "7"', ", ".join(f'"{each}"' for each in range(11))]
)
def test_what_is_no_list_of_tags_is_refused(client: FlaskClient, wrong: str) -> None:
    answer = client.patch("/api/v1/things/1", headers={"If-Match": wrong}, json={"title": "two"})
    problem(answer, 400, "bad-request")


def test_a_write_must_say_which_revision_it_read(client: FlaskClient) -> None:
    problem(client.patch("/api/v1/things/a", json={}), 428, "precondition-required")
