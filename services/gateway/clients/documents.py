"""The services' own OpenAPI documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import urllib3

from libs.chassis.problems import Unavailable

SECONDS = 3.0
OK = 200


class DocumentsClient:
    """OpenAPI documents over HTTP. Implements the port ``Documents``."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """``addresses`` by name of the service."""
        self._addresses = dict(addresses)
        self._pool = urllib3.PoolManager(retries=False, timeout=SECONDS)

    def of(self, service: str) -> dict[str, Any]:
        """What this service says of its API.

        Raises:
            Unavailable: it says nothing now.
        """
        try:
            answer = self._pool.request("GET", f"{self._addresses[service]}/openapi.json")
            document: dict[str, Any] = json.loads(answer.data)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise _silent(service) from error
        if answer.status != OK:
            raise _silent(service)
        return document


def _silent(service: str) -> Unavailable:
    return Unavailable(f"The service {service} does not answer, so its part of the API is not known now.")
