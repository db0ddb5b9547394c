"""goals deletes and hides while no worker runs, so no copy in checkins follows; nobody is answered by one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from pymongo import MongoClient
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse

from deploy.native.servers import free_port
from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.mongo import new_id
from libs.chassis.settings import Settings
from services.checkins import app as checkins_service
from services.goals import app as goals_service

Document = dict[str, Any]
ORG = new_id()
BOTH = ("goals", "checkins")


@dataclass
class Served:
    """An app that others reach over HTTP."""

    app: Flask
    server: BaseWSGIServer
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join(10)
            self.server.server_close()


@dataclass
class Scene:
    """Two services, the people of a company, and one key result with a check-in."""

    goals: Served
    checkins: Served
    minter: TokenMinter
    people: dict[str, str] = field(default_factory=dict)
    team_id: str = ""
    objective_id: str = ""
    key_result_id: str = ""
    check_in_id: str = ""

    def ask(
        self, service: Served, method: str, path: str, who: str, body: Any = None, **headers: str
    ) -> TestResponse:
        """The answer to this person."""
        system = who == "system"
        role = "system" if system else "admin" if who == "boss" else "member"
        principal = Principal(
            "system" if system else self.people[who],
            "" if system else ORG,
            frozenset({role}),
            frozenset({"read", "write"}),
        )
        headers["Authorization"] = f"Bearer {self.minter.mint(principal, BOTH)}"
        return service.app.test_client().open(path, method=method, json=body, headers=headers)

    def done(self, method: str, path: str, body: Any = None, who: str = "boss") -> Any:
        """What goals answers to something that works, whatever the revision."""
        headers = {}
        if method in {"PATCH", "DELETE"}:
            headers["If-Match"] = self.ask(self.goals, "GET", path, "boss").headers["ETag"]
        answer = self.ask(self.goals, method, path, who, body, **headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def check_in(self, who: str) -> TestResponse:
        """The answer to a check-in."""
        path = f"/api/v1/key-results/{self.key_result_id}/check-ins"
        body = {"value": 40, "confidence": 7}
        return self.ask(self.checkins, "POST", path, who, body, **{"Idempotency-Key": new_id()})

    def reads(self, who: str) -> set[int]:
        """How each way to read about the key result is answered."""
        of_it = f"/api/v1/key-results/{self.key_result_id}"
        paths = (f"{of_it}/check-ins", f"{of_it}/standing", f"/api/v1/check-ins/{self.check_in_id}")
        return {self.ask(self.checkins, "GET", path, who).status_code for path in paths}

    def listed(self, who: str) -> set[str]:
        """The key results that lists of checkins name to this person."""
        due = self.ask(self.checkins, "GET", "/api/v1/check-ins/due", who).get_json()["items"]
        week = self.ask(self.checkins, "GET", f"/api/v1/check-ins/week?team_id={self.team_id}", who)
        stones = week.get_json().get("stones", [])
        return {str(one["key_result_id"]) for one in [*due, *stones]}


@pytest.fixture
def scene(
    settings: Callable[..., Settings],
    mongo_client: MongoClient[Document],
    mongo_database: str,
    key_pair: tuple[str, str],
) -> Iterator[Scene]:
    """The team's key result has been checked in once, so that checkins has a copy; no worker runs."""
    name, port = f"{mongo_database}_goals", free_port()
    goals_service.migrate(settings(CAIRN_MONGO_DATABASE=name))
    checkins_service.migrate(settings())
    goals = goals_service.build_web(
        settings(CAIRN_MONGO_DATABASE=name, CAIRN_CHECKINS_URL=f"http://127.0.0.1:{port}")
    )
    owner = Served(goals, make_server("127.0.0.1", 0, goals, threaded=True))
    checkins = checkins_service.build_web(
        settings(CAIRN_GOALS_URL=f"http://127.0.0.1:{owner.server.server_port}")
    )
    copier = Served(checkins, make_server("127.0.0.1", port, checkins, threaded=True))
    made = Scene(owner, copier, TokenMinter(key_pair[0]))
    found(made)
    yield made
    for served in (owner, copier):
        served.stop()
        served.app.extensions["mongo"].close()
    mongo_client.drop_database(name)


def found(scene: Scene) -> None:
    """A company with a team of two and somebody beside it."""
    scene.people["boss"] = new_id()
    organisation = {
        "organisation_id": ORG,
        "organisation_name": "Fernhollow",
        "time_zone": "UTC",
        "person_id": scene.people["boss"],
        "name": "Ines Larkspur",
        "email": f"boss.{scene.people['boss']}@fernhollow.example",
    }
    scene.done("POST", "/internal/organisations", organisation, who="system")
    for name in ("jun", "odo", "teo"):
        person = {"name": name, "email": f"{name}.{new_id()}@fernhollow.example", "role": "member"}
        scene.people[name] = scene.done("POST", "/api/v1/people", person)["id"]
    jun, odo = scene.people["jun"], scene.people["odo"]
    team = {"name": "Platform", "lead_id": jun, "member_ids": [jun, odo]}
    scene.team_id = scene.done("POST", "/api/v1/teams", team)["id"]
    today = datetime.now(UTC).date()
    cycle = {
        "name": "Q4",
        "starts_on": (today - timedelta(days=50)).isoformat(),
        "ends_on": (today + timedelta(days=50)).isoformat(),
        "state": "active",
    }
    objective = {
        "title": "Customers trust us",
        "level": "team",
        "team_id": scene.team_id,
        "owner_id": jun,
        "cycle_id": scene.done("POST", "/api/v1/cycles", cycle)["id"],
    }
    scene.objective_id = scene.done("POST", "/api/v1/objectives", objective)["id"]
    path = f"/api/v1/objectives/{scene.objective_id}/key-results"
    key_result = {"title": "Days without an incident", "start": 0, "target": 100, "owner_id": jun}
    scene.key_result_id = scene.done("POST", path, key_result)["id"]
    answer = scene.check_in("jun")
    assert answer.status_code == 201, answer.text
    scene.check_in_id = answer.get_json()["id"]
    assert scene.reads("teo") == {200}


def key_result_path(scene: Scene) -> str:
    return f"/api/v1/key-results/{scene.key_result_id}"


def objective_path(scene: Scene) -> str:
    return f"/api/v1/objectives/{scene.objective_id}"


def test_a_deleted_key_result_takes_no_check_in(scene: Scene) -> None:
    scene.done("DELETE", key_result_path(scene))
    assert scene.check_in("jun").status_code == 404
    assert scene.reads("jun") == {404}
    assert scene.key_result_id not in scene.listed("jun")


def test_what_becomes_private_is_private_at_once(scene: Scene) -> None:
    scene.done("PATCH", objective_path(scene), {"visibility": "private"})
    assert scene.reads("teo") == scene.reads("odo") == {404}
    assert scene.listed("odo") == set()
    assert scene.reads("jun") == scene.reads("boss") == {200}
    assert scene.check_in("jun").status_code == 201


def test_what_becomes_a_teams_is_no_longer_others(scene: Scene) -> None:
    scene.done("PATCH", objective_path(scene), {"visibility": "team"})
    assert scene.reads("teo") == {404}
    assert scene.reads("odo") == {200}


def test_who_leaves_a_team_no_longer_sees_what_is_its(scene: Scene) -> None:
    scene.done("PATCH", objective_path(scene), {"visibility": "team"})
    scene.done("PATCH", f"/api/v1/teams/{scene.team_id}", {"member_ids": [scene.people["jun"]]})
    assert scene.reads("odo") == {404}
    assert scene.reads("jun") == {200}


def test_who_owns_something_no_longer_does_not_check_it_in(scene: Scene) -> None:
    team = {"lead_id": scene.people["odo"]}
    scene.done("PATCH", f"/api/v1/teams/{scene.team_id}", team)
    scene.done("PATCH", key_result_path(scene), {"owner_id": scene.people["teo"]})
    scene.done("PATCH", objective_path(scene), {"owner_id": scene.people["odo"]})
    assert scene.check_in("jun").status_code == 403
    assert scene.check_in("teo").status_code == 201


def test_an_outdated_copy_answers_nobody_while_goals_is_away(scene: Scene) -> None:
    scene.done("PATCH", objective_path(scene), {"visibility": "private"})
    scene.goals.stop()
    assert scene.reads("teo") == scene.reads("jun") == {503}
    assert scene.listed("jun") == set()


def test_a_copy_that_is_not_outdated_answers_while_goals_is_away(scene: Scene) -> None:
    scene.goals.stop()
    assert scene.check_in("jun").status_code == 201
    assert scene.reads("teo") == {200}


def test_goals_deletes_while_checkins_is_away(scene: Scene) -> None:
    scene.checkins.stop()
    scene.done("DELETE", key_result_path(scene))
