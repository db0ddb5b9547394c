"""Whether anything is still owed: by documents to the bus, to standings and to parents, or by queues."""

from __future__ import annotations

from typing import Final

import pika

from libs.chassis.outbox import OUTBOX_INDEX
from tests.bench.broker import QUEUES, channel, waiting
from tests.bench.platform import Document, Platform
from tests.fixtures.waiting import until

OUTBOXES: Final = (
    ("goals", "objectives"),
    ("goals", "key_results"),
    ("checkins", "check_ins"),
    ("checkins", "key_results"),
    ("checkins", "reminders"),
)
OUTBOX: Final = OUTBOX_INDEX.document["name"]
LOOKS: Final = 3
DRAINED_WITHIN: Final = 600.0


def owed(platform: Platform) -> dict[str, int]:
    """What is owed now, by whom; only what is not nothing."""
    found = {
        f"{service}.{name} outbox": platform.database(service)[name].count_documents(
            {"outbox.0": {"$exists": True}}, hint=OUTBOX
        )
        for service, name in OUTBOXES
    }
    found["standing_due"] = platform.database("checkins")["check_ins"].count_documents(
        {"standing_due": True}, hint="unsettled"
    )
    for name in ("objectives", "key_results"):
        found[f"rollup_due {name}"] = platform.database("goals")[name].count_documents(
            {"rollup_due.0": {"$exists": True}}, hint="rollup_due"
        )
    return {name: count for name, count in found.items() if count}


def queued(platform: Platform) -> dict[str, int]:
    """How many messages wait in each queue."""
    depths: dict[str, int] = {}
    with channel(platform.at.amqp_url) as on:
        for queue in QUEUES:
            try:
                depths[queue] = waiting(on, queue)
            except pika.exceptions.ChannelClosedByBroker:
                return depths
    return depths


def settled(platform: Platform, within: float = DRAINED_WITHIN) -> None:
    """Nothing has been owed for some looks in a row: what a consumer has in hand becomes a debt again."""
    quiet: list[bool] = []

    def calm() -> bool:
        quiet.append(not owed(platform) and not any(queued(platform).values()))
        return len(quiet) >= LOOKS and all(quiet[-LOOKS:])

    until(calm, within, "nothing is owed any more")


def behind(platform: Platform, organisation_id: str) -> int:
    """How many key results stand at `goals` otherwise than their last check-in says; in the end none."""
    last: list[Document] = list(
        platform.database("checkins")["check_ins"].aggregate(
            [
                {"$match": {"organisation_id": organisation_id}},
                {"$group": {"_id": "$key_result_id", "seq": {"$max": "$seq"}}},
            ]
        )
    )
    found = platform.database("goals")["key_results"].find(
        {"organisation_id": organisation_id, "standing": {"$ne": None}}, {"standing.seq": 1}
    )
    known = {each["_id"]: each["standing"]["seq"] for each in found}
    return sum(known.get(each["_id"]) != each["seq"] for each in last)
