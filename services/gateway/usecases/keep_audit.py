"""The audit log gets a line wherever something happens that one may have to answer for."""

from __future__ import annotations

from services.gateway.domain.audit import AuditEntry
from services.gateway.usecases.ports import Origin, Ports


def keep_audit(
    ports: Ports,
    action: str,
    *,
    organisation_id: str | None,
    actor_id: str | None,
    subject: str,
    origin: Origin,
    **detail: str | int,
) -> None:
    """A line stands in the audit log; ``detail`` must hold no secret."""
    ports.audit.add(
        AuditEntry(
            id=ports.new_id(),
            organisation_id=organisation_id,
            at=ports.clock(),
            action=action,
            actor_id=actor_id,
            subject=subject,
            address=origin.address,
            correlation_id=ports.correlation_id(),
            detail=detail,
        )
    )
