"""After any history of edits, check-ins, duplicates and disorder, what was rolled up is what a full recompute says."""

from __future__ import annotations

from hypothesis import given, settings

from tests.contract.goals.edits import STEPS, Step, begin, comparable, live, recomputed, settle
from tests.contract.goals.fakes import FakeWorld
from tests.contract.goals.makings import ORG


@given(STEPS)
@settings(max_examples=300, deadline=None)
def test_the_incremental_roll_up_equals_a_full_recompute(steps: list[Step]) -> None:
    world = FakeWorld()
    begin(world.ports)
    live(steps, world.ports, world.roller)
    settle(world.ports, world.roller)
    full = recomputed(world.ports, world.roller)
    stored = world.ports.objectives.by_ids([ORG], list(full))
    assert {name: comparable(stored[name].measured) for name in full} == full
