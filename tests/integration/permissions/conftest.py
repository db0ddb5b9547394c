"""Two organisations, and somebody of each role in one of them."""

from __future__ import annotations

import pytest

from libs.contracts.permissions import Role
from tests.integration.gateway.conftest import ADMIN, admin, platform, virtual_host
from tests.integration.gateway.platform import Caller, Platform
from tests.integration.permissions.scene import Actor, Organisation, actor_of, another_organisation

__all__ = ["ADMIN", "admin", "platform", "virtual_host"]


@pytest.fixture(scope="session")
def home(platform: Platform, admin: Caller) -> Organisation:
    """The organisation whose people ask."""
    return Organisation(platform, admin, str(admin.call("GET", "/me").body["id"]))


@pytest.fixture(scope="session")
def abroad(platform: Platform) -> Organisation:
    """Another organisation."""
    return another_organisation(platform)


@pytest.fixture(scope="session")
def actors(platform: Platform, home: Organisation) -> dict[Role, Actor]:
    """Somebody of each role, who leads a team."""
    return {role: actor_of(platform, home, role) for role in Role}
