"""The pages before all four services as they run: the same platform as the gateway's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import svcs

from libs.chassis.auth import Principal
from services.gateway.usecases.okr_ports import Services, ServicesFor
from tests.integration.gateway.conftest import ADMIN, admin, platform, virtual_host
from tests.integration.gateway.people import Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform

__all__ = ["admin", "platform", "virtual_host"]  # fixtures, found by name


@pytest.fixture
def ines(platform: Platform) -> Browser:  # a fixture asks for another by its name
    """The first admin's browser, signed in."""
    return sign_in(platform, ADMIN["email"], ADMIN["password"])


@pytest.fixture
def ines_id(admin: Caller) -> str:  # a fixture asks for another by its name
    """The first admin's id."""
    return str(admin.call("GET", "/me").body["id"])


@pytest.fixture
def services_of_ines(platform: Platform, admin: Caller) -> Iterator[Services]:
    """The ports over HTTP, acting for the first admin, as within a request of hers."""
    me = admin.call("GET", "/me").body
    principal = Principal(
        person_id=me["id"],
        organisation_id=me["organisation"]["id"],
        roles=frozenset({"admin"}),
        scopes=frozenset({"read", "write"}),
    )
    with platform.app.test_request_context("/"):
        yield svcs.flask.get(ServicesFor).acting_for(principal)
