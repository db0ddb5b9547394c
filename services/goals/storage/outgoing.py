"""Payloads as entries of the outbox of the document that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from libs.chassis.bus import Event
from libs.chassis.outbox import pending
from libs.contracts.codec import Payload, encode
from services.goals.domain.record import Record
from services.goals.storage.documents import Document

SOURCE = "goals"


def outgoing(about: Record, seq: int, says: Sequence[Payload]) -> list[Document]:
    """The entries, in order; ``seq`` is that of the document as it is with them."""
    return pending(
        *(
            Event.new(
                type=payload.TYPE,
                source=SOURCE,
                subject=about.id,
                organisation_id=about.organisation_id,
                seq=seq,
                data=encode(payload),
            )
            for payload in says
        )
    )
