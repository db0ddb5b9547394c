"""Decode, correlate, handle, settle: one thread for the connection, a few for the work.

What happens to a message is decided here and nowhere else:

    handled                          ack
    not an event, or Permanent       copy to the dead-letter queue with the reason, confirmed, then ack
    any other exception              copy to a waiting room with attempt + 1, confirmed, then ack;
                                     after the sixth attempt dead, as above
    the database is out of reach     tried again in place for a while, without spending an attempt
    the process dies                 the broker delivers again (at most 20 times); handlers bear it

A message is never given back by ``nack``: that loops without limit on some brokers.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Final

import structlog

from libs.chassis.bus.delivery import DEAD, HANDLED, IGNORED, RETRIED, Delivery, Subscription, Verdict
from libs.chassis.bus.handling import Handling
from libs.chassis.bus.link import ExchangeKindError, Link, once
from libs.chassis.bus.publisher import Message, Publisher
from libs.chassis.bus.topology import (
    ATTEMPT_HEADER,
    DEAD_EXCHANGE,
    REASON_HEADER,
    RETRY_EXCHANGE,
    Retries,
    declare_queue,
    remove_return_exchanges,
    wait_queue,
)
from libs.chassis.pace import Pace

_LINGER: Final = 0.002
_POLL: Final = 0.1
_PREFETCH: Final = 4000
_SETTLE_PAUSE: Final = 1.0
_log = structlog.get_logger("bus")


class Consumer:
    """Feeds the messages of one queue to handlers, in batches.

    A handler gets up to ``batch_size`` events of its subscription in the order of delivery. If it raises for
    a batch, it is called again for each half of it, down to single events, so that a poison message takes no
    neighbour with it.
    ``workers`` batches are handled at once. ``outage`` tells whether an exception means that something needed
    is out of reach.
    """

    def __init__(
        self,
        url: str,
        queue: str,
        subscriptions: Sequence[Subscription],
        batch_size: int = 100,
        workers: int = 1,
        *,
        retries: Retries | None = None,
        outage: Callable[[Exception], object] | None = None,
    ) -> None:
        """Nothing is connected before :meth:`run`."""
        self._url, self._queue, self._subscriptions = url, queue, tuple(subscriptions)
        self._batch_size, self._workers = batch_size, workers
        self._retries = retries or Retries()
        self._handling = Handling(queue, self._subscriptions, outage)
        self._publisher = Publisher(url, name=f"{queue}:copies")
        self._link = Link(url, queue, self._opened, self._lost, self._drained)
        self._inbox: SimpleQueue[Delivery] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()
        self._generation = 0
        self._consuming = False
        self._tag = ""
        self._cautious = True
        self._unsettled: OrderedDict[int, None] = OrderedDict()

    def ready(self) -> bool:
        """Whether messages flow."""
        return self._consuming

    def declare(self, within: float = 60.0) -> None:
        """The queue is there: what is published from now on waits for a consumer, however late that comes.

        Raises:
            TimeoutError: the broker could not be reached within so many seconds.
        """
        name = f"{self._queue}:declare"
        try:
            once(self._url, name, self._declare_on, within)
        except ExchangeKindError:
            once(self._url, name, remove_return_exchanges, within)
            once(self._url, name, self._declare_on, within)

    def _declare_on(self, channel: Any) -> None:
        keys = sorted({subscription.binding_key for subscription in self._subscriptions})
        declare_queue(channel, self._queue, keys, self._retries.delays)

    def run(self, stop: threading.Event) -> None:
        """Messages are handled until ``stop``; what is being handled then is finished and settled."""
        self._stop = stop
        self._threads = [
            threading.Thread(target=self._work, name=f"{self._queue}:{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()
        try:
            self._link.run(stop)
        finally:
            self._publisher.close()

    # On the connection's thread.

    def _opened(self, channel: Any) -> None:
        self._generation += 1
        self._inbox = SimpleQueue()
        self._unsettled.clear()
        self._cautious = True
        self._declare_on(channel)
        self._consume(channel, prefetch=1)

    def _consume(self, channel: Any, prefetch: int) -> None:
        # Set per consumer before it begins: quorum queues know no other kind of prefetch.
        channel.basic_qos(prefetch_count=prefetch)
        generation, inbox, unsettled = self._generation, self._inbox, self._unsettled

        def deliver(_channel: Any, method: Any, props: Any, body: bytes) -> None:
            unsettled[method.delivery_tag] = None
            inbox.put(Delivery.received(generation, method.delivery_tag, props, body))

        def started(_frame: Any) -> None:
            self._consuming = True

        self._tag = channel.basic_consume(queue=self._queue, on_message_callback=deliver, callback=started)
        channel.add_on_cancel_callback(lambda _frame: channel.close())  # the queue was deleted: begin anew

    def _raise_prefetch(self, channel: Any) -> None:
        """After the first clean message: nothing here kills the process, so take many at once."""
        if not self._cautious:
            return
        self._cautious = False
        prefetch = min(2 * self._batch_size * self._workers, _PREFETCH)
        channel.basic_cancel(self._tag, callback=lambda _frame: self._consume(channel, prefetch))

    def _lost(self) -> None:
        self._generation += 1
        self._consuming = False

    def _drained(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    # On the workers' threads.

    def _work(self) -> None:
        pace = Pace()
        while not self._stop.is_set():
            batch = self._collect(pace)
            if batch:
                try:
                    self._settle(self._handling.judge(batch, self._stop))
                except Exception:  # noqa: BLE001  # a worker outlives any one batch
                    # Nothing was acknowledged: the broker will deliver again.
                    _log.exception("bus.settling_failed", queue=self._queue)
                    self._link.call(lambda channel: channel.close())

    def _collect(self, pace: Pace) -> list[Delivery]:
        inbox = self._inbox
        try:
            batch = [inbox.get(timeout=_POLL)]
        except Empty:
            return []
        deadline = time.monotonic() + max(_LINGER, pace.ahead())
        while len(batch) < self._batch_size:
            try:
                batch.append(inbox.get(timeout=max(0.0, deadline - time.monotonic())))
            except Empty:
                break
        return [delivery for delivery in batch if delivery.generation == self._generation]

    def _settle(self, verdicts: Sequence[tuple[Delivery, Verdict]]) -> None:
        copies: dict[str, Delivery] = {}
        messages: list[Message] = []
        settled: list[Delivery] = []
        for delivery, verdict in verdicts:
            if verdict.outcome in (HANDLED, IGNORED):
                settled.append(delivery)
            elif verdict.outcome in (RETRIED, DEAD):
                message = self._copy(delivery, verdict)
                messages.append(message)
                copies[message.key] = delivery
        self._acknowledge(settled, clean=bool(settled))
        while messages and not self._stop.is_set() and self._is_current(copies.values()):
            confirmed = self._publisher.send(messages)
            self._acknowledge([copies[key] for key in confirmed], clean=False)
            messages = [message for message in messages if message.key not in confirmed]
            if messages:
                self._stop.wait(_SETTLE_PAUSE)

    def _is_current(self, deliveries: Iterable[Delivery]) -> bool:
        return any(delivery.generation == self._generation for delivery in deliveries)

    def _copy(self, delivery: Delivery, verdict: Verdict) -> Message:
        headers = {name: value for name, value in delivery.headers.items() if name.startswith("ce-")}
        delay = self._retries.delay_after(delivery.attempt) if verdict.outcome == RETRIED else None
        key = f"{delivery.generation}:{delivery.tag}"
        event_type = str(headers.get("ce-type", "unknown"))
        if delay is not None:
            headers[ATTEMPT_HEADER] = delivery.attempt + 1
            return Message(
                key, RETRY_EXCHANGE, wait_queue(self._queue, delay), event_type, headers, delivery.body
            )
        headers[ATTEMPT_HEADER] = delivery.attempt
        headers[REASON_HEADER] = verdict.reason[:500]
        return Message(key, DEAD_EXCHANGE, self._queue, event_type, headers, delivery.body)

    def _acknowledge(self, deliveries: Sequence[Delivery], *, clean: bool) -> None:
        if not deliveries:
            return

        def acknowledge(channel: Any) -> None:
            # Tags of a lost connection mean other messages now.
            current = self._generation
            self._confirm(channel, {each.tag for each in deliveries if each.generation == current})
            if clean:
                self._raise_prefetch(channel)

        self._link.call(acknowledge)

    def _confirm(self, channel: Any, tags: set[int]) -> None:
        """On the connection's thread: these messages are acknowledged, as many as possible in one frame.

        A frame for many reaches down to the oldest, so it is used only as far as nothing older is unsettled.
        """
        everything_up_to = 0
        while self._unsettled and (oldest := next(iter(self._unsettled))) in tags:
            everything_up_to = oldest
            self._unsettled.popitem(last=False)
        if everything_up_to:
            channel.basic_ack(everything_up_to, multiple=True)
        for tag in sorted(tag for tag in tags if tag > everything_up_to):
            self._unsettled.pop(tag, None)
            channel.basic_ack(tag)
