"""Events reach a queue, and the sender knows it: mandatory, persistent, confirmed, many in flight."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from prometheus_client import Counter

from libs.chassis.bus.event import Event
from libs.chassis.bus.link import Link, properties
from libs.chassis.bus.topology import EVENTS_EXCHANGE, declare_exchanges
from libs.chassis.failpoints import failpoint

_CONFIRM_SECONDS: Final = 20.0
_CONNECT_SECONDS: Final = 1.0
_log = structlog.get_logger("bus")

PUBLISHED = Counter("cairn_bus_published_total", "Messages handed to the broker.", ["link", "outcome"])


@dataclass(frozen=True)
class Message:
    """What goes to the broker. ``key`` identifies it in the answer of :meth:`Publisher.send`."""

    key: str
    exchange: str
    routing_key: str
    event_type: str
    headers: dict[str, Any]
    body: bytes


@dataclass
class _Batch:
    """Messages on their way. Touched by the connection's thread only, until ``done``."""

    waiting: set[int] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)


class Publisher:
    """A connection for publishing alone, with a thread of its own that starts with the first message.

    ``may_be_unheard`` names event types that nobody has to listen to; any other that reaches no queue is
    unconfirmed.
    """

    def __init__(
        self, url: str, *, name: str = "publisher", may_be_unheard: frozenset[str] = frozenset()
    ) -> None:
        """Nothing is connected before the first message or :meth:`start`."""
        self._name = name
        self._may_be_unheard = may_be_unheard
        self._link = Link(url, name, self._opened, self._lost)
        self._connected = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._start_lock = threading.Lock()
        self._in_flight: dict[int, tuple[_Batch, str]] = {}
        self._awaited: dict[int, _Batch] = {}
        self._next_tag = 1

    def start(self) -> None:
        """The connection is being made, if it was not."""
        with self._start_lock:
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(
                    target=self._link.run, args=(self._stop,), name=f"bus:{self._name}", daemon=True
                )
                self._thread.start()

    def close(self) -> None:
        """The connection is closed; the next message opens it again."""
        with self._start_lock:
            thread, self._thread = self._thread, None
            self._stop.set()
        if thread is not None:
            thread.join(5)

    def ready(self) -> bool:
        """Whether a message could be sent now."""
        return self._connected.is_set() and not self._link.blocked

    def publish(self, events: Sequence[Event]) -> set[str]:
        """The ids of those events that the broker has in a queue, on a majority of its disks.

        The others may or may not have arrived: publish them again. Events are sent in the order given.
        """
        return self.send([_message_of(event) for event in events])

    def send(self, messages: Sequence[Message]) -> set[str]:
        """The keys of those messages that the broker has confirmed."""
        self.start()
        if not messages or not self._connected.wait(_CONNECT_SECONDS) or self._link.blocked:
            return set()
        batch = _Batch()
        self._awaited[id(batch)] = batch
        try:
            if not self._link.call(lambda channel: self._transmit(channel, messages, batch)):
                return set()
            in_time = batch.done.wait(_CONFIRM_SECONDS)
        finally:
            del self._awaited[id(batch)]
        confirmed = set(batch.confirmed)
        PUBLISHED.labels(self._name, "confirmed").inc(len(confirmed))
        PUBLISHED.labels(self._name, "unconfirmed").inc(len(messages) - len(confirmed))
        if not in_time:
            _log.warning(
                "bus.confirms_missing", link=self._name, sent=len(messages), confirmed=len(confirmed)
            )
        return confirmed

    def _transmit(self, channel: Any, messages: Sequence[Message], batch: _Batch) -> None:
        for message in messages:
            tag, self._next_tag = self._next_tag, self._next_tag + 1
            self._in_flight[tag] = (batch, message.key)
            batch.waiting.add(tag)
            channel.basic_publish(
                exchange=message.exchange,
                routing_key=message.routing_key,
                body=message.body,
                properties=properties(
                    message_id=message.key, event_type=message.event_type, headers=message.headers
                ),
                mandatory=message.event_type not in self._may_be_unheard,
            )
        failpoint("bus.after_publish", self._name)

    def _opened(self, channel: Any) -> None:
        self._in_flight.clear()
        self._next_tag = 1
        declare_exchanges(channel)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._connected.set())

    def _lost(self) -> None:
        self._connected.clear()
        self._in_flight.clear()
        for batch in list(self._awaited.values()):  # also those whose turn to be sent never came
            batch.done.set()

    def _on_return(self, _channel: Any, method: Any, props: Any, _body: bytes) -> None:
        # The broker sends the return before the confirm of the same message.
        _log.warning(
            "bus.unroutable", link=self._name, routing_key=method.routing_key, message=props.message_id
        )
        for batch, key in self._in_flight.values():
            if key == props.message_id:
                batch.returned.add(key)

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        accepted = method.NAME == "Basic.Ack"
        if method.multiple:
            tags = [tag for tag in self._in_flight if tag <= method.delivery_tag]
        else:
            tags = [method.delivery_tag] if method.delivery_tag in self._in_flight else []
        for tag in tags:
            batch, key = self._in_flight.pop(tag)
            batch.waiting.discard(tag)
            if accepted and key not in batch.returned:
                batch.confirmed.add(key)
            if not batch.waiting:
                batch.done.set()


def _message_of(event: Event) -> Message:
    headers, body = event.to_message()
    return Message(
        key=event.id,
        exchange=EVENTS_EXCHANGE,
        routing_key=event.routing_key,
        event_type=event.type,
        headers=dict(headers),
        body=body,
    )
