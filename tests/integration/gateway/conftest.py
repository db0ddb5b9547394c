"""One platform for all tests of a process; tests that need an empty one make their own."""

from __future__ import annotations

import http
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.native.servers import manage, virtual_host_path
from deploy.native.testbed import Addresses
from tests.integration.gateway.platform import SETUP_CODE, Caller, Platform, running

ADMIN = {
    "code": SETUP_CODE,
    "organisation_name": "Fernhollow Systems",
    "time_zone": "Europe/Lisbon",
    "name": "Ines Larkspur",
    "email": "ines.larkspur@fernhollow.example",
    "password": "nine quiet stones by the river",
}


@pytest.fixture(scope="session")
def virtual_host(servers: Addresses) -> Iterator[str]:
    """The URL of a virtual host that is this process's alone and gone afterwards."""
    name = f"test-{uuid.uuid4().hex[:16]}"
    permissions = {"configure": ".*", "write": ".*", "read": ".*"}
    for path, body in ((virtual_host_path(name), {}), (f"/api/permissions/{name}/guest", permissions)):
        status, answer = manage(servers.amqp_management_url, "PUT", path, body)
        assert status < http.HTTPStatus.BAD_REQUEST, answer
    yield f"{servers.amqp_url.rpartition('/')[0]}/{name}"
    manage(servers.amqp_management_url, "DELETE", virtual_host_path(name), None)


@pytest.fixture(scope="session")
def platform(
    mongo_url: str, virtual_host: str, mongo_client: MongoClient[dict[str, Any]]
) -> Iterator[Platform]:
    """The platform, with one organisation and its admin."""
    with running(mongo_url, virtual_host, mongo_client) as started:
        Caller(started.address).made("/setup", ADMIN)
        yield started


@pytest.fixture(scope="session")
def admin(platform: Platform) -> Caller:
    """The first admin's own token."""
    from tests.integration.gateway.people import sign_in  # noqa: PLC0415

    browser = sign_in(platform, ADMIN["email"], ADMIN["password"])
    return Caller(platform.address, browser.token_of_ones_own())
