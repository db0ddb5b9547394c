"""The whole platform, as attackers from outside and from inside meet it."""

from __future__ import annotations

from tests.integration.gateway.conftest import ADMIN, admin, platform, virtual_host
from tests.integration.permissions.conftest import abroad, actors, home

__all__ = ["ADMIN", "abroad", "actors", "admin", "home", "platform", "virtual_host"]
