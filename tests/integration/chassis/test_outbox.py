"""The relay between a real database and a real broker: nothing is lost, whatever dies in between."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from libs.chassis import mongo
from libs.chassis.bus import Consumer, Event, Publisher, Subscription
from libs.chassis.lease import Leases
from libs.chassis.outbox import OUTBOX_INDEX, Relay, pending
from libs.chassis.outbox import relay as relays
from tests.fixtures.waiting import WaitUntil
from tests.integration.chassis.conftest import TYPE, Recorder, Start, Wire, event, running

Things = Collection[dict[str, Any]]


@pytest.fixture
def own_database(mongo_url: str, mongo_database: str) -> Any:
    """The test's database, through the chassis' own client."""
    client: MongoClient[dict[str, Any]] = mongo.connect(mongo_url, "tests")
    with client:
        yield client[mongo_database]


@pytest.fixture
def things(own_database: Database[dict[str, Any]]) -> Things:
    collection = own_database["things"]
    mongo.ensure_indexes(collection, [OUTBOX_INDEX])
    return collection


@pytest.fixture
def heard(amqp_url: str, start: Start, wait_until: WaitUntil) -> Recorder:
    """Everything that arrives."""
    recorder = Recorder()
    listening = Consumer(amqp_url, "tests.things.v1", [Subscription(TYPE, recorder)])
    start(listening)
    wait_until(listening.ready)
    return recorder


def relay(things: Things, bus: Any, **options: Any) -> Relay:
    return Relay([things], bus, Leases(things.database), **options)


def write(things: Things, *events: Event) -> str:
    identity = mongo.new_id()
    things.insert_one({"_id": identity, "rev": 1, "outbox": pending(*events)})
    return identity


def owing(things: Things) -> int:
    return things.count_documents({"outbox.0": {"$exists": True}})


def test_an_event_leaves_within_a_moment_of_its_write_and_its_document_owes_nothing(
    things: Things,
    mongo_client: MongoClient[dict[str, Any]],
    amqp_url: str,
    heard: Recorder,
    start: Start,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relaying = relay(things, Publisher(amqp_url))
    start(relaying)
    wait_until(relaying.ready)
    wait_until(lambda: _is_watched(mongo_client, things.database.name))
    write(things, event(0))
    wait_until(lambda: len(heard.events) == 1)
    with monkeypatch.context() as patient:
        patient.setattr(relays, "_IDLE_POLL", 600.0)  # whoever is not woken comes too late for this test
        for number in (1, 2, 3):
            write(things, event(number))
            wait_until(lambda count=number: len(heard.events) == count + 1)  # type: ignore[misc]
    write(things, event(4))
    wait_until(lambda: owing(things) == 0)


def test_the_events_of_one_document_leave_in_their_order(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    sent = [event(number) for number in range(20)]
    identity = write(things, *sent[:10])
    things.update_one({"_id": identity}, {"$push": {"outbox": {"$each": pending(*sent[10:])}}})
    start(relay(things, Publisher(amqp_url)))
    wait_until(lambda: len(heard.events) == 20)
    assert heard.events == sent


def test_many_documents_are_relayed_in_bulk_and_each_event_arrives_once(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    sent = [event(number) for number in range(3000)]
    things.insert_many({"_id": mongo.new_id(), "outbox": pending(one)} for one in sent)
    start(relay(things, Publisher(amqp_url)))
    wait_until(lambda: len(heard.events) >= 3000, 30)
    assert len(heard.events) == 3000
    assert heard.ids == {one.id for one in sent}
    wait_until(lambda: owing(things) == 0)


def test_a_change_made_while_its_events_leave_keeps_its_own_event(
    things: Things, amqp_url: str, heard: Recorder, wait_until: WaitUntil
) -> None:
    """The relay removes by event id: what was added between its reading and its removing stays."""
    identity = write(things, event(1))
    late = event(2)

    class Slow(Publisher):
        def publish(self, events: Sequence[Event]) -> set[str]:
            confirmed = super().publish(events)
            if late.id not in {one.id for one in events}:
                things.update_one({"_id": identity}, {"$push": {"outbox": {"$each": pending(late)}}})
            return confirmed

    with running(relay(things, Slow(amqp_url))):
        wait_until(lambda: late.id in heard.ids)
        wait_until(lambda: owing(things) == 0)
    assert len(heard.events) == 2


def test_a_relay_killed_between_publishing_and_removing_doubles_an_event_but_loses_none(
    things: Things, mongo_url: str, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    sent = [event(number) for number in range(5)]
    for one in sent:
        write(things, one)
    dying = textwrap.dedent(
        """
        import os, sys, threading
        from libs.chassis import mongo
        from libs.chassis.bus import Publisher
        from libs.chassis.lease import Leases
        from libs.chassis.outbox import Relay

        class Dying(Publisher):
            def publish(self, events):
                if super().publish(events):
                    os._exit(9)
                return set()

        things = mongo.connect(sys.argv[1], "tests")[sys.argv[2]]["things"]
        Relay([things], Dying(sys.argv[3]), Leases(things.database), lease_seconds=1).run(threading.Event())
        """
    )
    arguments = [mongo_url, things.database.name, amqp_url]
    killed = subprocess.run([sys.executable, "-c", dying, *arguments], timeout=60, check=False)
    assert killed.returncode == 9
    assert owing(things) == 5
    start(relay(things, Publisher(amqp_url)))
    wait_until(lambda: owing(things) == 0, 20)
    wait_until(lambda: len(heard.events) == 10)
    assert heard.ids == {one.id for one in sent}


def test_events_wait_in_their_documents_while_the_broker_is_away(
    things: Things, wire: tuple[Wire, str], heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    cable, url = wire
    relaying = relay(things, Publisher(url))
    start(relaying)
    sent = [event(number) for number in range(10)]
    for one in sent:
        write(things, one)
    wait_until(lambda: _gauge("cairn_outbox_oldest_seconds", collection="things") > 0.2)
    assert not relaying.ready()
    assert owing(things) == 10
    cable.restore()
    wait_until(lambda: heard.ids == {one.id for one in sent}, 20)
    wait_until(lambda: owing(things) == 0)
    wait_until(lambda: _gauge("cairn_outbox_oldest_seconds", collection="things") == 0)


def test_an_event_that_no_queue_takes_stays_and_holds_up_nobody(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    stuck = write(things, event(1, type="tests.unheard.changed.v1"))
    start(relay(things, Publisher(amqp_url)))
    wait_until(lambda: owing(things) == 1)
    sent = [event(number) for number in range(2, 12)]
    for one in sent:
        write(things, one)
    wait_until(lambda: heard.ids == {one.id for one in sent})
    document = things.find_one({"_id": stuck})
    assert document is not None
    assert [entry["type"] for entry in document["outbox"]] == ["tests.unheard.changed.v1"]
    wait_until(lambda: _gauge("cairn_outbox_oldest_seconds", collection="things") > 0.3)
    last = event(12)
    write(things, last)
    wait_until(lambda: last.id in heard.ids)


def test_it_leaves_once_somebody_listens(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    del heard
    stuck = event(1, type="tests.unheard.changed.v1")
    write(things, stuck)
    start(relay(things, Publisher(amqp_url)))
    recorder = Recorder()
    start(Consumer(amqp_url, "tests.late.v1", [Subscription(stuck.type, recorder)]))
    wait_until(lambda: recorder.events == [stuck], 20)


def test_an_unreadable_entry_holds_up_nobody(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    things.insert_one({"_id": "broken", "outbox": [{"at": mongo.now(), "id": "x"}]})
    sent = event(1)
    write(things, sent)
    start(relay(things, Publisher(amqp_url)))
    wait_until(lambda: heard.ids == {sent.id})
    wait_until(lambda: owing(things) == 1)  # what is confirmed is removed a moment after it is heard
    assert things.count_documents({"_id": "broken", "outbox.0": {"$exists": True}}) == 1


def test_of_two_relays_one_works_and_the_other_takes_over(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    sent_by: dict[str, list[str]] = {"first": [], "second": []}

    class Named(Publisher):
        def publish(self, events: Sequence[Event]) -> set[str]:
            sent_by[self._name].extend(one.id for one in events)
            return super().publish(events)

    stop = threading.Event()
    # Its lease outlasts any stall of the machine; that it is released is what lets the other in.
    first = relay(things, Named(amqp_url, name="first"), lease_seconds=60)
    thread = threading.Thread(target=first.run, args=(stop,), daemon=True)
    thread.start()
    wait_until(first.ready)
    before = [event(number) for number in range(50)]
    write(things, before[0])
    wait_until(lambda: len(sent_by["first"]) == 1)
    second = relay(things, Named(amqp_url, name="second"))
    start(second)
    wait_until(second.ready)
    for one in before[1:]:
        write(things, one)
    wait_until(lambda: owing(things) == 0)
    assert sent_by["second"] == []
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    after = event(99)
    write(things, after)
    wait_until(lambda: after.id in heard.ids, 15)
    assert sent_by["second"] == [after.id]
    assert heard.ids == {one.id for one in [*before, after]}


def test_several_collections_share_one_relay(
    things: Things, amqp_url: str, heard: Recorder, start: Start, wait_until: WaitUntil
) -> None:
    others = things.database["others"]
    mongo.ensure_indexes(others, [OUTBOX_INDEX])
    start(Relay([things, others], Publisher(amqp_url), Leases(things.database)))
    write(things, event(1))
    write(others, event(2))
    wait_until(lambda: {one.seq for one in heard.events} == {1, 2})


def test_the_index_holds_nothing_while_nothing_is_owed(things: Things) -> None:
    things.insert_many([{"_id": number, "outbox": []} for number in range(100)])
    write(things, event(1))
    plan = things.find({"outbox.0": {"$exists": True}}, hint="outbox_owing").sort("outbox.at", 1).explain()
    assert plan["executionStats"]["totalKeysExamined"] == 1
    assert "SORT" not in _stages(plan["queryPlanner"]["winningPlan"])


def _is_watched(client: MongoClient[dict[str, Any]], name: str) -> bool:
    """Whether somebody's change stream on this database is open: what is written from now on wakes them."""
    asked: list[dict[str, Any]] = [
        {"$currentOp": {"idleCursors": True}},
        {"$match": {"ns": {"$regex": f"^{name}[.]"}, "cursor": {"$exists": True}}},
    ]
    pipelines = [
        found["cursor"]["originatingCommand"].get("pipeline") for found in client.admin.aggregate(asked)
    ]
    return any("$changeStream" in pipeline[0] for pipeline in pipelines if pipeline)


def _stages(plan: dict[str, Any]) -> list[str]:
    inner = [plan["inputStage"]] if "inputStage" in plan else []
    return [plan.get("stage", ""), *(stage for one in inner for stage in _stages(one))]


def _gauge(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0
