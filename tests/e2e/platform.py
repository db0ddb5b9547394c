"""The whole platform as `make up` starts it, on own ports and in an own folder, once per test run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.loader import PASSWORD
from deploy.demo.public_api import Mailbox, PublicApi
from tests.fixtures.servers import RUN, notes, one_at_a_time

ROOT = Path(__file__).parents[2]
OFFSET = 4000  # beside the default ports of a platform that a developer may have running
START_WITHIN = 420


@dataclass(frozen=True)
class Platform:
    """Where it answers. ``home`` holds its data, logs and secrets."""

    home: Path
    offset: int

    @property
    def address(self) -> str:
        """The gateway."""
        return f"http://localhost:{8080 + self.offset}"

    @cached_property
    def mailbox(self) -> Mailbox:
        """The development mailbox."""
        return Mailbox(f"http://localhost:{8025 + self.offset}")

    def environment(self, *, demo: bool = True) -> dict[str, str]:
        """What `make up` is given."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")},
            "CAIRN_HOME": str(self.home),
            "CAIRN_PORT_OFFSET": str(self.offset),
            "CAIRN_DEMO": "1" if demo else "0",
            # One person asks as fast as a test can; that limits hold is shown by tests of their own.
            "CAIRN_RATE_LIMIT_API": "100000",
            "CAIRN_STOP_WITH": os.environ[RUN],  # however the run ends, its platform ends too
        }

    def run(self, command: str, *, demo: bool = True) -> str:
        """One command of the native platform; its output.

        Fails the test with that output when the command fails.
        """
        done = subprocess.run(  # our own module
            [sys.executable, "-m", "deploy.native", command],
            cwd=ROOT,
            env=self.environment(demo=demo),
            capture_output=True,
            text=True,
            timeout=START_WITHIN,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{command} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def log(self, role: str) -> str:
        """What a role has logged so far."""
        return (self.home / "logs" / f"{role}.log").read_text(errors="replace")


class Company:
    """The demo company, as its people's own tokens see it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._tokens: dict[str, str] = json.loads((platform.home / "data" / "demo.json").read_text())[
            "tokens"
        ]

    password = PASSWORD

    @staticmethod
    def email(name: str) -> str:
        """The address of a demo person."""
        return f"{name.lower().replace(' ', '.')}@fernhollow.example"

    def api(self, name: str) -> PublicApi:
        """The public API with that person's token."""
        return PublicApi(self._platform.address, self._tokens[self.email(name)])

    def token(self, name: str) -> str:
        """That person's API token."""
        return self._tokens[self.email(name)]

    @cached_property
    def people(self) -> dict[str, str]:
        """Ids by name."""
        return {person["name"]: person["id"] for person in self.api("Ines Larkspur").every("/people")}

    @cached_property
    def teams(self) -> dict[str, str]:
        """Ids by name."""
        return {team["name"]: team["id"] for team in self.api("Ines Larkspur").every("/teams")}

    @cached_property
    def running_cycle(self) -> dict[str, Any]:
        """The active cycle."""
        return next(
            cycle for cycle in self.api("Ines Larkspur").every("/cycles") if cycle["state"] == "active"
        )

    @cached_property
    def closed_cycle(self) -> dict[str, Any]:
        """The closed cycle."""
        return next(
            cycle for cycle in self.api("Ines Larkspur").every("/cycles") if cycle["state"] == "closed"
        )

    def objective(self, title: str, **fields: Any) -> dict[str, Any]:
        """A new objective, made by the admin; a company objective of Ines unless said otherwise."""
        body = {
            "title": title,
            "why": "",
            "level": "company",
            "owner_id": self.people["Ines Larkspur"],
            "team_id": None,
            "cycle_id": self.running_cycle["id"],
            "parent": None,
        } | fields
        made: dict[str, Any] = self.api("Ines Larkspur").call("POST", "/objectives", body)
        return made

    def team(self, name: str, members: list[str]) -> dict[str, Any]:
        """A new team of these people, made by the admin; the first of them leads it."""
        people = [self.people[member] for member in members]
        rhythm = {"every": "weekly", "weekday": 0, "time": "09:00"}
        body = {"name": name, "parent_id": None, "lead_id": people[0], "member_ids": people, "rhythm": rhythm}
        made: dict[str, Any] = self.api("Ines Larkspur").call("POST", "/teams", body)
        return made

    def key_result(self, objective_id: str, title: str, owner: str, **fields: Any) -> dict[str, Any]:
        """A new key result from 0 to 100, made by the admin for its owner."""
        body = {"title": title, "kind": "metric", "unit": "points", "start": 0, "target": 100}
        body |= {"owner_id": self.people[owner]} | fields
        made: dict[str, Any] = self.api("Ines Larkspur").call(
            "POST", f"/objectives/{objective_id}/key-results", body
        )
        return made

    def check_in(
        self, key_result_id: str, by: str, value: float, confidence: int = 7, **fields: Any
    ) -> dict[str, Any]:
        """A check-in through the API."""
        recorded: dict[str, Any] = self.api(by).call(
            "POST",
            f"/key-results/{key_result_id}/check-ins",
            {"value": value, "confidence": confidence} | fields,
            Idempotency_Key=os.urandom(12).hex(),
        )
        return recorded


def given() -> Platform | None:
    """A platform that runs already: `CAIRN_TEST_HOME`, `CAIRN_TEST_PORT_OFFSET`; for whoever writes tests."""
    home = os.environ.get("CAIRN_TEST_HOME")
    return Platform(Path(home), int(os.environ.get("CAIRN_TEST_PORT_OFFSET", "0"))) if home else None


@pytest.fixture(scope="session")
def platform() -> Platform:
    """The platform with its demo company runs; `pytest_unconfigure` of the run's first process stops it."""
    running = given()
    if running:
        return running
    notes().mkdir(parents=True, exist_ok=True)
    note = notes() / "platform.json"
    with one_at_a_time(notes() / "platform.lock"):
        if not note.exists():
            running = Platform(Path(tempfile.mkdtemp(prefix="cairn-e2e-")), OFFSET)
            note.write_text(json.dumps({"home": str(running.home), "offset": running.offset}))
            running.run("up")
        said = json.loads(note.read_text())
    return Platform(Path(said["home"]), said["offset"])


@pytest.fixture(scope="session")
def company(platform: Platform) -> Company:
    """The demo company."""
    return Company(platform)


@pytest.fixture(scope="module")
def empty_platform() -> Iterator[Platform]:
    """A platform without any organisation, for this module alone."""
    running = Platform(Path(tempfile.mkdtemp(prefix="cairn-e2e-empty-")), OFFSET + 500)
    try:
        running.run("up", demo=False)
        yield running
    finally:
        running.run("reset", demo=False)


def stop_platform() -> None:
    """What this run started is gone, with its data."""
    note = notes() / "platform.json"
    if note.exists():
        said = json.loads(note.read_text())
        running = Platform(Path(said["home"]), said["offset"])
        running.run("reset")
        shutil.rmtree(running.home, ignore_errors=True)
