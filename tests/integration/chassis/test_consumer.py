"""A consumer on a real broker: batches, poison, retries, dead letters, lost connections, a clean end."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from libs.chassis import problems, telemetry
from libs.chassis.bus import (
    Consumer,
    Event,
    Permanent,
    Publisher,
    Retries,
    Subscription,
    dead_queue,
    wait_queue,
)
from tests.fixtures.waiting import WaitUntil
from tests.integration.chassis.broker import channel, depth, send_raw, take
from tests.integration.chassis.conftest import TYPE, Patient, Recorder, Start, Wire, event, running

QUEUE = "tests.things.v1"
QUICK = Retries(delays=(0.05, 0.1, 0.15), attempts=6)


def consumer(
    url: str, handler: Any, *, pattern: str = TYPE, retries: Retries = QUICK, **options: Any
) -> Consumer:
    return Consumer(url, QUEUE, [Subscription(pattern, handler)], retries=retries, **options)


@pytest.fixture
def publisher(amqp_url: str) -> Any:
    publisher = Patient(amqp_url)
    yield publisher
    publisher.close()


def test_events_reach_their_handler_in_the_order_they_were_sent(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    recorder = Recorder()
    listening = consumer(amqp_url, recorder)
    start(listening)
    wait_until(listening.ready)
    sent = [event(number) for number in range(500)]
    assert publisher.publish(sent) == {one.id for one in sent}
    wait_until(lambda: len(recorder.events) == 500)
    assert recorder.events == sent


def test_what_comes_after_a_flood_is_handled_as_if_there_had_been_none(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    """The many full batches of the flood took no pause, and leave none behind."""
    recorder = Recorder()
    with running(consumer(amqp_url, Recorder())):
        wait_until(lambda: _exists(amqp_url, QUEUE))
    publisher.publish([event(number) for number in range(2000)])
    start(consumer(amqp_url, recorder, batch_size=5))
    wait_until(lambda: len(recorder.events) == 2000, 30)
    publisher.publish([event(2000)])
    wait_until(lambda: len(recorder.events) == 2001, 10)


def test_events_that_wait_are_handled_in_batches(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    recorder, release = Recorder(), threading.Event()

    def held(events: Any) -> None:
        recorder(events)
        if len(recorder.batches) == 2:
            release.wait(30)

    with running(consumer(amqp_url, Recorder())):
        wait_until(lambda: _exists(amqp_url, QUEUE))
    publisher.publish([event(number) for number in range(300)])
    start(consumer(amqp_url, held, batch_size=50))
    # However slowly they arrive: while the second batch is handled, all come that may be under way at once.
    wait_until(lambda: len(recorder.batches) == 2)
    wait_until(lambda: depth(amqp_url, QUEUE) <= 300 - 1 - 100)
    release.set()
    wait_until(lambda: len(recorder.events) == 300)
    sizes = [len(batch) for batch in recorder.batches]
    assert sizes[0] == 1, "the first message is taken alone"
    assert max(sizes) == 50


def test_a_poison_message_takes_no_neighbour_with_it(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    recorder = Recorder(lambda one: Permanent("seven is not possible") if one.seq % 50 == 7 else None)
    listening = consumer(amqp_url, recorder, batch_size=40)
    start(listening)
    wait_until(listening.ready)
    sent = [event(number) for number in range(200)]
    publisher.publish(sent)
    wait_until(lambda: len(recorder.ids) == 196)
    dead = [take(amqp_url, dead_queue(QUEUE)) for _ in range(4)]
    assert {headers["ce-seq"] for headers, _ in dead} == {"7", "57", "107", "157"}
    assert {headers["x-cairn-reason"] for headers, _ in dead} == {"seven is not possible"}
    wait_until(lambda: depth(amqp_url, QUEUE) == 0)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"not json"),
        ({"ce-id": "1", "ce-type": TYPE, "ce-source": "x", "ce-specversion": "1.0"}, b"{}"),
        (event().to_message()[0], b"[1, 2]"),
        ({**event().to_message()[0], "ce-seq": "many"}, b"{}"),
        ({**event().to_message()[0], "ce-time": "yesterday"}, b"{}"),
        ({"ce-id": 5, "x-cairn-attempt": "first"}, b"\xff\xfe"),
    ],
    ids=["no headers", "no time", "a list", "no number", "no instant", "no text"],
)
def test_what_is_no_event_is_dead_at_once_with_its_reason(
    amqp_url: str, start: Start, wait_until: WaitUntil, headers: dict[str, Any], body: bytes
) -> None:
    recorder = Recorder()
    listening = consumer(amqp_url, recorder)
    start(listening)
    wait_until(listening.ready)
    send_raw(amqp_url, QUEUE, body, headers)
    found, kept = take(amqp_url, dead_queue(QUEUE))
    assert kept == body
    assert found["x-cairn-reason"].startswith("undecodable: ")
    assert not recorder.events


def test_a_failure_that_passes_is_tried_again_until_it_succeeds(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    failures = iter([OSError("once"), OSError("twice")])
    recorder = Recorder(lambda _: next(failures, None))
    listening = consumer(amqp_url, recorder)
    start(listening)
    wait_until(listening.ready)
    sent = event(1, note="Grüße")
    publisher.publish([sent])
    wait_until(lambda: recorder.events == [sent])
    assert depth(amqp_url, dead_queue(QUEUE)) == 0


def test_after_six_attempts_a_message_is_dead_with_the_last_reason(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    attempts: list[str] = []

    def fail(one: Event) -> Exception:
        attempts.append(one.id)
        return LookupError(f"attempt {len(attempts)}")

    listening = consumer(amqp_url, Recorder(fail))
    start(listening)
    wait_until(listening.ready)
    sent = event(1)
    publisher.publish([sent])
    headers, body = take(amqp_url, dead_queue(QUEUE))
    assert attempts == [sent.id] * 6
    assert headers["x-cairn-attempt"] == 6
    assert headers["x-cairn-reason"] == "LookupError: attempt 6"
    assert Event.from_message(headers, body) == sent


def test_the_waits_are_ten_seconds_one_minute_and_ten_minutes() -> None:
    retries = Retries()
    waits = [retries.delay_after(attempt) for attempt in range(1, 7)]
    assert waits == [10, 60, 600, 600, 600, None]
    assert [wait_queue("q", delay) for delay in retries.delays] == ["q.wait.10s", "q.wait.1m", "q.wait.10m"]


def test_an_outage_of_the_database_spends_no_attempt_and_loses_nothing(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    down = threading.Event()
    down.set()
    tried = threading.Event()

    def fail(_: Event) -> Exception | None:
        tried.set()
        return problems.Unavailable("no primary") if down.is_set() else None

    recorder = Recorder(fail)
    listening = consumer(amqp_url, recorder)
    start(listening)
    wait_until(listening.ready)
    sent = [event(number) for number in range(20)]
    publisher.publish(sent)
    assert tried.wait(5)
    down.clear()
    wait_until(lambda: recorder.ids == {one.id for one in sent})
    assert recorder.events == sent
    assert [depth(amqp_url, wait_queue(QUEUE, delay)) for delay in QUICK.delays] == [0, 0, 0]


def test_events_nobody_here_understands_are_left_alone(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    recorder = Recorder()
    listening = consumer(amqp_url, recorder)
    start(listening)
    wait_until(listening.ready)
    known = event(2)
    publisher.publish([event(1, type="tests.thing.changed.v2"), known])
    wait_until(lambda: recorder.events == [known])
    wait_until(lambda: depth(amqp_url, QUEUE) == 0)
    assert depth(amqp_url, dead_queue(QUEUE)) == 0


def test_the_correlation_id_of_an_event_is_bound_while_it_is_handled(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    bound: list[str] = []
    listening = consumer(amqp_url, lambda _: bound.append(telemetry.correlation_id()))
    start(listening)
    wait_until(listening.ready)
    with telemetry.bind_correlation("from-the-request"):
        publisher.publish([event(1)])
    wait_until(lambda: bound == ["from-the-request"])


def test_a_cut_connection_is_remade_and_what_was_in_flight_comes_again(
    amqp_url: str, wire: tuple[Wire, str], publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    cable, url = wire
    cable.restore()
    release = threading.Event()
    recorder = Recorder()

    def slow(events: Any) -> None:
        recorder(events)
        release.wait(5)

    listening = consumer(url, slow)
    start(listening)
    wait_until(listening.ready)
    publisher.publish([event(1)])
    wait_until(lambda: len(recorder.events) == 1)
    cable.cut()
    wait_until(lambda: not listening.ready())
    release.set()
    cable.restore()
    publisher.publish([event(2)])
    wait_until(lambda: {one.seq for one in recorder.events} == {1, 2}, 15)
    # The broker may miss the old connection only after it has served the new one.
    wait_until(
        lambda: [one.seq for one in recorder.events].count(1) == 2,
        15,
        "its acknowledgement was lost with the cable",
    )
    wait_until(lambda: depth(amqp_url, QUEUE) == 0)


def test_a_broker_that_is_down_at_the_start_is_waited_for(
    wire: tuple[Wire, str], publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    cable, url = wire
    recorder = Recorder()
    listening = consumer(url, recorder)
    start(listening)
    assert not listening.ready()
    cable.restore()
    wait_until(listening.ready, 15)
    publisher.publish([event(1)])
    wait_until(lambda: len(recorder.events) == 1)


def test_stopping_finishes_and_settles_what_is_being_handled(
    amqp_url: str, publisher: Publisher, wait_until: WaitUntil
) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(_: Any) -> None:
        begun.set()
        assert release.wait(5)

    listening = consumer(amqp_url, slow)
    stop = threading.Event()
    thread = threading.Thread(target=listening.run, args=(stop,), daemon=True)
    thread.start()
    wait_until(listening.ready)
    publisher.publish([event(1)])
    assert begun.wait(5)
    stop.set()
    release.set()
    thread.join(10)
    assert not thread.is_alive()
    assert depth(amqp_url, QUEUE) == 0


def test_several_workers_handle_everything_once(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    recorder = Recorder()
    listening = consumer(amqp_url, recorder, batch_size=20, workers=4)
    start(listening)
    wait_until(listening.ready)
    sent = [event(number) for number in range(1000)]
    publisher.publish(sent)
    wait_until(lambda: len(recorder.events) == 1000)
    assert recorder.ids == {one.id for one in sent}
    wait_until(lambda: depth(amqp_url, QUEUE) == 0)


def test_the_queue_is_declared_as_the_operators_were_promised(
    amqp_url: str, start: Start, wait_until: WaitUntil
) -> None:
    listening = consumer(amqp_url, Recorder())
    start(listening)
    wait_until(listening.ready)
    arguments = {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "cairn.dlx",
        "x-dead-letter-routing-key": QUEUE,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-delivery-limit": 20,
    }
    with channel(amqp_url) as open_channel:
        open_channel.queue_declare(QUEUE, durable=True, arguments=arguments)  # raises where they differ


def _exists(amqp_url: str, queue: str) -> bool:
    try:
        return depth(amqp_url, queue) >= 0
    except Exception:  # noqa: BLE001  # pika's own, which only the bus may import by name
        return False


def test_what_is_said_before_a_consumer_first_runs_waits_in_the_declared_queue(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    recorder = Recorder()
    listening = consumer(amqp_url, recorder)
    listening.declare()
    listening.declare()
    said = event(1)
    assert publisher.publish([said]) == {said.id}
    start(listening)
    wait_until(lambda: recorder.events == [said])


def test_a_broker_that_does_not_answer_is_told_in_time() -> None:
    nowhere = consumer("amqp://guest:guest@127.0.0.1:1/", Recorder())
    with pytest.raises(TimeoutError, match="does not answer"):
        nowhere.declare(within=0.3)


def test_exchanges_of_the_earlier_kind_are_replaced_and_what_waits_behind_them_arrives(
    amqp_url: str, publisher: Publisher, start: Start, wait_until: WaitUntil
) -> None:
    with channel(amqp_url) as open_channel:
        for name in ("cairn.retry", "cairn.dlx"):
            open_channel.exchange_declare(name, "direct", durable=True)
    failing = Recorder(lambda _: ValueError("once"))
    recorder = Recorder()
    consumer(amqp_url, recorder).declare()
    said = event(1)
    publisher.publish([said])
    # However often it fails until it is stopped, it is not dead yet.
    with running(consumer(amqp_url, failing, retries=replace(QUICK, attempts=10_000))):
        wait_until(lambda: depth(amqp_url, QUEUE) == 0)
    start(consumer(amqp_url, recorder))
    wait_until(lambda: recorder.events == [said])
