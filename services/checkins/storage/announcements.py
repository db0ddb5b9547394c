"""Events as they wait in the document whose write they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libs.chassis import outbox, telemetry
from libs.chassis.bus import Event
from libs.contracts.codec import Payload, encode

SOURCE = "/checkins"


def waiting(
    says: Sequence[Payload], organisation_id: str, subject: str, seq: int, correlation_id: str | None = None
) -> list[dict[str, Any]]:
    """Entries for the outbox of the document that is written in the same breath.

    They carry ``correlation_id``, or where there is none, that of what is being done now.
    """
    part_of = telemetry.sane_correlation_id(correlation_id) or telemetry.correlation_id()
    return outbox.pending(
        *(
            Event.new(
                type=payload.TYPE,
                source=SOURCE,
                subject=subject,
                organisation_id=organisation_id,
                seq=seq,
                data=encode(payload),
                correlation_id=part_of,
            )
            for payload in says
        )
    )
