"""What somebody did stands in the audit log; where that fails, in the process's log.

It is done already: whoever did it must not hear that it failed, and do it again.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

from libs.chassis import telemetry
from services.gateway.usecases.keep_audit import keep_audit
from services.gateway.usecases.ports import Origin, Ports

LOST: Final = Counter("cairn_audit_lost_total", "Changes that took place and are not in the audit log.")
_log = telemetry.logger("audit")


def note_done(
    ports: Ports,
    action: str,
    *,
    organisation_id: str | None,
    actor_id: str | None,
    subject: str,
    origin: Origin,
    **detail: str | int,
) -> None:
    """A line stands in the audit log, or in the process's; ``detail`` must hold no secret."""
    said = {"organisation_id": organisation_id, "actor_id": actor_id, "subject": subject}
    try:
        keep_audit(
            ports,
            action,
            organisation_id=organisation_id,
            actor_id=actor_id,
            subject=subject,
            origin=origin,
            **detail,
        )
    except Exception as error:  # noqa: BLE001  # whatever it is, what was done stands
        LOST.inc()
        _log.error("audit.lost", action=action, **said, detail=detail, address=origin.address, exc_info=error)
