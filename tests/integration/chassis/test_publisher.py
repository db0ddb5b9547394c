"""A publisher on a real broker: what it says is confirmed has arrived."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from libs.chassis.bus import Broadcast, Publisher
from tests.fixtures.waiting import WaitUntil
from tests.integration.chassis.broker import channel, depth
from tests.integration.chassis.conftest import TYPE, Patient, Recorder, Start, Wire, event

KEY = "tests.thing.changed"


@pytest.fixture
def publisher(amqp_url: str) -> Iterator[Publisher]:
    publisher = Publisher(amqp_url)
    yield publisher
    publisher.close()


@pytest.fixture
def queue(amqp_url: str, publisher: Publisher, wait_until: WaitUntil) -> str:
    """A queue that hears of things."""
    publisher.start()
    wait_until(publisher.ready)
    with channel(amqp_url) as open_channel:
        open_channel.queue_declare("ears", durable=True, arguments={"x-queue-type": "quorum"})
        open_channel.queue_bind("ears", "cairn.events", KEY)
    return "ears"


def test_what_is_confirmed_stands_in_the_queue(amqp_url: str, publisher: Publisher, queue: str) -> None:
    sent = [event(number) for number in range(200)]
    assert publisher.publish(sent) == {one.id for one in sent}
    assert depth(amqp_url, queue) == 200


def test_an_event_that_reaches_no_queue_is_not_confirmed_but_its_neighbours_are(
    publisher: Publisher, queue: str
) -> None:
    del queue
    lost, heard = event(1, type="tests.unheard.changed.v1"), event(2)
    assert publisher.publish([lost, heard]) == {heard.id}


def test_an_event_that_nobody_has_to_hear_is_confirmed_without_a_queue(amqp_url: str) -> None:
    publisher = Patient(amqp_url, may_be_unheard=frozenset({TYPE}))
    sent = event(1)
    try:
        assert publisher.publish([sent]) == {sent.id}
    finally:
        publisher.close()


def test_a_full_queue_refuses_and_the_refusal_is_no_confirm(
    amqp_url: str, publisher: Publisher, wait_until: WaitUntil
) -> None:
    publisher.start()
    wait_until(publisher.ready)  # the exchange exists
    with channel(amqp_url) as open_channel:
        open_channel.queue_declare(
            "narrow",
            durable=True,
            arguments={"x-queue-type": "classic", "x-max-length": 5, "x-overflow": "reject-publish"},
        )
        open_channel.queue_bind("narrow", "cairn.events", KEY)
    sent = [event(number) for number in range(20)]
    confirmed = publisher.publish(sent)
    assert confirmed == {one.id for one in sent[: len(confirmed)]}
    assert len(confirmed) < 20


def test_a_broker_out_of_reach_confirms_nothing_and_is_found_again(
    wire: tuple[Wire, str], amqp_url: str, queue: str, wait_until: WaitUntil
) -> None:
    cable, url = wire
    publisher = Publisher(url)
    try:
        assert publisher.publish([event(1)]) == set()
        assert not publisher.ready()
        cable.restore()
        wait_until(publisher.ready, 15)
        sent = event(2)
        assert publisher.publish([sent]) == {sent.id}
        cable.cut()
        wait_until(lambda: not publisher.ready())
        assert publisher.publish([event(3)]) == set()
    finally:
        publisher.close()
    assert depth(amqp_url, queue) == 1


def test_every_listener_of_a_broadcast_hears_every_event(
    amqp_url: str, start: Start, wait_until: WaitUntil
) -> None:
    publisher = Patient(amqp_url, may_be_unheard=frozenset({TYPE}))
    recorders = [Recorder(), Recorder()]
    for recorder in recorders:
        broadcast = Broadcast(amqp_url, ["tests.#"], recorder.one)
        start(broadcast)
        wait_until(broadcast.ready)
    sent = [event(number) for number in range(50)]
    publisher.publish(sent)
    publisher.close()
    wait_until(lambda: all(recorder.events == sent for recorder in recorders))


def test_a_listener_hears_only_of_organisations_that_concern_it(
    amqp_url: str, start: Start, wait_until: WaitUntil
) -> None:
    publisher = Patient(amqp_url, may_be_unheard=frozenset({TYPE}))
    recorder = Recorder()
    broadcast = Broadcast(
        amqp_url, ["tests.#"], recorder.one, lambda organisation_id: organisation_id == "org"
    )
    start(broadcast)
    wait_until(broadcast.ready)
    sent = [replace(event(1), organisation_id="another"), event(2)]
    publisher.publish(sent)
    publisher.close()
    wait_until(lambda: recorder.events == sent[1:])


def test_a_listener_that_fails_on_one_event_hears_the_next(
    amqp_url: str, start: Start, wait_until: WaitUntil
) -> None:
    publisher = Patient(amqp_url, may_be_unheard=frozenset({TYPE}))
    recorder = Recorder(lambda one: ValueError("no") if one.seq == 1 else None)
    broadcast = Broadcast(amqp_url, [TYPE], recorder.one)
    start(broadcast)
    wait_until(broadcast.ready)
    publisher.publish([event(1), event(2)])
    publisher.close()
    wait_until(lambda: [one.seq for one in recorder.events] == [2])
