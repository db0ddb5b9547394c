"""A small company in memory: Ann is admin, Lea leads team t1 with Max, Eve stands outside."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from services.goals.domain.viewer import Viewer
from services.goals.usecases.roll_up import RollUp, roll_up
from tests.contract.goals.fakes import FakeWorld
from tests.contract.goals.makings import ORG, OTHER_ORG, cycle, organisation, person, team


def viewer(
    person_id: str, *roles: str, leads: tuple[str, ...] = (), member_of: tuple[str, ...] = ()
) -> Viewer:
    """Someone who asks."""
    return Viewer(person_id, ORG, frozenset(roles), frozenset(leads), frozenset(member_of))


ANN = viewer("ann", "admin")
LEA = viewer("lea", "member", leads=("t1",))
MAX = viewer("max", "member", member_of=("t1",))
EVE = viewer("eve", "member")
VIC = viewer("vic", "viewer")
BOSS = viewer("bos", "leader")
STRANGER = Viewer("out", OTHER_ORG, frozenset({"admin"}))


@dataclass
class Company(FakeWorld):
    """The fakes with some people, teams and cycles in them."""

    rounds: list[RollUp] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.organisations.add(organisation())
        self.organisations.add(organisation(OTHER_ORG))
        for name, role in (
            ("ann", "admin"),
            ("lea", "member"),
            ("max", "member"),
            ("eve", "member"),
            ("vic", "viewer"),
            ("bos", "leader"),
        ):
            self.people.add(person(name, role=role))
        self.people.add(person("out", organisation_id=OTHER_ORG, role="admin"))
        self.teams.add(team("t1", lead_id="lea", member_ids=("max",)))
        self.teams.add(team("t2"))
        self.cycles.add(cycle())
        self.cycles.add(cycle("q3", state="closed"))

    def settle(self) -> None:
        """Everything due is rolled up."""
        for _ in range(200):
            done = roll_up(self.ports, self.roller)
            self.rounds.append(done)
            if not done.debts:
                return
        pytest.fail("the roll-up does not come to rest")


@pytest.fixture
def company() -> Company:
    """The small company."""
    return Company()
