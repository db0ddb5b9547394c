"""What is asked of the database stays cheap however much it holds: every question is answered by an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from libs.chassis.mongo import Document
from services.checkins.app import build_ports
from services.checkins.storage import indexes
from services.checkins.usecases.ports import Learnt, Ports, Surroundings, Window
from tests.unit.checkins.examples import CYCLE, KEY_RESULT, ORG, ORGANISATION, PEOPLE, TEAM, check_in

NOW = datetime(2031, 11, 18, 9, tzinfo=UTC)
QUESTIONS = ("find", "aggregate", "update")
PARTS = (*QUESTIONS, "filter", "sort", "limit", "hint", "pipeline", "cursor")


class Asked(CommandListener):
    """Remembers every question, an update's included."""

    def __init__(self) -> None:
        self.commands: list[Document] = []

    def started(self, event: CommandStartedEvent) -> None:
        """A command leaves."""
        if event.command_name in QUESTIONS:
            kept = {name: value for name, value in event.command.items() if name in PARTS}
            changes = event.command.get("updates", [None])
            self.commands += [kept if change is None else {**kept, "updates": [change]} for change in changes]

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to remember."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to remember."""


@pytest.fixture
def asked() -> Asked:
    """What was asked so far."""
    return Asked()


@pytest.fixture
def watched(mongo_url: str, database: Database[Document], asked: Asked) -> Iterator[Ports]:
    """The real ports on a database with its indexes, overheard."""
    indexes.ensure(database)
    client: MongoClient[Document] = MongoClient(mongo_url, tz_aware=True, event_listeners=[asked])
    yield build_ports(client[database.name], "http://127.0.0.1:9", remember_seconds=3600)
    client.close()


def stages(plan: Any) -> Iterator[str]:
    """Every stage of a plan that won."""
    if isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for name, inner in plan.items():
            if name != "rejectedPlans":
                yield from stages(inner)
    elif isinstance(plan, list):
        for inner in plan:
            yield from stages(inner)


def test_every_question_is_answered_by_an_index(
    database: Database[Document], watched: Ports, asked: Asked
) -> None:
    series, situations, copies = watched.check_ins, watched.situations, watched.copies
    copies.cycles([Learnt(CYCLE, 1)])
    copies.teams([Learnt(TEAM, 1)])
    copies.organisations([Learnt(ORGANISATION, 1)])
    copies.people([Learnt(PEOPLE[0], 1)])
    asked_after_learning = len(asked.commands)
    series.add(check_in(), [])
    series.last(ORG, "a")
    series.states(ORG, ["a", "b"])
    series.states(ORG, ["a", "b"], before=NOW)
    series.series(ORG, "a")
    series.get(ORG, "a")
    series.versions(ORG, "a")
    series.made_by(ORG, "a")
    series.page(ORG, KEY_RESULT.id, Window())
    series.page(ORG, KEY_RESULT.id, Window(after=(NOW, 3)))
    series.unsettled(NOW, 10)
    situations.get(ORG, "a")
    situations.many(["a", "b"])
    situations.owed_by(ORG, "a")
    situations.of_team(ORG, "a")
    situations.evaluation_due(NOW, 10)
    situations.reminder_due(NOW, 10)
    situations.standing_after("a", 10)
    assert asked_after_learning == 13
    assert len(asked.commands) >= asked_after_learning + 18
    for command in asked.commands:
        plan = database.command({"explain": command, "verbosity": "queryPlanner"})
        assert "COLLSCAN" not in set(stages(plan)), command


def test_key_results_made_one_after_the_other_are_read_with_one_question_each(
    watched: Ports, asked: Asked
) -> None:
    copies = watched.copies
    copies.cycles([Learnt(CYCLE, 1)])
    copies.teams([Learnt(TEAM, 1)])
    copies.organisations([Learnt(ORGANISATION, 1)])
    names = [f"key result {number}" for number in range(6)]
    for name in names:
        copies.key_results([Learnt(replace(KEY_RESULT, id=name), 1)])
    watched.situations.get(ORG, names[0])  # brings along what all of them stand in
    asked.commands.clear()
    assert all(watched.situations.get(ORG, name) for name in names[1:])
    assert [command["find"] for command in asked.commands] == ["key_results"] * 5


def test_what_was_asked_for_costs_no_question_about_others(watched: Ports, asked: Asked) -> None:
    watched.copies.cycles([Learnt(CYCLE, 1)])
    watched.copies.teams([Learnt(TEAM, 1)])
    asked.commands.clear()
    watched.copies.keep(Surroundings(key_result=KEY_RESULT, cycle=CYCLE, team=TEAM))
    written = [(command["update"], command["updates"][0]["q"]["_id"]) for command in asked.commands]
    assert written == [("cycles", CYCLE.id), ("teams", TEAM.id), ("key_results", KEY_RESULT.id)]


def test_a_day_that_begins_is_read_without_looking_up_what_is_remembered(
    watched: Ports, asked: Asked
) -> None:
    watched.copies.keep(Surroundings(key_result=KEY_RESULT, cycle=CYCLE, team=TEAM))
    watched.copies.organisations([Learnt(ORGANISATION, 1)])
    assert len(watched.situations.evaluation_due(NOW.replace(year=2200), 10)) == 1
    asked.commands.clear()
    assert len(watched.situations.evaluation_due(NOW.replace(year=2200), 10)) == 1
    assert [command["find"] for command in asked.commands] == ["key_results"]


def test_key_results_of_many_organisations_are_read_with_one_question_a_collection(
    watched: Ports, asked: Asked
) -> None:
    names = [f"organisation {number}" for number in range(5)]
    for name in names:
        cycle, team = (
            replace(CYCLE, id=name, organisation_id=name),
            replace(TEAM, id=name, organisation_id=name),
        )
        key_result = replace(KEY_RESULT, id=name, organisation_id=name, cycle_id=name, team_id=name)
        watched.copies.keep(Surroundings(key_result=key_result, cycle=cycle, team=team))
        watched.copies.organisations([Learnt(replace(ORGANISATION, id=name), 1)])
    asked.commands.clear()
    found = watched.situations.many(names)
    assert {one.team.organisation_id for one in found.values() if one.team} == set(names)
    assert [command["find"] for command in asked.commands] == [
        "key_results",
        "cycles",
        "teams",
        "organisations",
    ]
