"""The only door to RabbitMQ.

Its callers know events, subscriptions and what a failure means, not the protocol.
"""

from __future__ import annotations

from libs.chassis.bus.broadcast import Broadcast
from libs.chassis.bus.consumer import Consumer
from libs.chassis.bus.delivery import Permanent, Subscription
from libs.chassis.bus.event import Event, UndecodableError, routing_key_of
from libs.chassis.bus.publisher import Message, Publisher
from libs.chassis.bus.topology import Retries, dead_queue, wait_queue

__all__ = [
    "Broadcast",
    "Consumer",
    "Event",
    "Message",
    "Permanent",
    "Publisher",
    "Retries",
    "Subscription",
    "UndecodableError",
    "dead_queue",
    "routing_key_of",
    "wait_queue",
]
