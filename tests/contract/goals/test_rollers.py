"""What the roll-up's port promises, fake or real."""

from __future__ import annotations

from dataclasses import replace

from services.goals.domain.objective import Measured, Parent, Weakest
from services.goals.usecases.ports import Applied
from services.goals.usecases.roller_ports import Debt
from tests.contract.goals.conftest import World
from tests.contract.goals.makings import ORG, key_result, objective, standing


def test_what_is_due_is_found_with_the_number_it_was_read_at(world: World) -> None:
    world.ports.objectives.add(objective("o1", rollup_due=("o1", "o0")))
    world.ports.key_results.add(key_result("k1", "o1", rollup_due=("o1",)))
    world.ports.key_results.add(key_result("k2", "o1"))
    assert set(world.roller.debts(10)) == {
        Debt("objective", "o1", ORG, 1, frozenset({"o0", "o1"})),
        Debt("key_result", "k1", ORG, 1, frozenset({"o1"})),
    }


def test_a_debt_is_struck_out_only_while_nobody_wrote_its_document(world: World) -> None:
    world.ports.key_results.add(key_result("k1", "o1", rollup_due=("o1",)))
    debts = world.roller.debts(10)
    world.ports.key_results.apply([Applied(ORG, "k1", "o1", standing(0.5))])
    world.roller.paid(debts)
    (still,) = world.roller.debts(10)
    world.roller.paid([still])
    assert world.roller.debts(10) == []


def test_part_of_a_debt_can_be_paid(world: World) -> None:
    world.ports.objectives.add(objective("o1", rollup_due=("a", "b")))
    (debt,) = world.roller.debts(10)
    world.roller.paid([debt], {"b"})
    (left,) = world.roller.debts(10)
    assert left.owed_to == {"b"}
    world.roller.paid([left], {"b"})
    assert len(world.roller.debts(10)) == 1


def test_debts_of_documents_written_differently_often_are_paid_together_each_by_its_own(world: World) -> None:
    for number in (1, 1, 2, 3):
        name = f"k{len(world.roller.debts(10))}"
        world.ports.key_results.add(key_result(name, "o1", rollup_due=("o1",), seq=number))
    world.ports.key_results.add(key_result("apart", "o2", rollup_due=("o2",)))
    debts = world.roller.debts(10)
    world.ports.key_results.apply([Applied(ORG, "k1", "o1", standing(0.5))])
    world.roller.paid(debts, {"o2"})
    assert {(debt.id, debt.owed_to) for debt in world.roller.debts(10)} == {
        ("k1", frozenset({"o1"})),
        ("apart", frozenset({"o2"})),
    }


def test_children_are_the_live_ones_and_not_what_a_key_result_carries(world: World) -> None:
    measured = Measured(progress=0.4, weakest=Weakest("k9", 0.1), confidence=5.5)
    world.ports.objectives.add(objective("o1"))
    world.ports.objectives.add(objective("o2", under="o1", weight=2.0, measured=measured))
    world.ports.objectives.add(objective("o3", under="o1", state="abandoned"))
    world.ports.objectives.add(objective("o4", parent=Parent("key_result", "k1"), under_id="o1"))
    world.ports.key_results.add(key_result("k1", "o1", standing=standing(0.5), weight=3.0))
    world.ports.key_results.add(key_result("k2", "o1", state="deleted"))
    world.ports.key_results.add(key_result("k3", "o1"))
    children = world.roller.children_of([objective("o1"), objective("o9")])
    key_results = {
        child.id: (child.weight, child.progress, child.confidence) for child in children["o1"].key_results
    }
    assert key_results == {"k1": (3.0, 0.5, 7), "k3": (1.0, None, None)}
    (below,) = children["o1"].objectives
    assert (below.id, below.weight, below.progress, below.weakest) == ("o2", 2.0, 0.4, Weakest("k9", 0.1))
    assert (children["o9"].key_results, children["o9"].objectives) == ([], [])
    assert world.roller.children_of([]) == {}


def test_an_objective_is_stored_unless_somebody_wrote_it_since(world: World) -> None:
    for name in ("o1", "o2"):
        world.ports.objectives.add(objective(name))
    world.ports.objectives.save(replace(objective("o2"), title="Edited"))
    new = Measured(progress=0.5)
    changes = [(replace(objective(name), measured=new, rollup_due=("o0",)), ()) for name in ("o1", "o2")]
    assert world.roller.store(changes) == {"o1"}
    one, two = (world.ports.objectives.get(ORG, name) for name in ("o1", "o2"))
    assert one is not None
    assert (one.measured, one.rollup_due, one.seq, one.rev) == (new, ("o0",), 2, 1)
    assert two is not None
    assert (two.title, two.measured) == ("Edited", Measured())
    assert world.roller.store([]) == frozenset()


def test_objectives_of_a_cycle_are_due_all_at_once(world: World) -> None:
    world.ports.objectives.add(objective("o1", rollup_due=("o0",)))
    world.ports.objectives.add(objective("o2", cycle_id="other"))
    world.ports.objectives.add(objective("o3", state="deleted"))
    assert world.ports.objectives.owe_themselves(ORG, ["q4"]) == 1
    (debt,) = world.roller.debts(10)
    assert (debt.id, debt.seq, debt.owed_to) == ("o1", 2, frozenset({"o0", "o1"}))
