"""From a request to the standing and the events that others hear."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.monitoring import CommandListener, CommandStartedEvent

from libs.chassis import mongo
from libs.chassis.settings import Settings
from libs.contracts import checkins as say
from services.checkins import app as checkins
from tests.fixtures.waiting import WaitUntil
from tests.integration.checkins.conftest import Api, Ears, Goals
from tests.unit.checkins.examples import DELEGATE

Document = dict[str, Any]
Settled = Callable[..., Document]
CLIENTS = 32

pytestmark = pytest.mark.usefixtures("goals")


def test_a_check_in_reaches_the_standing_and_the_bus(
    api: Api, goals: Goals, ears: Ears, settled: Settled, wait_until: WaitUntil
) -> None:
    answer = api.check_in(40, 8, note="The new rota works.")
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert (answer.json["progress"], answer.json["status"]) == (0.6, "on_track")
    assert settled()["standing"]["progress"] == 0.6
    recorded = ears.wait_for(say.ProgressRecorded)[0]
    assert (recorded.check_in_id, recorded.standing.progress) == (answer.json["id"], 0.6)
    assert recorded.standing.status == "on_track"

    def told_apart() -> list[str]:
        return [said.standing.status for said in ears.of(say.StandingChanged) if said.standing.seq == 1]

    # The key result's own events come in order: had its standing been told twice, that would stand first.
    today = datetime.now(UTC).date()
    goals.cycle(today - timedelta(days=50), today + timedelta(days=50), state="closed")
    wait_until(lambda: "closed" in told_apart())
    assert told_apart() == ["closed"]


def test_the_correlation_of_the_request_is_that_of_all_its_events(api: Api, ears: Ears) -> None:
    path = "/key-results/restore-time/check-ins"
    body = {"value": 90, "confidence": 2}
    api.send("POST", path, body, Idempotency_Key="one", X_Correlation_Id="trace-me-12345")
    ears.wait_for(say.KeyResultAtRisk)
    ears.wait_for(say.ProgressRecorded)
    traced = {event.type for event in ears.events if event.correlation_id == "trace-me-12345"}
    assert traced == {say.ProgressRecorded.TYPE, say.KeyResultAtRisk.TYPE}


def test_a_story_from_behind_to_the_target_is_told_in_full(api: Api, ears: Ears, settled: Settled) -> None:
    for value, confidence in ((80, 5), (48, 7), (0, 9), (10, 9), (0, 9)):
        assert api.check_in(value, confidence, note=f"{value} minutes").status_code == 201
        settled()
    (alarm,) = ears.wait_for(say.KeyResultAtRisk)
    assert (alarm.standing.status, alarm.note, alarm.epoch) == ("at_risk", "80 minutes", 1)
    assert [reason.rule for reason in alarm.standing.reasons if reason.decisive] == ["gap"]
    (recovered,) = ears.wait_for(say.KeyResultRecovered)
    assert recovered.epoch == 2
    ears.wait_for(say.ProgressRecorded, 5)
    assert [said.epoch for said in ears.wait_for(say.KeyResultAchieved)] == [3]


def test_thirty_two_at_once_on_one_key_result_lose_nothing(
    api: Api, database: Database[Document], settled: Settled, ears: Ears
) -> None:
    barrier = threading.Barrier(CLIENTS)

    def one(number: int) -> int:
        barrier.wait(20)
        return api.check_in(100 - number, number % 11, key=f"client-{number}").status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(one, range(CLIENTS)))
    assert answers == [201] * CLIENTS
    series = list(database["check_ins"].find({"key_result_id": "restore-time"}).sort("seq", 1))
    assert [entry["seq"] for entry in series] == list(range(1, CLIENTS + 1))
    standing = settled()["standing"]
    latest = max(series, key=lambda entry: (entry["as_of"], entry["seq"]))
    assert (standing["seq"], standing["current"]) == (CLIENTS, latest["value"])
    ears.wait_for(say.ProgressRecorded, CLIENTS)
    ids = [said.check_in_id for said in ears.of(say.ProgressRecorded)]
    assert len(ids) == len(set(ids)) == CLIENTS


def test_thirty_two_at_once_on_one_objective_give_the_right_sum(
    api: Api, goals: Goals, database: Database[Document], wait_until: WaitUntil
) -> None:
    names = [f"kr-{number}" for number in range(8)]
    for name in names:
        goals.key_result(name)
    wait_until(lambda: database["key_results"].count_documents({"_id": {"$in": names}}) == 8)

    def one(number: int) -> int:
        return api.check_in(100 - number, key_result_id=names[number % 8]).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        assert set(pool.map(one, range(CLIENTS))) == {201}
    wait_until(lambda: not database["check_ins"].find_one({"standing_due": True}))
    found = list(database["key_results"].find({"_id": {"$in": names}}))
    assert [document["standing"]["seq"] for document in found] == [4] * 8
    for document in found:
        series = list(database["check_ins"].find({"key_result_id": document["_id"]}))
        latest = max(series, key=lambda entry: (entry["as_of"], entry["seq"]))
        assert document["standing"]["current"] == latest["value"]


def test_the_same_key_from_many_hands_writes_once(api: Api, database: Database[Document]) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.check_in(40, key="the-same"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert database["check_ins"].count_documents({}) == 1


class _Counting(CommandListener):
    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: Any) -> None:
        """Nothing to count."""

    def failed(self, event: Any) -> None:
        """Nothing to count."""


def test_a_check_in_costs_two_questions_to_the_database(
    api: Api, settings: Callable[..., Settings], settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = _Counting()

    def watched(url: str, _service: str, *, durable_reads: bool, fail_fast: bool) -> MongoClient[Document]:
        assert (durable_reads, fail_fast) == (False, True)
        return MongoClient(url, w="majority", journal=True, tz_aware=True, event_listeners=[counting])

    monkeypatch.setattr(mongo, "connect", watched)
    monkeypatch.setattr(checkins, "SURROUNDINGS_SECONDS", 3600.0)  # however long settling takes
    app = checkins.build_web(settings())
    watching = Api(app, api._minter)
    watching.check_in(50)
    settled()
    counting.names.clear()
    assert watching.check_in(40).status_code == 201
    assert counting.names == ["find", "insert"]
    app.extensions["mongo"].close()


def test_without_rabbitmq_a_check_in_is_accepted_and_its_event_waits(
    settings: Callable[..., Settings], api: Api, worker: threading.Event, database: Database[Document]
) -> None:
    worker.set()  # nobody sends events any more, and the web role knows no broker at all
    app = checkins.build_web(settings(CAIRN_AMQP_URL="amqp://guest:guest@127.0.0.1:9/"))
    cut_off = Api(app, api._minter)
    answer = cut_off.check_in(40)
    assert answer.status_code == 201
    assert cut_off.client().get("/readyz").status_code == 200
    app.extensions["mongo"].close()
    kept = database["check_ins"].find_one({"_id": (answer.json or {})["id"]})
    assert kept is not None
    assert [event["type"] for event in kept["outbox"]] in ([say.ProgressRecorded.TYPE], [])


def test_a_closed_cycle_stands_still(
    api: Api, goals: Goals, database: Database[Document], wait_until: WaitUntil, ears: Ears
) -> None:
    today = datetime.now(UTC).date()
    made = api.check_in(40, key="before")
    goals.cycle(today - timedelta(days=50), today + timedelta(days=50), state="closed")
    wait_until(lambda: database["key_results"].find_one({"standing.status": "closed"}))
    refused = api.check_in(30)
    assert (refused.status_code, (refused.json or {})["type"]) == (409, "/problems/cycle-closed")
    assert api.check_in(40, key="before").json == made.json
    wait_until(lambda: "closed" in {said.standing.status for said in ears.of(say.StandingChanged)})


def test_people_are_reminded_of_what_they_owe(
    api: Api, database: Database[Document], ears: Ears, settled: Settled
) -> None:
    api.check_in(40, as_of=(datetime.now(UTC) - timedelta(days=21)).isoformat())
    settled()
    # Its time has come: the day was missed long ago, and the two minutes of grace are over.
    database["key_results"].update_one(
        {"_id": "restore-time"}, {"$set": {"reminder.at": datetime.now(UTC) - timedelta(minutes=1)}}
    )
    (said,) = ears.wait_for(say.CheckInOverdue)
    assert (said.person_id, [owed.key_result_id for owed in said.owed]) == (DELEGATE, ["restore-time"])


def test_every_standing_is_announced_again_on_demand(ears: Ears, settings: Callable[..., Settings]) -> None:
    before = len(ears.wait_for(say.StandingChanged))
    checkins.republish(settings())
    ears.wait_for(say.StandingChanged, before + 1)


def test_an_unreadable_event_stops_nobody(
    goals: Goals, database: Database[Document], wait_until: WaitUntil
) -> None:
    goals.garble("restore-time")
    name = uuid.uuid4().hex
    goals.key_result(name)
    wait_until(lambda: database["key_results"].find_one({"_id": name, "standing": {"$exists": True}}))
