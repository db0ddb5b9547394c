"""One OpenAPI document out of several."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

PREFIX = "/api/v1/"
SCHEMA_REF = "#/components/"
REFERENCE = re.compile(r'"#/components/([^"]+)"')
Document = dict[str, Any]


def merge(documents: Mapping[str, Document], *, public_url: str) -> Document:
    """The public API as one document. Of an address that two services have, the first one's counts.

    A component that two services define differently is renamed after the service that comes later.
    """
    paths: Document = {}
    components: dict[str, Document] = {}
    tags: dict[str, Document] = {}
    for service, document in documents.items():
        own = _renamed(document, _clashes(components, document.get("components", {}), service))
        for path, item in own.get("paths", {}).items():
            if path.startswith(PREFIX):
                merged = paths.setdefault(path, {})
                for key, value in item.items():
                    merged.setdefault(key, value)
        for kind, definitions in own.get("components", {}).items():
            components.setdefault(kind, {}).update(definitions)
        for tag in own.get("tags", []):
            tags.setdefault(tag["name"], tag)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cairn",
            "version": "v1",
            "description": "Objectives, key results, check-ins. Shares are from 0 to 1, instants are UTC.",
        },
        "servers": [{"url": public_url}],
        "security": [{"bearer": []}],
        "tags": list(tags.values()),
        "paths": _with_own_ids(dict(sorted(paths.items()))),
        "components": _used(components, paths),
    }


def _used(components: Mapping[str, Document], paths: Document) -> dict[str, Document]:
    """The components that the paths refer to, directly or through others: none of internal calls."""
    seen: set[str] = set()
    waiting = set(REFERENCE.findall(json.dumps(paths)))
    while waiting:
        name = waiting.pop()
        seen.add(name)
        kind, _, own = name.partition("/")
        waiting |= set(REFERENCE.findall(json.dumps(components.get(kind, {}).get(own, {})))) - seen
    return {
        kind: {
            own: definition
            for own, definition in definitions.items()
            if kind == "securitySchemes" or f"{kind}/{own}" in seen
        }
        for kind, definitions in components.items()
    }


def _clashes(known: Mapping[str, Document], new: Mapping[str, Document], service: str) -> dict[str, str]:
    """References that must be renamed because the same name means something else already."""
    return {
        f"{SCHEMA_REF}{kind}/{name}": f"{SCHEMA_REF}{kind}/{service.capitalize()}{name}"
        for kind, definitions in new.items()
        for name, definition in definitions.items()
        if kind != "securitySchemes" and known.get(kind, {}).get(name, definition) != definition
    }


def _renamed(document: Document, clashes: Mapping[str, str]) -> Document:
    if not clashes:
        return document
    text = json.dumps(document)
    for old, new in clashes.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    renamed: Document = json.loads(text)
    for old, new in clashes.items():
        kind, name = old.removeprefix(SCHEMA_REF).split("/")
        definitions = renamed["components"][kind]
        definitions[new.rsplit("/", 1)[1]] = definitions.pop(name)
    return renamed


def _with_own_ids(paths: Document) -> Document:
    """Operation ids that two services chose alike get the address's words behind them."""
    seen: set[str] = set()
    for path, item in paths.items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            if operation["operationId"] in seen:
                words = "_".join(part for part in path.split("/")[3:] if not part.startswith("{"))
                operation["operationId"] = f"{operation['operationId']}_{method}_{words}".replace("-", "_")
            seen.add(operation["operationId"])
    return paths
