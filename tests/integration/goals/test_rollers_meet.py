"""Several rollers and many check-ins on one tree at the same moment."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from libs.chassis.mongo import now
from services.goals.domain.key_result import Standing
from services.goals.storage.opening import ports_on, roller_on
from services.goals.usecases.apply_progress import apply_progress
from services.goals.usecases.ports import Applied
from services.goals.usecases.roll_up import roll_up
from tests.integration.goals.conftest import Company

ROUNDS = 40


def test_32_clients_and_three_rollers_come_to_the_right_sum(company: Company) -> None:
    cycle_id = company.cycle()
    top = company.objective(cycle_id, "Top")
    middles = [
        company.objective(cycle_id, f"Middle {number}", parent={"kind": "objective", "id": top})
        for number in range(4)
    ]
    key_results = {company.key_result(middles[number % 4]): middles[number % 4] for number in range(32)}
    ports, roller = ports_on(company.database), roller_on(company.database)
    over = threading.Event()
    last: dict[str, float] = {}

    def roll() -> None:
        while not over.is_set():
            roll_up(ports, roller, limit=20)

    def check_in(key_result_id: str) -> None:
        values = random.Random(key_result_id)  # noqa: S311  # repeatable, no secret
        for seq in range(1, ROUNDS + 1):
            value = values.random()
            standing = Standing(
                seq=seq,
                at=now(),
                current=value,
                raw_progress=value,
                progress=value,
                expected=0.5,
                status="on_track",
                confidence=7,
                as_of=now(),
            )
            told = Applied(company.organisation_id, key_result_id, key_results[key_result_id], standing)
            apply_progress([told], ports)
            last[key_result_id] = value

    rollers = [threading.Thread(target=roll) for _ in range(3)]
    for thread in rollers:
        thread.start()
    with ThreadPoolExecutor(32) as clients:
        list(clients.map(check_in, key_results))
    over.set()
    for thread in rollers:
        thread.join()
    company.settle()
    found = company.admin.get(f"/objectives/{top}")
    assert found["progress"] == pytest.approx(sum(last.values()) / 32)
    weakest = min(last, key=lambda name: last[name])
    assert found["weakest"] == {"key_result_id": weakest, "progress": last[weakest]}
