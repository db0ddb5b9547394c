"""MongoDB is away for nearly two minutes while people ask for pages, check in, and orchestrators look."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import pytest
import urllib3

from tests.faults.conftest import Scene
from tests.fixtures.waiting import let_pass, until

AWAY_SECONDS: Final = 110.0
EVERY: Final = 0.2
# Which answer tells of the outage and which was on its way already, is not known in the first moment.
NOTICED_WITHIN: Final = 1.5
PROMPT: Final = 0.1
BACK_WITHIN: Final = 1.0
LONGEST: Final = 5.0
UNAVAILABLE: Final = 503


@dataclass(frozen=True)
class Answer:
    """To one try; status 0 where there was none."""

    asked: float
    seconds: float
    status: int


class Asking:
    """Somebody asks so often, whether answered or not."""

    def __init__(self, ask: Callable[[], int]) -> None:
        self.answers: list[Answer] = []
        self._ask = ask

    def run(self, stop: threading.Event) -> None:
        """Ask until told to stop."""
        with ThreadPoolExecutor(64) as threads:
            while not stop.wait(EVERY):
                threads.submit(self._once)

    def _once(self) -> None:
        asked = time.monotonic()
        try:
            status = self._ask()
        except urllib3.exceptions.HTTPError:
            status = 0
        self.answers.append(Answer(asked, time.monotonic() - asked, status))

    def between(self, begin: float, end: float) -> list[Answer]:
        """What was asked in this time."""
        return [one for one in self.answers if begin <= one.asked < end]


@contextmanager
def asking(*all_of_them: Asking) -> Iterator[None]:
    """They ask within the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=one.run, args=(stop,)) for one in all_of_them]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()


@pytest.mark.faults_long
def test_an_outage_of_the_database_jams_nothing(single: Scene) -> None:
    pool = urllib3.PoolManager(maxsize=64, retries=False, timeout=urllib3.Timeout(connect=2, read=20))
    lead = single.company.leads[0]

    def got(path: str, **headers: str) -> int:
        return pool.request("GET", single.address + path, headers=headers, redirect=False).status

    def checked_in() -> int:
        headers = {"Authorization": f"Bearer {lead.token}", "Idempotency-Key": uuid.uuid4().hex}
        address = f"{single.address}/api/v1/key-results/{lead.key_result_ids[0]}/check-ins"
        body = json.dumps({"value": 5, "confidence": 7, "note": ""}).encode()
        headers["Content-Type"] = "application/json"
        return pool.request("POST", address, body=body, headers=headers).status

    authorised = {"Authorization": f"Bearer {lead.token}"}
    lives, files = Asking(lambda: got("/livez")), Asking(lambda: got("/static/cairn.css"))
    served = [
        Asking(lambda: got("/api/v1/objectives", **authorised)),
        Asking(lambda: got("/api/v1/me", **authorised)),
        Asking(checked_in),
        Asking(lambda: got("/", Cookie="__Host-session=nobodys; session=nobodys")),
    ]
    platform = single.platform
    with asking(lives, files, *served):
        until(lambda: all(len(one.answers) > 8 for one in served), 60, "people are served")
        began = time.monotonic()
        platform.start(without=["mongo-0"])
        until(lambda: not platform.mongo.primary(), 60, "the database is gone")
        gone = time.monotonic()
        let_pass(AWAY_SECONDS)
        platform.start()
        until(lambda: platform.mongo.primary() == "mongo-0", 60, "the database leads again")
        back = time.monotonic()
        let_pass(BACK_WITHIN + 5)
    for one in (lives, files):
        everything = one.between(began, back + BACK_WITHIN + 4)
        assert {answer.status for answer in everything} == {200}
        assert max(answer.seconds for answer in everything) < PROMPT
    for one in served[:3]:
        outage = one.between(gone + NOTICED_WITHIN, back - 2)
        assert {answer.status for answer in outage} == {UNAVAILABLE}
        assert max(answer.seconds for answer in outage) < PROMPT
    for one in served:
        assert 0 not in {answer.status for answer in one.answers}
        again = {answer.status for answer in one.between(back + BACK_WITHIN, back + BACK_WITHIN + 4)}
        assert UNAVAILABLE not in again
        slow = [answer for answer in one.between(began, back + BACK_WITHIN + 4) if answer.seconds > LONGEST]
        assert slow == [], (began, gone, back)
    findings, _ = single.auditor.drained([])
    assert findings.clean, findings
