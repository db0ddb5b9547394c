"""Events as they wait in the document whose write they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libs.chassis import outbox
from libs.chassis.bus import Event
from libs.contracts.codec import Payload, encode

SOURCE = "/checkins"


def waiting(says: Sequence[Payload], organisation_id: str, subject: str, seq: int) -> list[dict[str, Any]]:
    """Entries for the outbox of the document that is written in the same breath."""
    return outbox.pending(
        *(
            Event.new(
                type=payload.TYPE,
                source=SOURCE,
                subject=subject,
                organisation_id=organisation_id,
                seq=seq,
                data=encode(payload),
            )
            for payload in says
        )
    )
