"""Requests that are wrong in many places at once, or say one thing twice."""

import json
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from flask.testing import FlaskClient

from libs.chassis import problems
from libs.chassis.settings import CoreSettings
from libs.chassis.web import Blueprint, CommaList, Id, Number, PageQuery, QueryFlag, Schema, Text, create_app
from tests.fixtures.problems import problem


class ThingSchema(Schema):
    """A thing."""

    title = Text(1, 50, required=True)
    size = Number()


class ThingQuery(PageQuery):
    """Filters of things."""

    ids = CommaList(Id())
    late = QueryFlag()


class FoundSchema(Schema):
    """What was read."""

    ids = ma.fields.List(ma.fields.String())


@pytest.fixture
def client(core: CoreSettings) -> Iterator[FlaskClient]:
    things = Blueprint("things", __name__, url_prefix="/api/v1")

    @things.route("/things")
    @things.arguments(ThingQuery, location="query")
    @things.response(200, FoundSchema)
    def list_things(query: dict[str, Any]) -> dict[str, Any]:
        """Return what was read."""
        return {"ids": query["ids"]}

    @things.route("/things", methods=["POST"])
    @things.arguments(ThingSchema)
    @things.response(201, ThingSchema)
    def create_thing(body: dict[str, Any]) -> dict[str, Any]:
        """Return what was read."""
        return body

    app: Flask = create_app("tests", core, api_blueprints=[things], pings={}, title="Tests")
    with app.test_client() as client:
        yield client


@pytest.mark.parametrize("query", ["ids=a,b", "ids=a&ids=b", "ids=a,b&ids=b"])
def test_a_list_is_read_in_either_form(client: FlaskClient, query: str) -> None:
    assert set(client.get(f"/api/v1/things?{query}").get_json()["ids"]) == {"a", "b"}


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&limit=1", "late=true&ids=a&late=false"])
def test_a_repeated_scalar_is_refused_by_name(client: FlaskClient, query: str) -> None:
    errors = problem(client.get(f"/api/v1/things?{query}"), 422, "invalid-fields")["errors"]
    assert [error["pointer"] for error in errors] == [f"?{query.partition('=')[0]}"]


@pytest.mark.parametrize(
    "twice", ['{"title": "a", "title": "b"}', '{"title": "a", "size": {"x": 1, "x": 1}}', '[{"": 1, "": 1}]']
)
def test_a_json_name_that_comes_twice_is_refused(client: FlaskClient, twice: str) -> None:
    """Python's parser would take the last of them in silence."""
    answer = client.post("/api/v1/things", data=twice, content_type="application/json")
    assert "several times" in problem(answer, 422, "invalid-fields")["errors"][0]["message"]


@pytest.mark.parametrize(
    "wrong",
    [{f"k{number:04}": 1 for number in range(5500)}, {"a" * 60_000: 1}, {"title": "x" * 60_000}],
    ids=["many keys", "a long key", "a long value"],
)
def test_many_or_long_mistakes_get_a_short_answer(client: FlaskClient, wrong: dict[str, Any]) -> None:
    sent = json.dumps({"title": "one", **wrong}, separators=(",", ":"))
    answer = client.post("/api/v1/things", data=sent, content_type="application/json")
    body = problem(answer, 422, "invalid-fields")
    assert len(answer.data) < 4096
    named = len(body["errors"]) + body.get("more_errors", 0)
    assert named == len(wrong)
    assert body["detail"].startswith(f"{named} field")


def test_many_wrong_items_get_a_short_answer(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things?ids=" + ",".join(["*"] * 100))
    body = problem(answer, 422, "invalid-fields")
    assert (len(body["errors"]), body["more_errors"]) == (problems.LISTED_ERRORS, 80)
