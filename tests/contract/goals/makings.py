"""Things as tests need them; every field that does not matter has a plain value."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.goals.domain.cycle import Cycle
from services.goals.domain.key_result import KeyResult, Standing
from services.goals.domain.objective import Objective, Parent
from services.goals.domain.organisation import Organisation
from services.goals.domain.person import ACTIVE, Person
from services.goals.domain.team import Team
from tests.contract.goals.fakes import NOON

ORG, OTHER_ORG = "org-1", "org-2"
_MADE: dict[str, Any] = {"organisation_id": ORG, "created_at": NOON, "updated_at": NOON}


def organisation(item_id: str = ORG, **fields: Any) -> Organisation:
    """An organisation."""
    given = {
        "organisation_id": item_id,
        "name": "Fernhollow",
        "slug": item_id,
        "time_zone": "UTC",
        "locale": "en",
    }
    return Organisation(**{**_MADE, "id": item_id, **given, **fields})


def person(item_id: str, **fields: Any) -> Person:
    """A person."""
    given = {"name": f"Person {item_id}", "email": f"{item_id}@fernhollow.example", "role": "member"}
    return Person(
        **{**_MADE, "id": item_id, **given, "time_zone": "UTC", "locale": "en", "state": ACTIVE, **fields}
    )


def team(item_id: str, **fields: Any) -> Team:
    """A team."""
    return Team(**{**_MADE, "id": item_id, "name": f"Team {item_id}", "slug": item_id, **fields})


def cycle(item_id: str = "q4", **fields: Any) -> Cycle:
    """A quarter that is half over."""
    span = {"starts_on": date(2031, 10, 1), "ends_on": date(2031, 12, 31)}
    return Cycle(**{**_MADE, "id": item_id, "name": "Q4 2031", **span, **fields})


def objective(item_id: str, **fields: Any) -> Objective:
    """A company objective; ``under`` is short for a parent of kind objective."""
    under = fields.pop("under", None)
    if under is not None:
        fields = {
            "parent": Parent("objective", under),
            "under_id": under,
            "level": "team",
            "team_id": "t1",
            **fields,
        }
    given = {
        "title": f"Objective {item_id}",
        "why": "",
        "level": "company",
        "cycle_id": "q4",
        "owner_id": "ann",
    }
    return Objective(**{**_MADE, "id": item_id, **given, **fields})


def key_result(item_id: str, objective_id: str, **fields: Any) -> KeyResult:
    """A metric from 0 to 100."""
    given: dict[str, Any] = {
        "objective_id": objective_id,
        "title": f"Key result {item_id}",
        "kind": "metric",
        "unit": "%",
        "start": 0.0,
        "target": 100.0,
        "owner_id": "ann",
        "cycle_id": "q4",
        "team_id": None,
        "visibility": "organisation",
        "objective_title": f"Objective {objective_id}",
        "objective_owner_id": "ann",
    }
    return KeyResult(**{**_MADE, "id": item_id, **given, **fields})


def standing(progress: float, seq: int = 1, at: datetime = NOON, **fields: Any) -> Standing:
    """What a check-in made of a key result."""
    given: dict[str, Any] = {
        "current": progress * 100,
        "raw_progress": progress,
        "progress": progress,
        "expected": 0.5,
        "status": "on_track",
        "confidence": 7,
        "as_of": at,
    }
    return Standing(seq=seq, at=at, **{**given, **fields})
