"""Every process hears every event while it lives, for pages that change as others work.

Nothing is kept for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog

from libs.chassis.bus.event import ORGANISATION_HEADER, Event, UndecodableError, routing_key_of
from libs.chassis.bus.link import Link
from libs.chassis.bus.topology import EVENTS_EXCHANGE, declare_exchanges

_LIMITS: Final = {
    "x-queue-type": "classic",
    "x-max-length": 10_000,
    "x-overflow": "drop-head",
    "x-message-ttl": 60_000,
}
_log = structlog.get_logger("bus")


class Broadcast:
    """An own queue that vanishes with the connection.

    ``on_event`` runs on the connection's thread: it must be quick.
    """

    def __init__(
        self,
        url: str,
        patterns: Sequence[str],
        on_event: Callable[[Event], None],
        concerns: Callable[[str], bool] = lambda _organisation_id: True,
    ) -> None:
        """``patterns`` are event types or patterns of routing keys.

        Events of an organisation that ``concerns`` nobody here are not even read. Nothing is connected
        before :meth:`run`.
        """
        self._patterns = tuple(routing_key_of(pattern) for pattern in patterns)
        self._on_event, self._concerns = on_event, concerns
        self._link = Link(url, "broadcast", self._opened, self._lost)
        self._hearing = False

    def ready(self) -> bool:
        """Whether events arrive."""
        return self._hearing

    def run(self, stop: threading.Event) -> None:
        """Events are heard until ``stop``; those said while the connection is down are missed."""
        self._link.run(stop)

    def _opened(self, channel: Any) -> None:
        declare_exchanges(channel)

        def declared(frame: Any) -> None:
            name = frame.method.queue
            for pattern in self._patterns:
                channel.queue_bind(queue=name, exchange=EVENTS_EXCHANGE, routing_key=pattern)
            channel.basic_consume(
                queue=name, on_message_callback=self._deliver, auto_ack=True, callback=self._started
            )

        channel.queue_declare(
            queue="", exclusive=True, auto_delete=True, arguments=dict(_LIMITS), callback=declared
        )

    def _started(self, _frame: Any) -> None:
        self._hearing = True

    def _lost(self) -> None:
        self._hearing = False

    def _deliver(self, _channel: Any, _method: Any, props: Any, body: bytes) -> None:
        organisation_id = (props.headers or {}).get(ORGANISATION_HEADER)
        if organisation_id is not None and not self._concerns(str(organisation_id)):
            return
        try:
            self._on_event(Event.from_message(props.headers, body))
        except UndecodableError as error:
            _log.warning("broadcast.undecodable", reason=str(error))
        except Exception:  # noqa: BLE001  # one page's trouble must not cut the connection
            _log.exception("broadcast.failed")
