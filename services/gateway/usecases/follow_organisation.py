"""`goals` says what an organisation is called; mails and the sign-in page say it too."""

from __future__ import annotations

from services.gateway.usecases.ports import OrganisationCopy, Ports


def follow_organisation(organisation: OrganisationCopy, seq: int, ports: Ports) -> None:
    """Our copy says this, unless it knows something newer."""
    ports.organisation_names.put(organisation, seq)
