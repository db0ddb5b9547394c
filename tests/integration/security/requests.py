"""One request to each route of the public API that would succeed, taken apart into its positions."""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.integration.gateway.people import Browser
from tests.integration.gateway.platform import Answer, Caller, Platform
from tests.integration.permissions.scene import Scene
from tests.integration.permissions.table import ROWS

PARAMETER = re.compile(r"\{(\w+)\}")
Way = tuple[str | int, ...]


@dataclass
class Call:
    """A request to a route, its parts apart so that each can be replaced; each time with a key of its own."""

    route: str
    parameters: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_keyed: bool = False

    @property
    def method(self) -> str:
        """GET, POST and so on."""
        return self.route.split()[0]

    @property
    def path(self) -> str:
        """The address below the public API, its query included."""
        filled = PARAMETER.sub(
            lambda found: quote(self.parameters[found.group(1)], safe=""), self.route.split()[1]
        )
        return f"{filled}?{urlencode(self.query)}" if self.query else filled

    def sent(self, caller: Caller) -> Answer:
        """The answer to it."""
        headers = {**self.headers, "Idempotency_Key": uuid.uuid4().hex} if self.is_keyed else self.headers
        return caller.call(self.method, self.path, self.body, **headers)

    def with_parameter(self, name: str, value: str) -> Call:
        """The same with another part of the path."""
        return self._changed(parameters={**self.parameters, name: value})

    def with_query(self, name: str, value: str) -> Call:
        """The same with another part of the query."""
        return self._changed(query={**self.query, name: value})

    def with_body(self, way: Way, value: Any) -> Call:
        """The same with another value at this place of the body."""
        changed = self._changed()
        if not way:
            changed.body = value
            return changed
        at = changed.body
        for step in way[:-1]:
            at = at[step]
        at[way[-1]] = value
        return changed

    def _changed(self, **parts: Any) -> Call:
        plain = {
            "route": self.route,
            "parameters": self.parameters,
            "query": self.query,
            "body": self.body,
            "headers": self.headers,
            "is_keyed": self.is_keyed,
        }
        return Call(**copy.deepcopy({**plain, **parts}))


def call_of(name: str, scene: Scene) -> Call:
    """The request of this row of the permission table, as somebody sends it who may."""
    request = ROWS[name].ask(scene)
    route = " ".join(name.split()[:2])
    path, _, query = request.path.partition("?")
    shape = PARAMETER.sub(r"(?P<\1>[^/]+)", route.split()[1])
    found = re.fullmatch(shape, path)
    assert found is not None, (shape, path)
    asked = dict(part.split("=", 1) for part in query.split("&")) if query else {}
    headers = {header: value for header, value in request.headers.items() if header != "Idempotency_Key"}
    is_keyed = "Idempotency_Key" in request.headers
    return Call(route, found.groupdict(), asked, copy.deepcopy(request.body), headers, is_keyed)


def leaves(body: Any, way: Way = ()) -> Iterator[Way]:
    """Where the scalars of a body are."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from leaves(value, (*way, name))
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from leaves(value, (*way, number))
    elif way:
        yield way


class Description:
    """What the merged OpenAPI document says of each route."""

    def __init__(self, platform: Platform) -> None:
        """Reads it as anybody can."""
        self._document = json.loads(Browser(platform).open("/api/openapi.json").body)

    def body_of(self, route: str) -> dict[str, Any]:
        """The properties of the body that this route takes."""
        content = self._operation(route).get("requestBody", {}).get("content", {})
        schema = self._resolved(content.get("application/json", {}).get("schema", {}))
        properties: dict[str, Any] = schema.get("properties", {})
        return properties

    def scalars_of(self, route: str) -> list[str]:
        """The fields of the body that hold one value, neither a list nor an object."""
        return [
            name
            for name, property_ in self.body_of(route).items()
            if not {"array", "object"} & set(self._types(property_))
        ]

    def query_of(self, route: str) -> list[str]:
        """The query parameters that this route takes."""
        given = [self._resolved(each) for each in self._operation(route).get("parameters", [])]
        return [each["name"] for each in given if each["in"] == "query"]

    def _operation(self, route: str) -> dict[str, Any]:
        method, path = route.split()[:2]
        found: dict[str, Any] = self._document["paths"][f"/api/v1{path}"][method.lower()]
        return found

    def _types(self, property_: dict[str, Any]) -> list[str]:
        options = [property_, *property_.get("anyOf", []), *property_.get("allOf", [])]
        found = [self._resolved(option).get("type", []) for option in options]
        return [name for names in found for name in ([names] if isinstance(names, str) else names)]

    def _resolved(self, thing: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in thing:
            at: Any = self._document
            for step in thing["$ref"].removeprefix("#/").split("/"):
                at = at[step]
            thing = at
        return thing
