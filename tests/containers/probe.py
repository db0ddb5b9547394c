"""Runs inside a service's image with that service's own secrets: what do its database and its bus let it do?

Prints one JSON object: what was tried, and how it ended (`allowed`, `refused`, or an error's name).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import ChannelClosedByBroker
from pymongo import MongoClient
from pymongo.errors import OperationFailure

SERVICES = ("goals", "checkins", "notifier", "gateway")
QUEUES = {
    "goals": "goals.progress.v1",
    "checkins": "checkins.copies.v1",
    "notifier": "notifier.alerts.v1",
    "gateway": "gateway.accounts.v1",
}
UNAUTHORIZED, ACCESS_REFUSED = 13, 403
SECRETS = Path("/run/secrets")


def main() -> None:
    """Everything has been tried."""
    me = os.environ["CAIRN_SERVICE"]
    sys.stdout.write(json.dumps({**database(me), **bus(me)}))


def database(me: str) -> dict[str, str]:
    """What MongoDB lets this service do."""
    client: MongoClient[dict[str, Any]] = MongoClient((SECRETS / "mongo_url").read_text())
    own = client[f"cairn_{me}"]
    tried: dict[str, Callable[[], object]] = {
        "read own database": own.probes.find_one,
        "write own database": partial(own.probes.insert_one, {}),
        "make a user": partial(own.command, "createUser", "x", pwd="x", roles=[]),
        "read the oplog": client.local["oplog.rs"].find_one,
        "read users": client.admin["system.users"].find_one,
        "stop the server": partial(client.admin.command, "shutdown"),
    }
    for other in (name for name in SERVICES if name != me):
        theirs = client[f"cairn_{other}"]
        tried[f"read database of {other}"] = theirs.outsiders.find_one
        tried[f"write database of {other}"] = partial(theirs.outsiders.insert_one, {})
        tried[f"drop database of {other}"] = partial(client.drop_database, theirs.name)
    return {what: _mongo_outcome(action) for what, action in tried.items()}


def _mongo_outcome(action: Callable[[], object]) -> str:
    try:
        action()
    except OperationFailure as failure:
        return "refused" if failure.code == UNAUTHORIZED else f"failed: {failure.code}"
    return "allowed"


def bus(me: str) -> dict[str, str]:
    """What RabbitMQ lets this service do."""
    own = QUEUES[me]
    tried: dict[str, Callable[[Any], object]] = {
        "look at own queue": lambda at: at.queue_declare(own, passive=True),
        "say its own": _publishing("cairn.events", f"{me}.probe.said"),
        "let its own wait": _publishing("cairn.retry", f"{own}.wait.10s", mandatory=True),
        "bury its own": _publishing("cairn.dlx", own, mandatory=True),
        "hear everything": lambda at: at.queue_bind(own, "cairn.events", "#"),
        "hear what is not meant for it": lambda at: at.queue_bind(own, "cairn.events", "probe.said"),
        "declare any exchange": lambda at: at.exchange_declare("probe", "topic"),
    }
    for other in (name for name in SERVICES if name != me):
        tried |= _with_anothers(own, other)
    return {what: _bus_outcome(action) for what, action in tried.items()}


def _with_anothers(own: str, other: str) -> dict[str, Callable[[Any], object]]:
    theirs = QUEUES[other]
    return {
        f"say in the name of {other}": _publishing("cairn.events", f"{other}.probe.said"),
        f"publish to queue of {other}": _publishing("", theirs),
        f"return to queue of {other}": _publishing("cairn.retry", theirs),
        f"bury in queue of {other}": _publishing("cairn.dlx", theirs),
        f"take from queue of {other}": lambda at: at.basic_get(theirs),
        f"consume queue of {other}": lambda at: at.basic_consume(theirs, print),
        f"declare queue of {other}": lambda at: at.queue_declare(f"{other}.probe.v1"),
        f"empty queue of {other}": lambda at: at.queue_purge(theirs),
        f"delete queue of {other}": lambda at: at.queue_delete(theirs),
        f"hear what returns to {other}": lambda at: at.queue_bind(own, "cairn.retry", theirs),
    }


def _publishing(exchange: str, key: str, *, mandatory: bool = False) -> Callable[[Any], object]:
    def publish(channel: Any) -> None:
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"{}", mandatory=mandatory)

    return publish


def _bus_outcome(action: Callable[[Any], object]) -> str:
    connection = pika.BlockingConnection(pika.URLParameters((SECRETS / "amqp_url").read_text()))
    try:
        action(connection.channel())
    except ChannelClosedByBroker as closed:
        return "refused" if closed.reply_code == ACCESS_REFUSED else f"failed: {closed.reply_code}"
    finally:
        if connection.is_open:
            connection.close()
    return "allowed"


if __name__ == "__main__":
    main()
