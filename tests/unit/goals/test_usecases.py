"""What happens when two people meet, and what an edit owes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.goals.domain.errors import (
    Contended,
    CycleIsClosed,
    HasChildren,
    InvalidFields,
    NotAllowed,
    Stale,
    Unknown,
)
from services.goals.domain.objective import Objective, Parent
from services.goals.domain.viewer import Viewer
from services.goals.usecases.announce_key_results import announce_key_results
from services.goals.usecases.change_objective import change_objective
from services.goals.usecases.create_key_result import CreateKeyResult, create_key_result
from services.goals.usecases.create_objective import CreateObjective, create_objective
from services.goals.usecases.delete_objective import delete_objective
from services.goals.usecases.follow_objective import follow_objective
from tests.contract.goals.makings import ORG, key_result, objective
from tests.unit.goals.conftest import ANN, BOSS, EVE, LEA, MAX, STRANGER, VIC, Company


def once(company: Company, meanwhile: Callable[[], object]) -> None:
    """Somebody else does this just before the next write."""

    def do() -> None:
        company.objectives.before_save = lambda: None
        meanwhile()

    company.objectives.before_save = do


def under(name: str) -> dict[str, Parent]:
    """The change that hangs it under this objective."""
    return {"parent": Parent("objective", name)}


def test_two_who_hang_each_others_objectives_make_no_loop(company: Company) -> None:
    company.objectives.add(objective("a"))
    company.objectives.add(objective("b"))
    once(company, lambda: change_objective("b", under("a"), 1, ANN, company.ports))
    with pytest.raises(InvalidFields) as refused:
        change_objective("a", under("b"), 1, ANN, company.ports)
    assert refused.value.errors[0].field == "parent"
    a, b = company.objectives.items["a"], company.objectives.items["b"]
    assert (a.parent, a.under_id, b.under_id) == (None, None, "a")
    company.settle()


def test_a_roll_up_between_reading_and_writing_costs_the_editor_nothing(company: Company) -> None:
    company.objectives.add(objective("a"))

    def roll() -> None:
        company.objectives.items["a"] = replace(company.objectives.items["a"], seq=9)

    once(company, roll)
    assert change_objective("a", {"title": "New"}, 1, ANN, company.ports).title == "New"


def test_another_edit_between_reading_and_writing_makes_this_one_stale(company: Company) -> None:
    company.objectives.add(objective("a"))
    once(company, lambda: change_objective("a", {"title": "Theirs"}, 1, ANN, company.ports))
    with pytest.raises(Stale):
        change_objective("a", {"title": "Mine"}, 1, ANN, company.ports)
    assert company.objectives.items["a"].title == "Theirs"


def test_whoever_always_loses_is_told_to_try_again(company: Company) -> None:
    company.objectives.add(objective("a"))

    def roll() -> None:
        company.objectives.items["a"] = replace(
            company.objectives.items["a"], seq=company.objectives.items["a"].seq + 1
        )

    company.objectives.before_save = roll
    with pytest.raises(Contended):
        change_objective("a", {"title": "Mine"}, 1, ANN, company.ports)


def test_moving_an_objective_owes_both_the_old_and_the_new_parent(company: Company) -> None:
    for name in ("old", "new"):
        company.objectives.add(objective(name))
    company.objectives.add(objective("o", under="old"))
    assert change_objective("o", under("new"), 1, ANN, company.ports).rollup_due == ("new", "old")


def test_what_is_owed_and_not_yet_paid_is_not_forgotten(company: Company) -> None:
    company.objectives.add(objective("new"))
    company.objectives.add(objective("o", under="gone", rollup_due=("older",)))
    assert change_objective("o", under("new"), 1, ANN, company.ports).rollup_due == ("gone", "new", "older")


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({"title": "New"}, ()),
        ({"weight": 2.0}, ("above",)),
        ({"roll_up": "children"}, ("o",)),
        ({"state": "abandoned"}, ("above", "o")),
    ],
)
def test_an_edit_owes_whom_it_can_move(
    company: Company, changes: dict[str, object], owed: tuple[str, ...]
) -> None:
    company.objectives.add(objective("above"))
    company.objectives.add(objective("o", under="above"))
    assert change_objective("o", changes, 1, ANN, company.ports).rollup_due == owed


def test_removing_an_objective_owes_its_parent(company: Company) -> None:
    company.objectives.add(objective("above"))
    company.objectives.add(objective("o", under="above"))
    with pytest.raises(HasChildren):
        delete_objective("above", 1, ANN, company.ports)
    delete_objective("o", 1, ANN, company.ports)
    assert company.objectives.items["o"].rollup_due == ("above",)
    delete_objective("above", 1, ANN, company.ports)


def test_nothing_is_added_to_a_closed_cycle(company: Company) -> None:
    company.objectives.add(objective("o", cycle_id="q3"))
    with pytest.raises(CycleIsClosed):
        create_objective(CreateObjective(title="x", level="company", cycle_id="q3"), ANN, company.ports)
    with pytest.raises(CycleIsClosed):
        create_key_result("o", CreateKeyResult(title="x"), ANN, company.ports)


@pytest.mark.parametrize(
    ("who", "level", "team_id", "owner_id", "may"),
    [
        (ANN, "company", None, "ann", True),
        (BOSS, "company", None, "bos", True),
        (BOSS, "person", None, "eve", True),
        (LEA, "company", None, "lea", False),
        (LEA, "team", "t1", "max", True),
        (LEA, "person", "t1", "max", True),
        (LEA, "team", "t2", "lea", False),
        (MAX, "team", "t1", "max", False),
        (MAX, "person", None, "max", True),
        (MAX, "person", "t1", "max", True),
        (MAX, "person", "t2", "max", False),
        (LEA, "person", "t1", "lea", True),
        (LEA, "person", "t2", "lea", False),
        (BOSS, "person", "t2", "bos", True),
        (MAX, "person", None, "eve", False),
        (VIC, "person", None, "vic", False),
    ],
)
def test_who_may_set_which_objective(
    company: Company, who: object, level: str, team_id: str | None, owner_id: str, *, may: bool
) -> None:
    command = CreateObjective(title="x", level=level, cycle_id="q4", team_id=team_id, owner_id=owner_id)
    try:
        create_objective(command, who, company.ports)  # type: ignore[arg-type]
    except NotAllowed:
        assert not may
    else:
        assert may


@pytest.mark.parametrize(
    ("who", "changes", "may"),
    [
        (MAX, {"team_id": "t1"}, True),
        (MAX, {"team_id": "t2"}, False),
        (MAX, {"owner_id": "eve"}, False),
        (MAX, {"owner_id": "max", "title": "New"}, True),
        (MAX, {"team_id": "t1", "owner_id": "eve"}, False),
        (BOSS, {"owner_id": "eve", "team_id": "t2"}, True),
    ],
)
def test_who_may_hand_on_a_personal_objective_and_to_whom(
    company: Company, who: Viewer, changes: dict[str, object], *, may: bool
) -> None:
    company.objectives.add(objective("o", level="person", owner_id="max"))
    try:
        change_objective("o", changes, 1, who, company.ports)
    except NotAllowed:
        assert not may
    else:
        assert may


def test_a_lead_hands_a_personal_objective_of_the_team_to_somebody_else(company: Company) -> None:
    company.objectives.add(objective("o", level="person", team_id="t1", owner_id="max"))
    assert change_objective("o", {"owner_id": "eve"}, 1, LEA, company.ports).owner_id == "eve"


def test_the_owner_of_a_team_objective_hands_it_on(company: Company) -> None:
    company.objectives.add(objective("o", level="team", team_id="t1", owner_id="max"))
    assert change_objective("o", {"owner_id": "eve"}, 1, MAX, company.ports).owner_id == "eve"


def weighs(company: Company, weight: float, who: Viewer, parent: Parent) -> bool:
    """Whether they may set an objective that counts so much."""
    command = CreateObjective(title="x", level="person", cycle_id="q4", weight=weight, parent=parent)
    try:
        create_objective(command, who, company.ports)
    except InvalidFields as refused:
        return [error.field for error in refused.errors] != ["weight"]
    return True


def test_how_much_counts_in_an_objective_is_decided_by_those_who_may_change_it(company: Company) -> None:
    company.objectives.add(objective("top"))
    company.objectives.add(objective("team", level="team", team_id="t1", owner_id="max"))
    company.key_results.add(key_result("k", "top"))
    top, team, carrier = Parent("objective", "top"), Parent("objective", "team"), Parent("key_result", "k")
    for weight in (100.0, 0.01):
        assert [weighs(company, weight, who, top) for who in (BOSS, LEA, MAX)] == [True, False, False]
        assert [weighs(company, weight, who, team) for who in (LEA, MAX, EVE)] == [True, True, False]
        assert weighs(company, weight, EVE, carrier)
    assert weighs(company, 1.0, EVE, top)


def test_neither_a_later_weight_nor_a_later_parent_goes_round_that(company: Company) -> None:
    company.objectives.add(objective("top"))
    heavy = {"level": "person", "owner_id": "max", "weight": 100.0}
    company.objectives.add(objective("free", **heavy))
    company.objectives.add(objective("hung", **heavy, parent=Parent("objective", "top"), under_id="top"))

    def change(name: str, **changes: object) -> Objective:
        return change_objective(name, changes, None, MAX, company.ports)

    for name, changes in (("hung", {"weight": 99.0}), ("free", under("top"))):
        with pytest.raises(InvalidFields) as refused:
            change(name, **changes)
        assert [error.field for error in refused.value.errors] == ["weight"]
    assert change("hung", title="New").weight == 100.0
    assert change("hung", weight=1.0).weight == 1.0
    assert change("free", weight=1.0, **under("top")).under_id == "top"


def test_strangers_find_nothing(company: Company) -> None:
    company.objectives.add(objective("o"))
    for attempt in (
        lambda: change_objective("o", {"title": "x"}, 1, STRANGER, company.ports),
        lambda: delete_objective("o", 1, STRANGER, company.ports),
        lambda: follow_objective("o", STRANGER, company.ports, following=True),
        lambda: create_key_result("o", CreateKeyResult(title="x"), STRANGER, company.ports),
    ):
        with pytest.raises(Unknown):
            attempt()


def test_following_twice_is_told_once(company: Company) -> None:
    company.objectives.add(objective("o"))
    for _ in range(2):
        follow_objective("o", EVE, company.ports, following=True)
    assert company.objectives.items["o"].follower_ids == ("eve",)
    assert len(company.objectives.said) == 1


def test_an_edit_while_key_results_are_told_is_told_too(company: Company) -> None:
    company.objectives.add(objective("o", title="One", announce_due=True))
    company.key_results.add(key_result("k", "o"))

    def meanwhile() -> None:
        company.key_results.before_save = lambda: None
        change_objective("o", {"title": "Two"}, 1, ANN, company.ports)

    company.key_results.before_save = meanwhile
    assert announce_key_results(company.ports) == 1
    assert company.key_results.items["k"].objective_title == "One"
    assert announce_key_results(company.ports) == 1
    assert company.key_results.items["k"].objective_title == "Two"
    assert announce_key_results(company.ports) == 0
    assert company.objectives.get(ORG, "o") is not None
