"""The web base through a small app: problems, health, correlation, OpenAPI, revisions, cursors, keys."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
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
    ("header", "status"),
    [
        ('"7"', 200),
        ("*", 200),
        ('"6"', 412),
        ('W/"7"', 412),
        ("7", 400),
        ('"7', 400),
        ('"x"', 412),
        ('"7", "8"', 412),
        ("", 428),
    ],
)
def test_a_write_says_which_revision_it_read(client: FlaskClient, header: str, status: int) -> None:
    answer = client.patch("/api/v1/things/a", headers={"If-Match": header} if header else {}, json={})
    assert answer.status_code == status
    if status == 412:
        problem(answer, 412, "stale-revision")
    if status == 428:
        problem(answer, 428, "precondition-required")


def test_a_sane_correlation_id_is_kept_and_another_is_replaced(client: FlaskClient) -> None:
    kept = client.get("/livez", headers={"X-Correlation-Id": "from-outside-1"})
    assert kept.headers["X-Correlation-Id"] == "from-outside-1"
    replaced = client.get("/livez", headers={"X-Correlation-Id": "<script>alert(1)</script>"})
    assert "script" not in replaced.headers["X-Correlation-Id"]


def test_each_request_leaves_one_line_and_health_leaves_none(client: FlaskClient, logs: Logs) -> None:
    client.get("/livez")
    client.get("/api/v1/things?limit=3")
    (line,) = logs
    assert line["event"] == "http.request"
    assert line["route"] == "/api/v1/things"
    assert line["status"] == 200


def test_health_tells_what_does_not_answer(client: FlaskClient, pings: dict[str, Any]) -> None:
    assert client.get("/readyz").status_code == 200

    def fail() -> None:
        raise ConnectionError("mongodb://cairn:hunter2@db")

    pings["mongo"] = fail
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unready", "checks": {"mongo": "does not answer"}}
    assert client.get("/livez").status_code == 200


def test_metrics_count_requests_by_route(client: FlaskClient) -> None:
    client.get("/api/v1/things/some-id")
    text = client.get("/metrics").text
    assert 'route="/api/v1/things/<thing_id>"' in text
    assert "some-id" not in text


def test_the_document_says_everything_an_operation_may_answer(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"bearer": []}]
    create = document["paths"]["/api/v1/things"]["post"]
    assert create["operationId"] == "create_thing"
    assert {"400", "401", "403", "413", "415", "422", "429", "503", "default"} <= set(create["responses"])
    assert [parameter["name"] for parameter in create["parameters"]] == ["Idempotency-Key"]
    for answer in document["components"]["responses"].values():
        assert set(answer["content"]) == {"application/problem+json"}
    listed = document["paths"]["/api/v1/things"]["get"]["parameters"]
    assert {parameter["name"] for parameter in listed} == {"limit", "cursor", "ids", "late"}
    assert "X-Pagination" not in json.dumps(document)


def test_two_operations_of_one_name_are_refused_at_the_start(core: CoreSettings) -> None:
    twice = Blueprint("twice", __name__)
    for path in ("/a", "/b"):

        @twice.route(path)
        @twice.response(200)
        def same() -> None:
            """Nothing."""

    with pytest.raises(ValueError, match="same"):
        create_app("tests", core, api_blueprints=[twice], pings={}, title="Tests")


def test_people_get_a_page_outside_the_api(core: CoreSettings) -> None:
    app = create_app(
        "tests",
        core,
        api_blueprints=[],
        pings={},
        title="Tests",
        problem_page=lambda found: (f"<h1>{found.title}</h1>", found.status),
    )
    client = app.test_client()
    assert client.get("/nowhere").text == "<h1>There is nothing here</h1>"
    assert client.get("/api/v1/nowhere").content_type == "application/problem+json"


keys = st.tuples(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(timezones=st.just(UTC)),
)


@given(keys)
def test_a_cursor_gives_back_its_keys(found: tuple[Any, ...]) -> None:
    assert decode_cursor(encode_cursor(*found), str, int, float, datetime) == found


@given(st.text(max_size=40))
def test_any_other_text_is_refused_as_a_cursor_or_understood_but_never_a_crash(text: str) -> None:
    with suppress(problems.BadRequest):
        decode_cursor(text, str, int)


def test_a_problem_keeps_its_slug_title_and_own_members() -> None:
    class CycleClosed(problems.Conflict):
        type = "test-cycle-closed"
        title = "The cycle is closed"

    body = CycleClosed("Reopen it.", extra={"cycle_id": "c1"}).document("/x")
    assert body["type"] == "/problems/test-cycle-closed"
    assert body["cycle_id"] == "c1"
    assert body["status"] == 409
    assert problems.catalogue()["test-cycle-closed"] == "The cycle is closed"


def test_own_members_of_a_problem_cannot_hide_the_standard_ones() -> None:
    assert problems.NotFound(extra={"status": 200, "type": "x"}).document("/x")["status"] == 404


def test_errors_inside_lists_and_parts_are_pointed_at() -> None:
    class Inner(Schema):
        name = Text(1, 5)

    class Outer(Schema):
        parts = ma.fields.List(ma.fields.Nested(Inner))

    messages = {"json": Outer().validate({"parts": [{"name": "ok"}, {"name": "", "a/b": 1}]})}
    assert {error.pointer for error in problems.field_errors(messages)} == {"/parts/1/name", "/parts/1/a~1b"}
