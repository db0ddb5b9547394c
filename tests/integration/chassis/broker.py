"""A look behind the scenes of RabbitMQ, with a connection of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pika

from tests.fixtures.waiting import until


@contextmanager
def channel(amqp_url: str) -> Iterator[Any]:
    """A channel of the test's own."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    try:
        yield connection.channel()
    finally:
        connection.close()


def send_raw(amqp_url: str, queue: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
    """A message that no publisher of ours would write stands in the queue."""
    with channel(amqp_url) as open_channel:
        open_channel.confirm_delivery()
        open_channel.basic_publish(
            "", queue, body, pika.BasicProperties(headers=headers or {}, delivery_mode=2), mandatory=True
        )


def take(amqp_url: str, queue: str, deadline: float = 10.0) -> tuple[dict[str, Any], bytes]:
    """Headers and body of the next message of the queue, which is taken out."""
    with channel(amqp_url) as open_channel:

        def next_message() -> tuple[dict[str, Any], bytes] | None:
            method, properties, body = open_channel.basic_get(queue, auto_ack=True)
            return (dict(properties.headers or {}), body) if method else None

        taken = until(next_message, deadline, f"a message arrives in {queue}")
        assert taken is not None
        return taken


def depth(amqp_url: str, queue: str) -> int:
    """How many messages of the queue are ready."""
    with channel(amqp_url) as open_channel:
        count: int = open_channel.queue_declare(queue, passive=True).method.message_count
        return count
