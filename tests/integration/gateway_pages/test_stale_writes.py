"""A write from an outdated revision is refused: asked of the real services and of the memory of the pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from libs.chassis.problems import PreconditionFailed
from services.gateway.domain import okr
from services.gateway.usecases.okr_ports import Services
from tests.integration.gateway_pages import test_ports

services, objective, key_result = test_ports.services, test_ports.objective, test_ports.key_result
Write = Callable[[int], object]


def writes(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult
) -> dict[str, tuple[Write, int]]:
    """A write of every kind that a form makes, and the revision that it may be made from."""
    goals, name = services.goals, uuid.uuid4().hex[:8]
    rhythm = {"every": "weekly", "weekday": 0, "time": "09:00"}
    team = goals.create_team({"name": name, "rhythm": rhythm}, name)
    person = goals.invite({"name": name, "email": f"{name}@example.com", "role": "member"}, name)
    span = {"state": "planning", "starts_on": "2040-01-01", "ends_on": "2040-03-31"}
    cycle = goals.create_cycle({"name": name, **span}, name)
    organisation = goals.organisation(fresh=True)
    said = services.checkins.record(key_result.id, {"value": 4.0, "confidence": 6}, name)
    kind = services.notifications.preferences().choices[0].kind
    return {
        "objective": (lambda rev: goals.change_objective(objective.id, {"title": name}, rev), objective.rev),
        "key_result": (
            lambda rev: goals.change_key_result(key_result.id, {"title": name}, rev),
            key_result.rev,
        ),
        "team": (lambda rev: goals.change_team(team.id, {"name": f"{name} anew"}, rev), team.rev),
        "person": (lambda rev: goals.change_person(person.id, {"name": f"{name} anew"}, rev), person.rev),
        "cycle": (lambda rev: goals.change_cycle(cycle.id, {"name": f"{name} anew"}, rev), cycle.rev),
        "organisation": (
            lambda rev: goals.change_organisation({"thresholds": {"low_confidence": 2}}, rev),
            organisation.rev,
        ),
        "check_in": (lambda seq: services.checkins.revise(said.id, {"value": 5.0}, seq), said.seq),
        "preferences": (
            lambda rev: services.notifications.change_preferences({kind: "off"}, rev),
            services.notifications.preferences().rev,
        ),
    }


KINDS = ("objective", "key_result", "team", "person", "cycle", "organisation", "check_in", "preferences")


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_from_an_outdated_revision_is_refused(
    services: Services, objective: okr.Objective, key_result: okr.KeyResult, kind: str
) -> None:
    write, rev = writes(services, objective, key_result)[kind]
    write(rev)
    with pytest.raises(PreconditionFailed):
        write(rev)
