"""People who check in and, where the outcome is not known, ask again with the same key until it is."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Self

import urllib3

from tests.faults.company import Company, Lead

PATIENCE: Final = 90.0
PAUSE: Final = 0.15
SILENCE: Final = 2.0
STEADY: Final = 3.0
CREATED, UNAVAILABLE = 201, 503
VALUES: Final = (5.0, 20.0, 45.0, 60.0, 80.0)


@dataclass
class Attempt:
    """One check-in that somebody meant to make, and what became of it."""

    key_result_id: str
    value: float
    confidence: int
    note: str = field(default_factory=lambda: uuid.uuid4().hex)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    acknowledged: bool = False
    ambiguous: int = 0
    replayed: bool = False
    unexpected: str = ""


@dataclass
class Told:
    """What clients did, and when an answer was a 201."""

    attempts: list[Attempt] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0

    def longest_gap(self) -> float:
        """The longest time in which nobody got a 201."""
        instants = [self.began, *sorted(self.at), self.ended or time.monotonic()]
        return max(after - before for before, after in pairwise(instants))

    def back_after(self, instant: float) -> float | None:
        """How long after the instant people were served steadily again; None: they are not yet.

        Answers that were on their way when everything broke do not count, for a silence follows them.
        """
        instants = [instant, *sorted(at for at in self.at if at > instant)]
        if len(instants) == 1 or instants[-1] < time.monotonic() - SILENCE or instants[-1] < instant + STEADY:
            return None
        silences = [after for before, after in pairwise(instants) if after - before > SILENCE]
        last = silences[-1] if silences else instants[1]
        return last - instant if instants[-1] - last > STEADY else None


class Client:
    """One person with a connection of their own."""

    def __init__(self, address: str, lead: Lead, told: Told) -> None:
        self._address, self._lead, self._told = address, lead, told
        self._pool = urllib3.PoolManager(
            maxsize=1, retries=False, timeout=urllib3.Timeout(connect=2, read=15)
        )
        self._waiting = threading.Event()

    def check_in(self, attempt: Attempt) -> None:
        """The attempt is acknowledged, refused, or given up after a long time."""
        self._told.attempts.append(attempt)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._ask(attempt)
            if answer is not None and answer.status == CREATED:
                attempt.acknowledged = True
                attempt.replayed = answer.headers.get("Idempotency-Replayed") == "true"
                self._told.at.append(time.monotonic())
                return
            if answer is not None and answer.status != UNAVAILABLE:
                attempt.unexpected = f"{answer.status}: {answer.data[:200]!r}"
                return
            attempt.ambiguous += 1
            self._waiting.wait(PAUSE)
        attempt.unexpected = "never answered"

    def _ask(self, attempt: Attempt) -> urllib3.BaseHTTPResponse | None:
        body = {"value": attempt.value, "confidence": attempt.confidence, "note": attempt.note}
        try:
            return self._pool.request(
                "POST",
                f"{self._address}/api/v1/key-results/{attempt.key_result_id}/check-ins",
                body=json.dumps(body).encode(),
                headers={
                    "Authorization": f"Bearer {self._lead.token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": attempt.key,
                },
            )
        except urllib3.exceptions.HTTPError:
            return None


class Load:
    """All leads check in, one after the other each, until told to stop."""

    def __init__(self, address: str, company: Company, *, pause: float = 0.5, seed: int = 1) -> None:
        self.told = Told()
        self._stop = threading.Event()
        self._threads = []
        for number, lead in enumerate(company.leads):
            chance = random.Random(f"{seed}:{number}")  # noqa: S311  # a seed repeats a run
            work = (address, lead, pause, chance)
            self._threads.append(threading.Thread(target=self._work, args=work))

    def __enter__(self) -> Self:
        """They begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Each finishes what it has begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.told.ended = time.monotonic()

    def _work(self, address: str, lead: Lead, pause: float, chance: random.Random) -> None:
        client = Client(address, lead, self.told)
        while not self._stop.is_set():
            client.check_in(attempt_of(lead, chance))
            self._stop.wait(pause)


def attempt_of(lead: Lead, chance: random.Random) -> Attempt:
    """A check-in on one of the lead's key results, now low, now high."""
    return Attempt(chance.choice(lead.key_result_ids), chance.choice(VALUES), chance.randint(4, 9))


def check_in_together(address: str, leads: Iterable[Lead], each: int, chance: random.Random) -> Told:
    """Each of them has checked in so many times, all at once."""
    told = Told()
    plans = [(lead, [attempt_of(lead, chance) for _ in range(each)]) for lead in leads]

    def work(lead: Lead, attempts: Sequence[Attempt]) -> None:
        client = Client(address, lead, told)
        for attempt in attempts:
            client.check_in(attempt)

    threads = [threading.Thread(target=work, args=plan) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.ended = time.monotonic()
    return told
