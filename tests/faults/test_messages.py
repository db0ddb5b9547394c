"""Events come again, in any order, and one among them is poison."""

from __future__ import annotations

import random
from typing import Any, Final

import pytest

from libs.chassis.bus import Event, Publisher
from libs.chassis.bus.link import once
from tests.faults.auditor import described
from tests.faults.clients import check_in_together
from tests.faults.conftest import SEED, Scene
from tests.faults.findings import Findings
from tests.faults.table import Row
from tests.fixtures.waiting import until

TAP: Final = "auditor.tap"
GOOD: Final = 50
POISONED: Final = "goals.progress.v1"


def judge(scene: Scene, row: Row, told: Any) -> Findings:
    """Everything came to rest with nothing amiss."""
    findings, seconds = scene.auditor.drained(told.attempts)
    row.add(findings, gap=told.longest_gap(), drain=seconds)
    row.keep()
    assert findings.clean, described([*findings.missed, *findings.unexpected])
    return findings


def tapped(scene: Scene) -> None:
    """From now on every event is kept aside, too."""

    def declare(channel: Any) -> None:
        channel.queue_declare(TAP, durable=True)
        channel.queue_bind(TAP, "cairn.events", "#")

    once(scene.platform.at.amqp_url, "tap", declare, 20)


def heard(scene: Scene) -> list[Event]:
    """What was kept aside; the tap is gone."""
    found: list[Event] = []

    def drain(channel: Any) -> None:
        while True:
            method, properties, body = channel.basic_get(TAP, auto_ack=True)
            if method is None:
                break
            found.append(Event.from_message(properties.headers, body))
        channel.queue_delete(TAP)

    once(scene.platform.at.amqp_url, "tap", drain, 20)
    return found


def say(scene: Scene, events: list[Event]) -> None:
    """The bus has all of them."""
    publisher = Publisher(
        scene.platform.at.amqp_url, name="replay", may_be_unheard=frozenset(e.type for e in events)
    )
    try:
        for start in range(0, len(events), 200):
            left = events[start : start + 200]

            def send(left: list[Event] = left) -> bool:
                sent = publisher.publish(left)
                left[:] = [event for event in left if event.id not in sent]
                return not left

            until(send, 30, "the bus takes them")
    finally:
        publisher.close()


@pytest.mark.faults_long
def test_all_events_three_times_in_any_order_change_nothing(single: Scene) -> None:
    chance = random.Random(SEED)  # noqa: S311  # a seed repeats a run
    tapped(single)
    told = check_in_together(single.address, single.company.leads, 6, chance)
    single.auditor.drained(told.attempts)
    before = single.auditor.look(told.attempts).mails
    again = heard(single) * 3
    chance.shuffle(again)
    say(single, again)
    row = Row(f"{len(again)} events again, three times each, in random order")
    assert judge(single, row, told).mails == before


def test_a_poison_message_takes_no_neighbour_with_it(single: Scene) -> None:
    chance = random.Random(SEED)  # noqa: S311  # a seed repeats a run
    tapped(single)
    told = check_in_together(single.address, single.company.leads[:5], GOOD // 5, chance)
    single.auditor.drained(told.attempts)
    good = [event for event in heard(single) if event.type == "checkins.progress.recorded.v1"][:GOOD]
    poison = Event.new(
        type=good[0].type,
        source="checkins",
        subject="nobody",
        organisation_id=good[0].organisation_id,
        seq=1,
        data={"this": "is no progress"},
    )
    say(single, [*good[:25], poison, *good[25:]])
    for queue in (POISONED, "notifier.copies.v1"):
        single.auditor.expect_dead(f"{queue}.dead", 1)
    judge(single, Row(f"A poison message among {len(good)} good ones"), told)
