"""What a repeated request is answered with is as durable as what the first one was promised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from libs.chassis import mongo
from services.checkins.storage import indexes
from services.checkins.storage.check_ins import MongoCheckIns
from services.checkins.usecases.ports import Repeated, Request
from tests.unit.checkins.examples import ORG, check_in

Document = dict[str, Any]
REQUEST = Request("same", "body")


class Conversation(CommandListener):
    """Every command that left, and the database's time of the last answer."""

    def __init__(self) -> None:
        self.commands: list[Document] = []
        self.last_answer: Any = None

    def started(self, event: CommandStartedEvent) -> None:
        """A command leaves."""
        self.commands.append({**event.command})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """It is answered."""
        self.last_answer = event.reply["operationTime"]

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to remember."""


@pytest.fixture
def overheard() -> Conversation:
    """What the service and its database say."""
    return Conversation()


@pytest.fixture
def series(
    mongo_url: str, database: Database[Document], overheard: Conversation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MongoCheckIns]:
    """The series of a web process."""
    indexes.ensure(database)
    monkeypatch.setattr("libs.chassis.failpoints.listeners", lambda: [overheard])
    with mongo.connect(mongo_url, "checkins") as client:
        yield MongoCheckIns(client[database.name])


def test_a_replay_waits_until_a_majority_has_what_it_answers(
    series: MongoCheckIns, overheard: Conversation
) -> None:
    series.add(check_in(1), [], REQUEST)
    first_try = [next(iter(command)) for command in overheard.commands]
    written_at = overheard.last_answer
    overheard.commands.clear()
    with pytest.raises(Repeated):
        series.add(check_in(2), [], REQUEST)
    answered = overheard.commands[-1]
    assert first_try == ["insert"]
    assert answered["readConcern"]["level"] == "majority"
    assert answered["readConcern"]["afterClusterTime"] >= written_at


def test_what_is_so_already_is_durable_before_it_is_answered(
    series: MongoCheckIns, overheard: Conversation
) -> None:
    made = check_in(1)
    series.add(made, [])
    written_at = overheard.last_answer
    assert series.durable(ORG, made.id) == made
    answered = overheard.commands[-1]
    assert answered["readConcern"]["level"] == "majority"
    assert answered["readConcern"]["afterClusterTime"] >= written_at


def test_a_request_that_never_came_is_found_missing_with_one_question(
    series: MongoCheckIns, overheard: Conversation
) -> None:
    assert series.made_by(ORG, "never") is None
    assert [next(iter(command)) for command in overheard.commands] == ["find"]
