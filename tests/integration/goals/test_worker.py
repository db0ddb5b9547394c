"""The worker on a real bus: from what checkins says to the company objective, and to whoever listens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from libs.chassis.auth import TokenMinter
from libs.chassis.bus import Broadcast, Event, Publisher
from libs.chassis.mongo import now
from libs.chassis.settings import Settings
from libs.contracts.checkins import ProgressRecorded, StandingChanged, StandingFacts
from libs.contracts.codec import Payload, encode
from libs.contracts.gateway import AccountActivated
from services.goals import app
from services.goals.storage import migrations
from tests.fixtures.waiting import until
from tests.integration.goals.conftest import Company

Document = dict[str, Any]


@pytest.fixture
def own_settings(
    mongo_url: str, database: Database[Document], amqp_url: str, keys: tuple[str, str]
) -> Callable[[], Settings]:
    """Settings of a service on this test's own database and virtual host."""
    migrations.migrate(database)
    return lambda: Settings(
        {
            "CAIRN_ENVIRONMENT": "test",
            "CAIRN_LOG_LEVEL": "error",
            "CAIRN_MONGO_URL": mongo_url,
            "CAIRN_MONGO_DATABASE": database.name,
            "CAIRN_AMQP_URL": amqp_url,
            "CAIRN_WORKER_BIND": "127.0.0.1:0",
            "CAIRN_TOKEN_PUBLIC_KEY": keys[1],
        }
    )


@pytest.fixture
def heard(amqp_url: str) -> Iterator[list[Event]]:
    """What goals says; somebody listens to everything."""
    events: list[Event] = []
    broadcast = Broadcast(amqp_url, ["goals.#"], events.append)
    stop = threading.Event()
    thread = threading.Thread(target=broadcast.run, args=(stop,), daemon=True)
    thread.start()
    until(broadcast.ready, 20, "somebody listens")
    yield events
    stop.set()
    thread.join(20)


@pytest.fixture
def company(
    own_settings: Callable[[], Settings],
    database: Database[Document],
    keys: tuple[str, str],
    heard: list[Event],
) -> Iterator[Company]:
    """A company whose worker runs."""
    del heard
    web = app.build_web(own_settings())
    stop = threading.Event()
    thread = threading.Thread(target=app.run_worker, args=(own_settings(), stop), daemon=True)
    thread.start()
    yield Company(web.test_client(), TokenMinter(keys[0]), database).set_up()
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    web.extensions["mongo"].close()


class Checkins:
    """Says what other services would say."""

    def __init__(self, amqp_url: str, company: Company) -> None:
        self._publisher, self._company = Publisher(amqp_url), company

    def say(self, payload: Payload, data: Document | None = None) -> None:
        """The event has reached a queue."""
        event = Event.new(
            type=payload.TYPE,
            source="test",
            subject="x",
            organisation_id=self._company.organisation_id,
            seq=1,
            data=encode(payload) if data is None else data,
        )
        until(lambda: self._publisher.publish([event]), 20, "the event is heard")

    def progress(
        self, key_result_id: str, objective_id: str, progress: float, seq: int = 1
    ) -> ProgressRecorded:
        """A check-in is told."""
        standing = StandingFacts(
            seq=seq,
            at=now() + timedelta(seconds=seq),
            current=progress * 100,
            raw_progress=progress,
            progress=progress,
            expected=0.5,
            status="on_track",
            confidence=7,
            as_of=now(),
        )
        said = ProgressRecorded(
            check_in_id=f"c{seq}",
            key_result_id=key_result_id,
            objective_id=objective_id,
            author_id=self._company.admin_id,
            standing=standing,
        )
        self.say(said)
        return said

    def close(self) -> None:
        """The connection is gone."""
        self._publisher.close()


@pytest.fixture
def checkins(amqp_url: str, company: Company) -> Iterator[Checkins]:
    """The other services."""
    said = Checkins(amqp_url, company)
    yield said
    said.close()


def progress_of(company: Company, objective_id: str) -> float | None:
    """What rolled up into it."""
    found = company.admin.get(f"/objectives/{objective_id}")["progress"]
    return None if found is None else float(found)


def rests(company: Company) -> bool:
    """Nothing that was applied waits to be rolled up."""
    due = {"rollup_due.0": {"$exists": True}}
    return not any(company.database[name].find_one(due) for name in ("key_results", "objectives"))


def test_a_check_in_reaches_the_company_objective_and_whoever_listens(
    company: Company, checkins: Checkins, heard: list[Event]
) -> None:
    cycle_id = company.cycle()
    top = company.objective(cycle_id)
    middle = company.objective(cycle_id, parent={"kind": "objective", "id": top})
    key_result_id = company.key_result(middle)
    checkins.progress(key_result_id, middle, 0.5)
    until(lambda: progress_of(company, top) == 0.5, 20, "the top has moved")

    def progressed() -> set[str]:
        return {
            event.data["objective_id"]
            for event in list(heard)
            if event.type == "goals.objective.progressed.v1" and event.data["progress"] == 0.5
        }

    until(lambda: progressed() == {top, middle}, 20, "both are told")
    until(
        lambda: not list(company.database["objectives"].find({"outbox.0": {"$exists": True}})),
        20,
        "all is sent",
    )


def test_what_comes_twice_or_late_changes_nothing(company: Company, checkins: Checkins) -> None:
    objective_id = company.objective(company.cycle())
    key_result_id = company.key_result(objective_id)
    old = checkins.progress(key_result_id, objective_id, 0.2, seq=1)
    new = checkins.progress(key_result_id, objective_id, 0.6, seq=2)
    checkins.say(new)
    checkins.say(old)
    other = company.objective(company.cycle())
    last = company.key_result(other)
    checkins.progress(last, other, 1.0)
    until(lambda: progress_of(company, other) == 1.0, 20, "everything before it was heard")
    until(lambda: rests(company), 20, "and has been rolled up, each objective in a write of its own")
    assert progress_of(company, objective_id) == 0.6


def test_nonsense_and_the_unknown_hold_nobody_up(company: Company, checkins: Checkins) -> None:
    objective_id = company.objective(company.cycle())
    key_result_id = company.key_result(objective_id)
    said = checkins.progress("unknown", objective_id, 0.9)
    checkins.say(said, data={"key_result_id": 7})
    checkins.say(
        StandingChanged(
            key_result_id=key_result_id,
            objective_id=objective_id,
            previous_status=None,
            standing=said.standing,
        )
    )
    until(lambda: progress_of(company, objective_id) == 0.9, 20, "the good one was heard")


def test_a_closed_cycle_still_hears_what_was_recorded_before(company: Company, checkins: Checkins) -> None:
    cycle_id = company.cycle()
    objective_id = company.objective(cycle_id)
    key_result_id = company.key_result(objective_id)
    company.admin.patch(f"/cycles/{cycle_id}", {"state": "closed"})
    checkins.progress(key_result_id, objective_id, 0.7)
    until(lambda: progress_of(company, objective_id) == 0.7, 20, "it was heard")


def test_whoever_accepts_their_invitation_is_active(company: Company, checkins: Checkins) -> None:
    max_ = company.hire("Max")
    checkins.say(AccountActivated(person_id=max_.person_id))
    until(lambda: company.admin.get(f"/people/{max_.person_id}")["state"] == "active", 20, "Max is active")
