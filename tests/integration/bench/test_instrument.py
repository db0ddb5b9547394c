"""The measuring instrument does not rot: what it plants is read by the services, what it counts is there."""

from __future__ import annotations

import importlib
import smtplib
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from deploy.native.installation import ROOT
from deploy.native.servers import free_port
from services.checkins.storage.situations import MongoSituations
from services.gateway.domain.secrets import digest
from services.gateway.storage.api_tokens import MongoApiTokens
from services.gateway.storage.sessions import MongoSessions
from services.goals.domain.key_result import KeyResult
from services.goals.domain.objective import Objective
from services.goals.storage.documents import entity_of
from services.notifier.storage.copies import MongoCopies
from tests.bench.__main__ import MEASURES
from tests.bench.organisation import Made, Shape, make
from tests.bench.table import Report, Row, rendered
from tests.fixtures.waiting import WaitUntil

Document = dict[str, Any]
SHAPE = Shape(teams=2, personal=3, key_results=2, loose=1, clients=2, owners=3, people=6, measured=True)


@dataclass
class Stores:
    """A database of this test's alone for each service."""

    client: MongoClient[Document]
    prefix: str = field(default_factory=lambda: f"test_{uuid.uuid4().hex[:12]}")

    def database(self, service: str) -> Database[Document]:
        """That service's."""
        return self.client[f"{self.prefix}_{service}"]


@pytest.fixture
def stores(mongo_client: MongoClient[Document]) -> Iterator[Stores]:
    """Gone afterwards."""
    made = Stores(mongo_client)
    yield made
    for service in ("goals", "checkins", "notifier", "gateway"):
        mongo_client.drop_database(f"{made.prefix}_{service}")


@pytest.fixture
def made(stores: Stores) -> Made:
    """A small organisation in all four stores."""
    return make(stores, SHAPE, "Small")


def test_goals_reads_what_was_planted(stores: Stores, made: Made) -> None:
    objectives = [entity_of(Objective, each) for each in stores.database("goals")["objectives"].find()]
    key_results = [entity_of(KeyResult, each) for each in stores.database("goals")["key_results"].find()]
    assert len(objectives) == SHAPE.objectives == 10
    assert {each.id for each in key_results} == set(made.key_results)
    assert len(key_results) == 2 * (SHAPE.objectives - 1)
    beneath = {each.id: each.under_id for each in objectives}
    assert sum(above == made.root_id for above in beneath.values()) == SHAPE.teams


def test_checkins_knows_the_situation_of_each_key_result(stores: Stores, made: Made) -> None:
    situations = MongoSituations(stores.database("checkins"))
    for key_result in made.key_results:
        situation = situations.get(made.id, key_result)
        assert situation is not None
        assert situation.takes_check_ins
        assert situation.key_result.objective_id == made.objective_of[key_result]


def test_the_notifier_knows_whom_to_tell(stores: Stores, made: Made) -> None:
    copies = MongoCopies(stores.database("notifier"))
    key_results = copies.key_results(made.id, made.key_results)
    owners = copies.people(made.id, {each.owner_id for each in key_results.values()})
    teams = {team for team in made.team_of.values() if team is not None}
    assert len(key_results) == len(made.key_results)
    assert len(owners) == SHAPE.owners
    assert all(each.active for each in owners.values())
    assert set(copies.teams(made.id, teams)) == teams
    assert set(copies.objectives(made.id, set(made.objective_of.values()))) == set(made.objective_of.values())


def test_clients_have_a_token_and_a_browser(stores: Stores, made: Made) -> None:
    tokens = MongoApiTokens(stores.database("gateway"))
    assert len(made.tokens) == SHAPE.clients
    assert all(tokens.identity(digest(each)) is not None for each in made.tokens)
    assert MongoSessions(stores.database("gateway")).identity(digest(made.cookie)) is not None


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_can_be_called(name: str) -> None:
    assert callable(importlib.import_module(f"tests.bench.{name}").measure)


def test_the_sink_counts_mails_and_keeps_one(tmp_path: Path, wait_until: WaitUntil) -> None:
    port, record, sample = free_port(), tmp_path / "mails.txt", tmp_path / "mail.eml"
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Stones", "a@bench.example", "b@bench.example"
    message.set_content(".a line that begins with a dot\n")
    command = [sys.executable, "-m", "tests.bench.sink", str(port), str(record), str(sample)]
    with subprocess.Popen(command, cwd=ROOT) as sink:
        try:
            wait_until(lambda: _connected(port), deadline=30)
            post = smtplib.SMTP("127.0.0.1", port)
            for _ in range(3):
                post.send_message(message)
            post.quit()
            assert len(record.read_text().splitlines()) == 3
            assert b"Subject: Stones" in sample.read_bytes()
            assert b"\r\n.a line" in sample.read_bytes()
        finally:
            sink.terminate()


def _connected(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_table_shows_ratio_and_reach() -> None:
    text = rendered(Report([Row("Speed", "7", "10", 0.7, "≥ 0.5")], ["More."]))
    assert "| Speed | 7 | 10 | **0.70** | ≥ 0.5 |" in text
    assert text.endswith("More.\n")
