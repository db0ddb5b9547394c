"""Making an organisation in goals, which owns them."""

from __future__ import annotations

from dataclasses import asdict

from libs.chassis.auth import Principal
from services.gateway.clients.upstream import Upstream
from services.gateway.usecases.ports import NewOrganisation

SYSTEM = Principal(
    person_id="system", organisation_id="", roles=frozenset({"system"}), scopes=frozenset({"read", "write"})
)


class OrganisationsClient:
    """Organisations over HTTP. Implements the port ``Organisations``."""

    def __init__(self, upstream: Upstream) -> None:
        """``upstream`` is goals."""
        self._upstream = upstream

    def create(self, new: NewOrganisation) -> None:
        """The organisation and its first admin exist; doing it twice makes one."""
        self._upstream.ask(SYSTEM, "POST", "/internal/organisations", body=asdict(new))
