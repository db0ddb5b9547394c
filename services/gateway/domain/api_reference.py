"""An OpenAPI document as something to read: operations, each with its fields and a call to copy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 4
WORTH_TELLING = 100_000
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A parameter or a member of a body: its name, type in words, and what is said of it."""

    name: str
    type: str
    required: bool
    description: str
    place: str = "body"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer: its status, what it means, and the members of its body."""

    status: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    call: str

    def mentions(self, words: str) -> bool:
        """Whether all the words occur in what a reader may look for."""
        fields = " ".join(field.name for field in self.fields)
        text = f"{self.method} {self.path} {self.summary} {self.description} {fields}".lower()
        return all(word in text for word in words.lower().split())


@dataclass(frozen=True, kw_only=True)
class Section:
    """Operations that belong together."""

    name: str
    operations: tuple[Operation, ...]


def reference(document: Json, words: str = "") -> tuple[Section, ...]:
    """The document's operations by resource, those that mention all the words."""
    found: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = _operation(document, path, method, item)
                if operation.mentions(words):
                    found.setdefault(path.split("/")[3], []).append(operation)
    return tuple(Section(name=name, operations=tuple(found[name])) for name in sorted(found))


def _operation(document: Json, path: str, method: str, item: Json) -> Operation:
    said = item[method]
    parameters = [
        _resolved(document, part) for part in (*item.get("parameters", ()), *said.get("parameters", ()))
    ]
    body = _schema_of(document, _resolved(document, said.get("requestBody", {})))
    fields = (*(_parameter(document, part) for part in parameters), *_fields(document, body))
    return Operation(
        id=str(said.get("operationId", f"{method}-{path}")),
        method=method.upper(),
        path=path,
        summary=str(said.get("summary", "")),
        description=str(said.get("description", "")),
        fields=fields,
        answers=tuple(_answers(document, said.get("responses", {}))),
        call=_call(document, method, path, parameters, body),
    )


def _parameter(document: Json, part: Json) -> Field:
    return Field(
        name=str(part.get("name", "")),
        type=_type(document, part.get("schema", {})),
        required=bool(part.get("required", False)),
        description=str(part.get("description", "")),
        place={"path": "address", "query": "query", "header": "header"}.get(str(part.get("in")), "query"),
    )


def _answers(document: Json, responses: Json) -> Iterator[Answer]:
    for status, response in sorted(responses.items()):
        said = _resolved(document, response)
        if str(status).startswith("2"):
            fields = tuple(_fields(document, _schema_of(document, said)))
            yield Answer(status=str(status), description=str(said.get("description", "")), fields=fields)
        elif str(status) != "default":
            yield Answer(status=str(status), description=str(said.get("description", "")), fields=())


def _fields(document: Json, schema: Json, prefix: str = "", depth: int = 0) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        resolved = _resolved(document, member)
        yield Field(
            name=prefix + name,
            type=_type(document, member),
            required=name in required,
            description=str(resolved.get("description", "")),
        )
        if depth < DEEPEST:
            inner, mark = resolved, "."
            if resolved.get("type") == "array":
                inner, mark = _resolved(document, resolved.get("items", {})), "[]."
            yield from _fields(document, inner, f"{prefix}{name}{mark}", depth + 1)


def _type(document: Json, schema: Json) -> str:
    resolved = _resolved(document, schema)
    if "enum" in resolved:
        return " or ".join("null" if value is None else str(value) for value in resolved["enum"])
    said = resolved.get("type", "any")
    names = [str(name) for name in said] if isinstance(said, list) else [str(said)]
    if "array" in names:
        return f"list of {_type(document, resolved.get('items', {}))}"
    words = " or ".join(
        {"date-time": "instant", "date": "day"}.get(str(resolved.get("format")), n) for n in names
    )
    low, high = resolved.get("minimum"), resolved.get("maximum")
    told = isinstance(low, int | float) and isinstance(high, int | float) and high <= WORTH_TELLING
    return f"{words}, {low:g} to {high:g}" if told else words


def _schema_of(document: Json, holder: Json) -> Json:
    for media_type, content in holder.get("content", {}).items():
        if "json" in media_type:
            return _resolved(document, content.get("schema", {}))
    return {}


def _resolved(document: Json, part: Json) -> Json:
    if "$ref" not in part:
        return part
    found: Any = document
    for step in str(part["$ref"]).removeprefix("#/").split("/"):
        found = found[step]
    return {**found, **{key: value for key, value in part.items() if key != "$ref"}}


def _call(document: Json, method: str, path: str, parameters: list[Json], body: Json) -> str:
    """A line for a shell; ``$CAIRN_TOKEN`` is the reader's own."""
    base = str((document.get("servers") or [{"url": ""}])[0]["url"])
    lines = ["curl" if method == "get" else f"curl -X {method.upper()}"]
    if {"bearer": []} in document.get("security", ()):
        lines.append('-H "Authorization: Bearer $CAIRN_TOKEN"')
    lines += [
        f"-H '{part['name']}: {_header_example(str(part['name']))}'"
        for part in parameters
        if part.get("in") == "header" and part.get("required")
    ]
    if body.get("properties"):
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(_example(document, body))}'"]
    return " \\\n  ".join([*lines, f"'{base}{path}'"])


def _header_example(name: str) -> str:
    return '"7"' if name == "If-Match" else "a-new-key-for-each-write"


def _example(document: Json, schema: Json) -> Any:
    """The members that are needed, with a value of the right type; all of them where none is."""
    members: Json = schema.get("properties", {})
    needed = schema.get("required") or list(members)[:3]
    return {name: _value(document, _resolved(document, members[name])) for name in needed if name in members}


def _value(document: Json, schema: Json) -> Any:
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    said = schema.get("type", "string")
    kind = said[0] if isinstance(said, list) else said
    if kind == "object":
        return _example(document, schema)
    if kind == "array":
        return [_value(document, _resolved(document, schema.get("items", {})))]
    dated = {"date-time": "2031-11-18T09:00:00Z", "date": "2031-11-18"}.get(str(schema.get("format")), "…")
    return {"integer": 7, "number": 42, "boolean": True}.get(str(kind), dated)
