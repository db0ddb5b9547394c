"""The ports of goals in memory. They pass the same suite as those on MongoDB."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.goals.usecases.ports import (
    Ports,
)
from tests.contract.goals.fake_roller import FakeRoller
from tests.contract.goals.fake_stores import FakeCycles, FakeOrganisations, FakePeople, FakeTeams
from tests.contract.goals.fake_trees import FakeForest, FakeKeyResults, FakeObjectives

NOON = datetime(2031, 11, 18, 12, tzinfo=UTC)


@dataclass
class FakeWorld:
    """All fakes together, with a clock that stands still until it is set."""

    organisations: FakeOrganisations = field(default_factory=FakeOrganisations)
    people: FakePeople = field(default_factory=FakePeople)
    teams: FakeTeams = field(default_factory=FakeTeams)
    objectives: FakeObjectives = field(default_factory=FakeObjectives)
    key_results: FakeKeyResults = field(default_factory=FakeKeyResults)
    instant: datetime = NOON

    def __post_init__(self) -> None:
        self.cycles = FakeCycles(self.organisations)
        numbers = itertools.count(1)
        self.roller = FakeRoller(self.objectives, self.key_results)
        self.ports = Ports(
            organisations=self.organisations,
            people=self.people,
            teams=self.teams,
            cycles=self.cycles,
            objectives=self.objectives,
            key_results=self.key_results,
            forest=FakeForest(self.objectives, self.key_results),
            now=lambda: self.instant,
            new_id=lambda: f"id-{next(numbers):06}",
        )
