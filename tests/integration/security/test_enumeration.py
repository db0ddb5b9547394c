"""Whether an address is known is told neither by what is answered nor by how long the answer takes.

What counts is the ratio of two medians, taken in turns on the same machine. A machine that is busy with other
things gets another chance; a difference that is really there shows each time.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
import svcs
from flask import Flask

from libs.chassis.settings import Settings
from services.gateway import app
from services.gateway.storage.accounts import MongoAccounts
from services.gateway.storage.indexes import make_indexes
from services.gateway.storage.passwords import Argon2Passwords
from services.gateway.usecases.ports import Ports
from tests.integration.gateway.test_production import environment
from tests.unit.gateway.examples import account

PAIRS: Final = 250
ATTEMPTS: Final = 3
ALIKE: Final = (0.8, 1.25)
ADDRESS: Final = "https://okr.fernhollow.example"
CSRF: Final = re.compile(r'name="csrf-token" content="([0-9a-f]+)"')
KNOWN, UNKNOWN = "known", "other"


@pytest.fixture
def gateway(mongo_url: str, mongo_database: str) -> Iterator[Flask]:
    """A gateway that slows nobody down and hashes for next to nothing: whatever else differs shows."""
    limits = {"CAIRN_RATE_LIMIT_SIGN_IN": "100000", "CAIRN_RATE_LIMIT_SIGN_IN_ADDRESS": "100000"}
    built = app.build_web(Settings(environment(mongo_url, mongo_database, **limits)))
    client, cheap = built.extensions["mongo"], Argon2Passwords(at_once=2, memory_kib=64, passes=1)
    with built.app_context():
        ports = svcs.flask.get(Ports)
    svcs.flask.register_value(built, Ports, replace(ports, passwords=cheap))
    make_indexes(client[mongo_database])
    accounts, password_hash = MongoAccounts(client[mongo_database]), cheap.hash("nobody types this here")
    for number in range(PAIRS):
        accounts.save(account(f"{KNOWN}{number:04}", password_hash=password_hash))
    yield built
    client.close()


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [("/sign-in", {"password": "not the password"}, 401), ("/password", {}, 200)],
    ids=["signing in", "asking for a reset"],
)
def test_known_and_unknown_addresses_are_answered_in_the_same_words_and_time(
    gateway: Flask, path: str, form: dict[str, str], status: int
) -> None:
    ratios = []
    for _ in range(ATTEMPTS):
        times, answers = _tried(gateway, path, form)
        assert [said for said, _ in answers] == [status], "one status and one text for all"
        ratios.append(statistics.median(times[KNOWN]) / statistics.median(times[UNKNOWN]))
        if ALIKE[0] <= ratios[-1] <= ALIKE[1]:
            return
    pytest.fail(f"The medians of known to unknown are {ratios}.")


def _tried(
    gateway: Flask, path: str, form: dict[str, str]
) -> tuple[dict[str, list[float]], set[tuple[int, str]]]:
    """How long each of five hundred answers took, and the different answers that were given."""
    browser = gateway.test_client()
    found = CSRF.search(browser.get("/password", base_url=ADDRESS).text)
    assert found is not None
    token = found.group(1)
    times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    answers = set()
    for number in range(PAIRS):
        for kind in random.sample((KNOWN, UNKNOWN), 2):
            email = f"{kind}{number:04}@fernhollow.example"
            sent: dict[str, Any] = {"csrf_token": token, "email": email, **form}
            begin = time.perf_counter()
            answer = browser.post(
                path, data=sent, base_url=ADDRESS, headers={"Sec-Fetch-Site": "same-origin"}
            )
            times[kind].append(time.perf_counter() - begin)
            answers.add((answer.status_code, _words(answer.text, email)))
    return times, answers


def _words(page: str, email: str) -> str:
    """What the page says, without what differs in every answer."""
    masked = r'nonce="[^"]*"|(name="csrf[-_]token" (content|value)=)"[^"]*"'
    return re.sub(masked, "", page.replace(email, "the address"))
