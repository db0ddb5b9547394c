"""MongoDB is killed or stands still while five requests a second come, and a process has eight threads.

The database is this test's own; what asks is a Flask app of the chassis, as each service is one.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask

from deploy.native.servers import Mongo, free_port
from libs.chassis import mongo
from libs.chassis.web import create_app
from tests.fixtures.waiting import let_pass, until
from tests.integration.chassis.test_running import CORE

EVERY = 0.2
STARTED_WITHIN = 60.0
# The hang of a server is a silence that must be waited for; the rest is what a busy machine adds.
NOTICED_WITHIN = 8.0


@dataclass(frozen=True)
class Answer:
    """To one first try."""

    asked: float
    seconds: float
    status: int
    retry_after: str


class Mongod:
    """A database that can be harmed."""

    def __init__(self, data: Path) -> None:
        self._at = Mongo(free_port(), data)
        self.url = self._at.url
        self._process = self._started()
        until(self._at.ready, STARTED_WITHIN, "mongod leads")

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._at.command(), stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def start(self) -> None:
        self._process = self._started()
        until(self._at.ready, STARTED_WITHIN, "mongod leads again")

    def send(self, number: int) -> None:
        self._process.send_signal(number)


class Asking:
    """Somebody asks five times a second, whether answered or not."""

    def __init__(self, app: Flask) -> None:
        self.answers: list[Answer] = []
        self._app, self._stop = app, threading.Event()
        self._thread = threading.Thread(target=self._ask_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask_on(self) -> None:
        with ThreadPoolExecutor(64) as threads:
            while not self._stop.wait(EVERY):
                threads.submit(self._ask)

    def _ask(self) -> None:
        asked = time.monotonic()
        answer = self._app.test_client().get("/thing")
        seconds = time.monotonic() - asked
        retry_after = answer.headers.get("Retry-After", "")
        self.answers.append(Answer(asked, seconds, answer.status_code, retry_after))

    def since(self, instant: float) -> list[Answer]:
        return sorted((one for one in self.answers if one.asked >= instant), key=lambda one: one.asked)


@pytest.fixture(scope="module")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    running = Mongod(tmp_path_factory.mktemp("outage"))
    yield running
    running.kill()


@pytest.fixture
def app(mongod: Mongod) -> Iterator[Flask]:
    with mongo.connect(mongod.url, "tests", fail_fast=True) as client:
        things = client["tests"]["things"]
        things.update_one({"_id": 1}, {"$set": {"name": "stone"}}, upsert=True)
        app = create_app("tests", CORE, api_blueprints=[], pings={}, title="Tests")

        def thing() -> Any:
            return things.find_one({"_id": 1})

        app.add_url_rule("/thing", view_func=thing)
        yield app


def killed(database: Mongod) -> Callable[[], None]:
    database.kill()
    return database.start


def stopped(database: Mongod) -> Callable[[], None]:
    database.send(signal.SIGSTOP)
    return lambda: database.send(signal.SIGCONT)


@pytest.mark.parametrize("harm", [killed, stopped])
def test_an_outage_costs_a_503_and_no_time(
    mongod: Mongod, app: Flask, harm: Callable[[Mongod], Callable[[], None]]
) -> None:
    with Asking(app) as asking:
        until(lambda: len(asking.answers) > 2)
        began = time.monotonic()
        undo = harm(mongod)
        let_pass(NOTICED_WITHIN + 2)
        undo()
        back = time.monotonic()
        let_pass(2.5)
    during = [one for one in asking.since(began) if one.asked < back - 0.5]
    assert {one.status for one in during} == {503}
    assert {one.retry_after for one in during} == {"1"}
    assert max(one.seconds for one in during) < NOTICED_WITHIN
    late = [one.seconds for one in during if one.asked > began + NOTICED_WITHIN]
    assert max(late) < 0.5
    assert {one.status for one in asking.since(back + 1)} == {200}


def test_a_worker_waits_for_the_database(mongod: Mongod) -> None:
    with mongo.connect(mongod.url, "tests", durable_reads=True) as client:
        client.admin.command("ping")
        mongod.kill()
        waiting = threading.Timer(1.5, mongod.start)
        waiting.start()
        assert client["tests"]["things"].find_one({"_id": 2}) is None
        waiting.join()
