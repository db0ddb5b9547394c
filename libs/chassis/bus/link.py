"""One connection to the broker that one thread owns and that remakes itself.

Pika is imported here and nowhere else.

A pika connection is not thread-safe: whoever wants something of it hands a callback to :meth:`Link.call`,
which runs it on the owner's thread.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import pika
import pika.exceptions
import structlog
from prometheus_client import Counter

HEARTBEAT: Final = 30
BLOCKED_TIMEOUT: Final = 30
_TICK: Final = 0.1
_OTHER_KIND: Final = "inequivalent arg 'type' for exchange"
_BACKOFF_FIRST: Final = 0.2
_BACKOFF_LAST: Final = 10.0
_log = structlog.get_logger("bus")

CONNECTS = Counter("cairn_bus_connects_total", "Connections to the broker that were opened.", ["link"])


def properties(*, message_id: str, event_type: str, headers: dict[str, Any]) -> pika.BasicProperties:
    """Of a persistent JSON message."""
    return pika.BasicProperties(
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=pika.DeliveryMode.Persistent.value,
        message_id=message_id,
        type=event_type,
        headers=headers,
    )


class ExchangeKindError(Exception):
    """An exchange stands at the broker with another kind than the one declared."""


def once(url: str, name: str, action: Callable[[Any], None], within: float) -> None:
    """``action(channel)`` has run on a connection of its own, which is closed again.

    Raises:
        TimeoutError: the broker could not be reached within so many seconds.
        ExchangeKindError: an exchange is of another kind there.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            connection = pika.BlockingConnection(_parameters(url, name))
        except (pika.exceptions.AMQPError, OSError) as error:
            if time.monotonic() > deadline:
                message = f"the broker does not answer: {error!r}"
                raise TimeoutError(message) from error
            time.sleep(_BACKOFF_FIRST)
        else:
            with connection:
                _act(action, connection.channel())
            return


def _act(action: Callable[[Any], None], channel: Any) -> None:
    try:
        action(channel)
    except pika.exceptions.ChannelClosedByBroker as error:
        if _OTHER_KIND in error.reply_text:
            raise ExchangeKindError(error.reply_text) from error
        raise


def _parameters(url: str, name: str) -> pika.URLParameters:
    parameters = pika.URLParameters(url)
    parameters.heartbeat = HEARTBEAT
    parameters.blocked_connection_timeout = BLOCKED_TIMEOUT
    parameters.socket_timeout = 5
    parameters.stack_timeout = 10
    parameters.connection_attempts = 1
    parameters.client_properties = {"connection_name": f"cairn:{name}"}
    return parameters


class Link:
    """A connection with one channel.

    ``opened(channel)`` sets the channel up and ``lost()`` hears that it is gone; both run on the owner's
    thread. After ``stop`` the connection closes as soon as ``drained()`` says that nothing is in flight.
    """

    def __init__(
        self,
        url: str,
        name: str,
        opened: Callable[[Any], None],
        lost: Callable[[], None],
        drained: Callable[[], bool] = lambda: True,
    ) -> None:
        """Nothing is connected before :meth:`run`."""
        self._url, self.name = url, name
        self._opened, self._lost, self._drained = opened, lost, drained
        self._connection: Any = None
        self._channel: Any = None
        self._lock = threading.Lock()
        self._was_up = False
        self.blocked = False

    def run(self, stop: threading.Event) -> None:
        """Connected, and connected again after every loss, until ``stop``."""
        pause = _BACKOFF_FIRST
        while not stop.is_set():
            self._was_up = False
            try:
                self._live(stop)
            except Exception as error:  # noqa: BLE001  # whatever breaks one connection, the next may work
                _log.warning("bus.connection_failed", link=self.name, error=repr(error))
            finally:
                self._forget()
            pause = _BACKOFF_FIRST if self._was_up else min(pause * 2, _BACKOFF_LAST)
            stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311  # jitter, not a secret

    def call(self, action: Callable[[Any], None]) -> bool:
        """``action(channel)`` will run on the owner's thread; False when there is no channel now."""
        with self._lock:
            channel, connection = self._channel, self._connection
            if channel is None:
                return False

            def act() -> None:
                if self._channel is channel and channel.is_open:
                    action(channel)

            connection.ioloop.add_callback_threadsafe(act)
            return True

    def _live(self, stop: threading.Event) -> None:
        connection = pika.SelectConnection(
            _parameters(self._url, self.name),
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_open_error,
            on_close_callback=self._on_close,
        )
        self._connection = connection
        connection.add_on_connection_blocked_callback(lambda *_: self._on_blocked(is_blocked=True))
        connection.add_on_connection_unblocked_callback(lambda *_: self._on_blocked(is_blocked=False))

        def tick() -> None:
            if stop.is_set() and (self._channel is None or self._drained()):
                # Behind the last acknowledgements, which may have been handed over since callbacks were run.
                connection.ioloop.add_callback_threadsafe(lambda: self._close(connection))
            else:
                connection.ioloop.call_later(_TICK, tick)

        connection.ioloop.call_later(_TICK, tick)
        connection.ioloop.start()

    def _close(self, connection: Any) -> None:
        if connection.is_open:
            connection.close()
        elif not connection.is_closing:
            connection.ioloop.stop()  # still shaking hands: there is nothing to say good-bye to

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_channel_closed)
        with self._lock:
            self._channel = channel
        self._was_up = True
        CONNECTS.labels(self.name).inc()
        _log.info("bus.connected", link=self.name)
        self._opened(channel)

    def _on_channel_closed(self, _channel: Any, reason: Any) -> None:
        connection = self._connection
        if connection is not None and connection.is_open:
            _log.error("bus.channel_closed", link=self.name, reason=str(reason))
            self._was_up = False  # the broker refused something: asking again at once would not help
            connection.close()

    def _on_open_error(self, connection: Any, error: Any) -> None:
        _log.warning("bus.unreachable", link=self.name, error=repr(error))
        connection.ioloop.stop()

    def _on_close(self, connection: Any, reason: Any) -> None:
        if not isinstance(reason, pika.exceptions.ConnectionClosedByClient):
            _log.warning("bus.disconnected", link=self.name, reason=repr(reason))
        connection.ioloop.stop()

    def _on_blocked(self, *, is_blocked: bool) -> None:
        self.blocked = is_blocked
        _log.warning("bus.blocked" if is_blocked else "bus.unblocked", link=self.name)

    def _forget(self) -> None:
        with self._lock:
            connection, self._connection, self._channel = self._connection, None, None
        self.blocked = False
        self._lost()
        if connection is not None:
            if connection.is_open:
                connection.close()  # a callback of ours raised; the socket must not outlive its loop
            connection.ioloop.close()
