"""checkins beside the real goals: it asks for what events have not told, and totals come out right."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.mongo import new_id
from libs.chassis.settings import Settings
from services.checkins import app as checkins
from services.goals import app as goals_service
from tests.fixtures.waiting import WaitUntil
from tests.integration.checkins.conftest import Api

Document = dict[str, Any]
ORG, BOSS = new_id(), new_id()
CLIENTS = 32


@dataclass
class Neighbour:
    """The goals service over HTTP, and what was made there."""

    url: str
    app: Any
    minter: TokenMinter
    stop: Callable[[], None]

    def call(self, method: str, path: str, body: Any = None, role: str = "admin") -> TestResponse:
        """The answer of goals."""
        system = role == "system"
        principal = Principal(
            "system" if system else BOSS,
            "" if system else ORG,
            frozenset({role}),
            frozenset({"read", "write"}),
        )
        headers = {"Authorization": f"Bearer {self.minter.mint(principal, ['goals', 'checkins'])}"}
        answer: TestResponse = self.app.test_client().open(path, method=method, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer

    def make(self, path: str, **body: Any) -> str:
        """The id of something new."""
        return str(self.call("POST", f"/api/v1{path}", body).get_json()["id"])


@pytest.fixture
def neighbour(
    settings: Callable[..., Settings],
    mongo_client: MongoClient[Document],
    mongo_database: str,
    key_pair: tuple[str, str],
) -> Iterator[Neighbour]:
    """goals answers over HTTP; an organisation exists there."""
    name = f"{mongo_database}_goals"
    goals_service.migrate(settings(CAIRN_MONGO_DATABASE=name))
    app = goals_service.build_web(settings(CAIRN_MONGO_DATABASE=name))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join(10)
        server.server_close()

    made = Neighbour(f"http://127.0.0.1:{server.server_port}", app, TokenMinter(key_pair[0]), stop)
    made.call(
        "POST",
        "/internal/organisations",
        {
            "organisation_id": ORG,
            "organisation_name": "Fernhollow",
            "time_zone": "UTC",
            "person_id": BOSS,
            "name": "Jun Alder",
            "email": "jun@fernhollow.example",
        },
        "system",
    )
    yield made
    if thread.is_alive():
        stop()
    app.extensions["mongo"].close()
    mongo_client.drop_database(name)


@pytest.fixture
def beside(
    settings: Callable[..., Settings], neighbour: Neighbour, api: Api, key_pair: tuple[str, str]
) -> Iterator[Api]:
    """checkins, told where goals answers."""
    del api
    app = checkins.build_web(settings(CAIRN_GOALS_URL=neighbour.url))
    yield Api(app, TokenMinter(key_pair[0]))
    app.extensions["mongo"].close()


def objective_with_key_results(neighbour: Neighbour, count: int) -> tuple[str, list[str]]:
    """A company objective that runs since fifty days, with key results from 0 to 100."""
    today = datetime.now(UTC).date()
    cycle_id = neighbour.make(
        "/cycles",
        name="Q4",
        starts_on=(today - timedelta(days=50)).isoformat(),
        ends_on=(today + timedelta(days=50)).isoformat(),
    )
    objective_id = neighbour.make(
        "/objectives", title="Customers trust us", level="company", cycle_id=cycle_id
    )
    path = f"/objectives/{objective_id}/key-results"
    return objective_id, [
        neighbour.make(path, title=f"Number {n}", start=0, target=100) for n in range(count)
    ]


def check_in(api: Api, key_result_id: str, value: float, organisation_id: str = ORG) -> TestResponse:
    """The answer to a check-in by the owner."""
    headers = {**api.headers(BOSS, organisation_id), "Idempotency-Key": new_id()}
    body = {"value": value, "confidence": 7}
    return api.client().post(f"/api/v1/key-results/{key_result_id}/check-ins", json=body, headers=headers)


def test_a_key_result_made_a_second_ago_takes_a_check_in(beside: Api, neighbour: Neighbour) -> None:
    """No event reaches checkins here: goals' worker does not run."""
    _, (key_result_id,) = objective_with_key_results(neighbour, 1)
    answer = check_in(beside, key_result_id, 55)
    assert answer.status_code == 201, answer.text
    assert (answer.get_json()["progress"], answer.get_json()["status"]) == (0.55, "on_track")
    neighbour.stop()
    assert check_in(beside, key_result_id, 56).status_code == 201


def test_what_goals_does_not_know_does_not_exist(beside: Api, neighbour: Neighbour) -> None:
    assert check_in(beside, "nowhere", 55).status_code == 404
    _, (key_result_id,) = objective_with_key_results(neighbour, 1)
    assert check_in(beside, key_result_id, 55, "another").status_code == 404
    assert check_in(beside, key_result_id, 55).status_code == 201
    assert check_in(beside, key_result_id, 55, "another").status_code == 404


def test_nobody_guesses_while_goals_is_away(beside: Api, neighbour: Neighbour) -> None:
    neighbour.stop()
    for _ in range(7):  # more than the breaker lets through
        answer = check_in(beside, "unheard-of", 55)
        assert (answer.status_code, int(answer.headers["Retry-After"]) >= 1) == (503, True)


def test_the_end_of_an_outage_of_goals_database_is_not_missed(
    beside: Api, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (key_result_id,) = objective_with_key_results(neighbour, 1)
    away = ServiceUnavailable()
    with monkeypatch.context() as outage:
        outage.setitem(neighbour.app.before_request_funcs, None, [partial(_refused, away)])
        for _ in range(7):  # more than the breaker lets through
            assert check_in(beside, key_result_id, 55).status_code == 503
    assert check_in(beside, key_result_id, 55).status_code == 201


def _refused(error: Exception) -> None:
    raise error


@pytest.fixture
def both_workers(
    settings: Callable[..., Settings], mongo_database: str, beside: Api, worker: threading.Event
) -> Iterator[None]:
    """The workers of both services run."""
    del beside, worker
    stop = threading.Event()
    configured = settings(CAIRN_MONGO_DATABASE=f"{mongo_database}_goals")
    thread = threading.Thread(target=goals_service.run_worker, args=(configured, stop), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(30)


def test_thirty_two_at_once_on_one_objective_come_out_as_the_right_sum(
    beside: Api, neighbour: Neighbour, both_workers: None, database: Database[Document], wait_until: WaitUntil
) -> None:
    del both_workers
    objective_id, key_results = objective_with_key_results(neighbour, 8)

    def one(number: int) -> int:
        return check_in(beside, key_results[number % 8], number).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        assert set(pool.map(one, range(CLIENTS))) == {201}
    values = []
    for key_result_id in key_results:
        series = list(database["check_ins"].find({"key_result_id": key_result_id}))
        values.append(max(series, key=lambda entry: (entry["as_of"], entry["seq"]))["value"])
    expected = sum(values) / 8 / 100

    def rolled_up() -> bool:
        objective = neighbour.call("GET", f"/api/v1/objectives/{objective_id}").get_json()
        return objective["progress"] is not None and abs(objective["progress"] - expected) < 1e-9

    wait_until(rolled_up, 30, "the objective shows the mean of its key results")
