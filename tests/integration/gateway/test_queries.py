"""The queries of every operation in the merged description: lists in either form, scalars once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.integration.gateway.people import Browser
from tests.integration.gateway.platform import Caller, Platform

METHODS = ("get", "post", "put", "patch", "delete")


def parameters(platform: Platform) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every query parameter of every operation: its method, its path without names, and itself."""
    document = json.loads(Browser(platform).open("/api/openapi.json").body)
    for path, item in document["paths"].items():
        for method in METHODS:
            for parameter in [*item.get("parameters", ()), *item.get(method, {}).get("parameters", ())]:
                if method in item and parameter.get("in") == "query":
                    asked = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
                    yield method.upper(), asked, parameter


def example(schema: dict[str, Any]) -> str:
    """A value that the schema allows."""
    if "enum" in schema:
        return str(next(value for value in schema["enum"] if value is not None))
    if schema.get("format") == "date":
        return "2031-11-18"
    if "boolean" in schema["type"]:
        return "true"
    return str(max(1, schema.get("minimum", 1)))


def test_a_list_reads_the_same_in_either_form(platform: Platform, admin: Caller) -> None:
    dates = {"starts_on": "2031-01-01", "ends_on": "2031-03-31"}
    cycle = admin.made("/cycles", {"name": "Lists in either form", **dates})["id"]
    lists = [found for found in parameters(platform) if found[2]["schema"].get("type") == "array"]
    assert lists
    for method, path, parameter in lists:
        name, items = parameter["name"], parameter["schema"]["items"]
        values = [str(value) for value in items.get("enum", ("none-1", "none-2"))[:2]]
        assert (parameter["style"], parameter["explode"]) == ("form", False), (path, name)
        assert "repeat" in parameter["description"], (path, name)
        asked = f"{path}?cycle_id={cycle}&" if path != "/people" else f"{path}?"
        repeated = admin.call(method, asked + "&".join(f"{name}={quote(value)}" for value in values))
        commas = admin.call(method, f"{asked}{name}=" + ",".join(map(quote, values)))
        assert (repeated.status, repeated.body) == (commas.status, commas.body), (path, name)
        assert repeated.status == 200, (path, name, repeated.body)


def test_a_list_loses_no_item_in_either_form(admin: Caller) -> None:
    people = [{"name": f"Number {index}", "email": f"list-{index}@fernhollow.example"} for index in range(3)]
    made = {admin.made("/people", person | {"role": "member"})["id"] for person in people}
    for query in ("ids=" + ",".join(made), "&".join(f"ids={each}" for each in made)):
        assert {item["id"] for item in admin.call("GET", f"/people?{query}").body["items"]} == made, query


def test_every_repeated_scalar_is_refused_by_name(platform: Platform, admin: Caller) -> None:
    scalars = [found for found in parameters(platform) if found[2]["schema"].get("type") != "array"]
    assert len(scalars) > 10
    for method, path, parameter in scalars:
        name, value = parameter["name"], example(parameter["schema"])
        answer = admin.call(method, f"{path}?{name}={value}&{name}={value}")
        assert answer.status == 422, (method, path, name, answer.body)
        assert [error["pointer"] for error in answer.body["errors"]] == [f"?{name}"]
