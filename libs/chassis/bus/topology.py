"""Exchanges and queues, declared by everyone who needs them, the same on RabbitMQ 3.10 and 4.x.

    cairn.events ──topic──► <queue> ──handled──► ack
                               │  ▲
  copy, attempt + 1, through   │  │ cairn.retry, when the time is up
                  cairn.retry  ▼  │
                    <queue>.wait.10s | 1m | 10m
                               │ after six attempts, or undecodable, or permanent
                               ▼
                    cairn.dlx ──► <queue>.dead

Every argument is explicit, because the defaults differ between versions of the broker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

EVENTS_EXCHANGE: Final = "cairn.events"
RETRY_EXCHANGE: Final = "cairn.retry"
DEAD_EXCHANGE: Final = "cairn.dlx"
ATTEMPT_HEADER: Final = "x-cairn-attempt"
REASON_HEADER: Final = "x-cairn-reason"
DELIVERY_LIMIT: Final = 20


@dataclass(frozen=True)
class Retries:
    """How often a message is tried and how long, in seconds, it waits after each failure.

    The last wait repeats.
    """

    delays: tuple[float, ...] = (10.0, 60.0, 600.0)
    attempts: int = 6

    def delay_after(self, attempt: int) -> float | None:
        """How long to wait after this failed attempt (the first is 1); None: no more."""
        if attempt >= self.attempts:
            return None
        return self.delays[min(attempt, len(self.delays)) - 1]


def wait_queue(queue: str, delay: float) -> str:
    """The name of the queue where messages of ``queue`` wait this long."""
    if delay < 1:
        return f"{queue}.wait.{round(delay * 1000)}ms"
    return f"{queue}.wait.{round(delay)}s" if delay % 60 else f"{queue}.wait.{round(delay / 60)}m"


def dead_queue(queue: str) -> str:
    """The name of the queue for what cannot be handled."""
    return f"{queue}.dead"


def declare_exchanges(channel: Any) -> None:
    """The three exchanges exist.

    All are topics, because that is the kind for which a broker can say which keys a user may write and read:
    so no service reaches another's queue through them.
    """
    for name in (EVENTS_EXCHANGE, RETRY_EXCHANGE, DEAD_EXCHANGE):
        channel.exchange_declare(exchange=name, exchange_type="topic", durable=True)


def remove_return_exchanges(channel: Any) -> None:
    """The exchanges through which messages come back or end are gone, to be declared anew.

    An earlier topology had them direct. What is to pass them meanwhile waits in its queue: nothing is lost.
    """
    for name in (RETRY_EXCHANGE, DEAD_EXCHANGE):
        channel.exchange_delete(exchange=name)


def declare_queue(channel: Any, queue: str, keys: Iterable[str], delays: Sequence[float]) -> None:
    """The queue, its waiting rooms and its dead-letter queue exist.

    Events with these routing keys reach it.
    """
    declare_exchanges(channel)
    channel.queue_declare(queue=dead_queue(queue), durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(queue=dead_queue(queue), exchange=DEAD_EXCHANGE, routing_key=queue)
    channel.queue_declare(
        queue=queue,
        durable=True,
        arguments={**_dead_lettering(DEAD_EXCHANGE, queue), "x-delivery-limit": DELIVERY_LIMIT},
    )
    channel.queue_bind(queue=queue, exchange=RETRY_EXCHANGE, routing_key=queue)
    for key in keys:
        channel.queue_bind(queue=queue, exchange=EVENTS_EXCHANGE, routing_key=key)
    for delay in sorted(set(delays)):
        channel.queue_declare(
            queue=wait_queue(queue, delay),
            durable=True,
            arguments={**_dead_lettering(RETRY_EXCHANGE, queue), "x-message-ttl": round(delay * 1000)},
        )
        channel.queue_bind(
            queue=wait_queue(queue, delay), exchange=RETRY_EXCHANGE, routing_key=wait_queue(queue, delay)
        )


def _dead_lettering(exchange: str, key: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # at-least-once dead-lettering is refused without it
    }
