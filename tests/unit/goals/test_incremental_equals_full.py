"""After any history of edits, check-ins, duplicates and disorder.

What was rolled up is what a full recompute says.
"""

from __future__ import annotations

from hypothesis import given, settings

from tests.contract.goals.edits import (
    KEY_RESULTS,
    STEPS,
    Roll,
    Step,
    begin,
    comparable,
    live,
    newest_told,
    recomputed,
    settle,
    take,
)
from tests.contract.goals.fakes import FakeWorld
from tests.contract.goals.makings import ORG


def check(world: FakeWorld, steps: list[Step]) -> None:
    """What is stored is right."""
    settle(world.ports, world.roller)
    full = recomputed(world.ports, world.roller)
    stored = world.ports.objectives.by_ids([ORG], list(full))
    assert {name: comparable(stored[name].measured) for name in full} == full
    alive = world.ports.key_results.many(ORG, KEY_RESULTS)
    orders = {name: item.standing.order for name, item in alive.items() if item.standing is not None}
    assert orders == newest_told(steps, alive)


@given(STEPS)
@settings(max_examples=120)
def test_the_incremental_roll_up_equals_a_full_recompute(steps: list[Step]) -> None:
    world = FakeWorld()
    begin(world.ports, world.roller)
    live(steps, world.ports, world.roller)
    check(world, steps)


@given(STEPS)
@settings(max_examples=120)
def test_it_does_so_when_others_write_and_roll_while_a_roller_counts(steps: list[Step]) -> None:
    world = FakeWorld()
    begin(world.ports, world.roller)
    left = list(steps)

    def meanwhile() -> None:
        world.roller.after_reading = lambda: None
        for step in (left.pop(0) for _ in range(min(2, len(left)))):
            take(step, world.ports, world.roller)

    while left:
        step = left.pop(0)
        if isinstance(step, Roll):
            world.roller.after_reading = meanwhile
        take(step, world.ports, world.roller)
    world.roller.after_reading = lambda: None
    check(world, steps)
