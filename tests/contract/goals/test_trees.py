"""What is read of the trees of a cycle, asked of the fakes and of MongoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.goals.domain.folding import Unread
from services.goals.domain.objective import Parent
from services.goals.usecases.ports import (
    Ports,
    Sight,
)
from tests.contract.goals.makings import (
    ORG,
    OTHER_ORG,
    key_result,
    objective,
    standing,
)

EVERYTHING = Sight(ORG, "ann", everything=True)


def test_the_way_up_and_the_whole_below_are_found_however_deep(ports: Ports) -> None:
    ports.objectives.add(objective("o0"))
    for depth in range(1, 9):
        ports.objectives.add(objective(f"o{depth}", under=f"o{depth - 1}"))
    assert [item.id for item in ports.objectives.chain(ORG, "o8")] == [
        f"o{depth}" for depth in range(8, -1, -1)
    ]
    assert {item.id for item in ports.forest.above(ORG, ["o3", "o1"])} == {"o0", "o1", "o2", "o3"}
    assert ports.objectives.chain(OTHER_ORG, "o8") == []
    assert ports.objectives.has_children(ORG, "o7")
    assert not ports.objectives.has_children(ORG, "o8")


def test_what_hangs_on_a_thing_is_found_whether_it_is_parent_or_shown_above(ports: Ports) -> None:
    ports.objectives.add(objective("o0"))
    ports.objectives.add(objective("o1", under="o0"))
    ports.objectives.add(objective("o2", parent=Parent("key_result", "k1"), under_id="o0"))
    ports.objectives.add(objective("o3", under="o0", state="deleted"))
    ports.objectives.add(objective("o4", under="o1"))

    def found(parent_id: str, organisation_id: str = ORG) -> list[str]:
        return [item.id for item in ports.objectives.hanging_on(organisation_id, parent_id)]

    assert (found("o0"), found("k1"), found("o2")) == (["o1", "o2"], ["o2"], [])
    assert found("o0", OTHER_ORG) == []


def test_stored_loops_end(ports: Ports) -> None:
    ports.objectives.add(objective("a", under="b"))
    ports.objectives.add(objective("b", under="a"))
    assert [item.id for item in ports.objectives.chain(ORG, "a")] == ["a", "b"]
    assert {item.id for item in ports.forest.above(ORG, ["a"])} == {"a", "b"}


def test_a_level_of_the_trees_is_read_in_order_and_as_far_as_there_is_room(ports: Ports) -> None:
    ports.objectives.add(objective("o0"))
    ports.objectives.add(objective("p", level="person", under="o0", visibility="private", owner_id="bob"))
    ports.objectives.add(objective("t", under="o0"))
    ports.objectives.add(objective("x", under="t"))
    ports.key_results.add(key_result("k1", "t"))

    def level(limit: int, *above: str, org: str = ORG) -> list[str]:
        return [item.id for item in ports.forest.directly_beneath(org, above, limit)]

    assert (level(9, "o0"), level(1, "o0"), level(9, "o0", "t")) == (["t", "p"], ["t"], ["t", "x", "p"])
    assert (level(9), level(9, "o0", org=OTHER_ORG)) == ([], [])
    assert ports.forest.numbers_beneath(EVERYTHING, ["o0", "t", "x"]) == {"o0": 2, "t": 1}
    assert ports.forest.numbers_beneath(Sight(ORG, "ann"), ["o0"]) == {"o0": 1}
    assert [item.id for item in ports.forest.of_objectives(ORG, ["o0", "t"])] == ["k1"]
    assert not ports.forest.of_objectives(OTHER_ORG, ["t"])
    assert [item.id for item in ports.forest.named(ORG, ["k1", "none"])] == ["k1"]
    assert not ports.forest.named(OTHER_ORG, ["k1"])
    assert not ports.forest.named(ORG, [])


def test_key_results_are_counted_as_far_as_they_may_be_seen(ports: Ports) -> None:
    soon, later = date(2026, 11, 30), date(2026, 12, 7)
    for name, status, day in (("k1", "behind", later), ("k2", "achieved", soon), ("k3", "behind", None)):
        told = replace(standing(0.2, seq=1), status=status, next_check_in_on=day)
        ports.key_results.add(key_result(name, "o1", standing=told))
    ports.key_results.add(key_result("k4", "o1", state="deleted"))
    ports.key_results.add(
        key_result("k5", "o1", visibility="private", owner_id="bob", objective_owner_id="bob")
    )
    ports.key_results.add(key_result("k6", "o2"))
    wanted = ["o1", "o2", "o3"]
    assert ports.forest.unread(EVERYTHING, wanted) == {"o1": Unread(4, soon), "o2": Unread(1, None)}
    assert ports.forest.unread(Sight(ORG, "ann"), ["o1"]) == {"o1": Unread(3, soon)}
    assert ports.forest.unread(Sight(OTHER_ORG, "ann"), wanted) == {}
    assert ports.forest.unread(EVERYTHING, []) == {}


def test_a_cycle_is_counted_by_status_and_by_what_is_ones_own(ports: Ports) -> None:
    ports.key_results.add(key_result("k1", "o1", standing=standing(0.9)))
    ports.key_results.add(key_result("k2", "o1", owner_id="bob"))
    ports.key_results.add(key_result("k3", "o1", owner_id="bob", delegate_id="ann", visibility="private"))
    counts = ports.forest.counts(Sight(ORG, "ann"), "q4")
    assert (dict(counts.by_status), counts.mine) == ({"on_track": 1, None: 2}, 2)
