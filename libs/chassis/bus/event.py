"""The envelope of everything that services say to each other.

A CloudEvent, in the database and on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cloudevents.core.bindings import rabbitmq
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent
from uuid_utils.compat import uuid7

from libs.chassis import telemetry

_VERSION: Final = re.compile(r"\.v\d+$")
JSON: Final = "application/json"
ORGANISATION_HEADER: Final = "ce-orgid"


class UndecodableError(ValueError):
    """A message is not an event as this platform writes them. The message says what is amiss."""


def routing_key_of(event_type: str) -> str:
    """The event type without its version: ``goals.team.changed.v1`` is routed by ``goals.team.changed``."""
    return _VERSION.sub("", event_type)


@dataclass(frozen=True)
class Event:
    """Something that happened to ``subject``.

    ``seq`` orders the events of one subject, ``id`` is for ever unique.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    organisation_id: str
    seq: int
    data: dict[str, Any]
    correlation_id: str

    @classmethod
    def new(
        cls,
        *,
        type: str,
        source: str,
        subject: str,
        organisation_id: str,
        seq: int,
        data: Mapping[str, Any],
        correlation_id: str | None = None,
    ) -> Event:
        """An event that happens now.

        It is part of what ``correlation_id`` stands for, or where none is given, of what is being done now.
        """
        instant = datetime.now(UTC)
        return cls(
            id=str(uuid7()),
            type=type,
            source=source,
            subject=subject,
            time=instant.replace(microsecond=instant.microsecond // 1000 * 1000),
            organisation_id=organisation_id,
            seq=seq,
            data=dict(data),
            correlation_id=correlation_id or telemetry.correlation_id(),
        )

    @property
    def routing_key(self) -> str:
        """By what the broker routes it."""
        return routing_key_of(self.type)

    def to_document(self) -> dict[str, Any]:
        """The event as it waits in an outbox."""
        return {
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": self.time,
            "organisation_id": self.organisation_id,
            "seq": self.seq,
            "data": self.data,
            "correlation_id": self.correlation_id,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Event:
        """The event that waits in an outbox; other keys of the entry are its own affair."""
        return cls(
            id=document["id"],
            type=document["type"],
            source=document["source"],
            subject=document["subject"],
            time=document["time"],
            organisation_id=document["organisation_id"],
            seq=document["seq"],
            data=document["data"],
            correlation_id=document["correlation_id"],
        )

    def to_message(self) -> tuple[dict[str, str], bytes]:
        """Headers and body on the wire."""
        message = rabbitmq.to_binary_event(
            CloudEvent(
                {
                    "specversion": "1.0",
                    "id": self.id,
                    "type": self.type,
                    "source": self.source,
                    "subject": self.subject,
                    "time": self.time,
                    "datacontenttype": JSON,
                    "orgid": self.organisation_id,
                    "seq": str(self.seq),
                    "correlationid": self.correlation_id,
                },
                self.data,
            )
        )
        return message.headers, message.body

    @classmethod
    def from_message(cls, headers: Mapping[str, Any] | None, body: bytes) -> Event:
        """The event of a message.

        Raises:
            UndecodableError: it is none, or lacks what every event of ours has.
        """
        attributes = {name: value for name, value in (headers or {}).items() if isinstance(value, str)}
        try:
            envelope = rabbitmq.from_binary_event(rabbitmq.RabbitMQMessage(attributes, JSON, body))
            data = envelope.get_data()
            if not isinstance(data, dict):
                msg = "the body is not a JSON object"
                raise UndecodableError(msg)  # noqa: TRY301
            time = envelope.get_time()
            if time is None:
                msg = "time is missing"
                raise UndecodableError(msg)  # noqa: TRY301
            return cls(
                id=envelope.get_id(),
                type=envelope.get_type(),
                source=envelope.get_source(),
                subject=_needed(envelope, "subject"),
                time=time,
                organisation_id=_needed(envelope, "orgid"),
                seq=int(_needed(envelope, "seq")),
                data=data,
                correlation_id=envelope.get_attributes().get("correlationid")
                or telemetry.new_correlation_id(),
            )
        except UndecodableError:
            raise
        except (CloudEventValidationError, ValueError, TypeError, KeyError, RecursionError) as error:
            msg = f"{type(error).__name__}: {error}"
            raise UndecodableError(msg[:400]) from error


def _needed(envelope: Any, name: str) -> str:
    value = envelope.get_attributes().get(name)
    if not isinstance(value, str):
        msg = f"{name} is missing"
        raise UndecodableError(msg)
    return value
