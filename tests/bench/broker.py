"""The broker seen from a measurement: queues filled beforehand, their depth, queues emptied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pika

from libs.chassis.bus import Event, Message, Publisher

AT_ONCE: Final = 500
QUEUES: Final = (
    "checkins.copies.v1",
    "gateway.accounts.v1",
    "goals.accounts.v1",
    "goals.progress.v1",
    "notifier.alerts.v1",
    "notifier.copies.v1",
)


@contextmanager
def channel(url: str) -> Iterator[Any]:
    """A channel of an own connection, for the block."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        connection.close()


def fill(url: str, queue: str, events: Sequence[Event]) -> None:
    """These events, and no copy elsewhere, wait in the queue: persistent and confirmed.

    Raises:
        RuntimeError: the broker has not confirmed all of them.
    """
    publisher = Publisher(url, name="bench")
    try:
        for start in range(0, len(events), AT_ONCE):
            messages = [_to_queue(queue, event) for event in events[start : start + AT_ONCE]]
            sent: set[str] = set()
            for _ in range(20):
                sent = publisher.send(messages)
                if len(sent) == len(messages):
                    break
            if len(sent) != len(messages):
                message = f"{len(sent)} of {len(messages)} events reached {queue}"
                raise RuntimeError(message)
    finally:
        publisher.close()


def _to_queue(queue: str, event: Event) -> Message:
    headers, body = event.to_message()
    return Message(
        key=event.id, exchange="", routing_key=queue, event_type=event.type, headers=dict(headers), body=body
    )


def waiting(on: Any, queue: str) -> int:
    """How many messages of the queue are with no consumer yet; nothing there where the queue is not."""
    return int(on.queue_declare(queue=queue, passive=True).method.message_count)


def purge(url: str, queues: Sequence[str] = QUEUES) -> None:
    """Nothing waits in these queues; those that do not exist stay so."""
    for queue in queues:
        with channel(url) as on:
            try:
                on.queue_purge(queue)
            except pika.exceptions.ChannelClosedByBroker:
                continue
