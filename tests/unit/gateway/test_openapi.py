"""One document out of several, and something to read out of it."""

from __future__ import annotations

from typing import Any

from services.gateway.domain.api_reference import reference
from services.gateway.domain.openapi import merge


def part(path: str, operation_id: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    operation = {"operationId": operation_id, "responses": {"200": {"description": "OK", **answer}}, **more}
    return {
        "paths": {path: {"get": operation}},
        "components": {"schemas": {"Thing": schema}},
        "tags": [{"name": operation_id}],
    }


STONE = {"type": "object", "properties": {"weight": {"type": "number"}}, "required": ["weight"]}
LEAF = {"type": "object", "properties": {"colour": {"type": "string"}}}


def test_two_services_become_one_document() -> None:
    merged = merge(
        {"one": part("/api/v1/stones", "stones", STONE), "two": part("/api/v1/leaves", "leaves", STONE)},
        public_url="https://cairn.example",
    )
    assert list(merged["paths"]) == ["/api/v1/leaves", "/api/v1/stones"]
    assert list(merged["components"]["schemas"]) == ["Thing"]
    assert merged["servers"] == [{"url": "https://cairn.example"}]


def test_what_two_services_mean_differently_keeps_two_names() -> None:
    merged = merge(
        {"one": part("/api/v1/stones", "stones", STONE), "two": part("/api/v1/leaves", "leaves", LEAF)},
        public_url="",
    )
    schemas = merged["components"]["schemas"]
    assert schemas == {"Thing": STONE, "TwoThing": LEAF}
    answer = merged["paths"]["/api/v1/leaves"]["get"]["responses"]["200"]["content"]["application/json"]
    assert answer["schema"] == {"$ref": "#/components/schemas/TwoThing"}


def test_of_one_address_in_two_services_the_first_counts() -> None:
    merged = merge(
        {"one": part("/api/v1/me", "own", STONE), "two": part("/api/v1/me", "theirs", STONE)}, public_url=""
    )
    assert merged["paths"]["/api/v1/me"]["get"]["operationId"] == "own"


def test_internal_addresses_are_nobodys_business() -> None:
    merged = merge({"one": part("/internal/stones", "stones", STONE)}, public_url="")
    assert merged["paths"] == {}
    assert merged["components"]["schemas"] == {}


def test_operation_ids_stay_unique() -> None:
    merged = merge(
        {"one": part("/api/v1/a", "read", STONE), "two": part("/api/v1/b", "read", STONE)}, public_url=""
    )
    ids = [item["get"]["operationId"] for item in merged["paths"].values()]
    assert len(set(ids)) == 2


def test_the_reference_shows_members_and_a_call_to_copy() -> None:
    document = merge(
        {"one": part("/api/v1/stones", "stones", STONE, summary="List stones")},
        public_url="https://c.example",
    )
    (section,) = reference(document)
    (operation,) = section.operations
    assert section.name == "stones"
    assert [field.name for field in operation.answers[0].fields] == ["weight"]
    assert "https://c.example/api/v1/stones" in operation.call
    assert "$CAIRN_TOKEN" in operation.call


def test_the_reference_finds_by_address_words_and_fields() -> None:
    document = merge({"one": part("/api/v1/stones", "stones", STONE, summary="List stones")}, public_url="")
    assert reference(document, "stones list")
    assert not reference(document, "leaves")
