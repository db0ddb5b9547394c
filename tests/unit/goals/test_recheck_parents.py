"""What is made beneath an objective in the very instant in which that one changes or goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from libs.contracts.goals import KeyResultChanged, ObjectiveChanged
from services.goals.domain.objective import Parent
from services.goals.domain.record import Record
from services.goals.usecases.announce_key_results import announce_key_results
from services.goals.usecases.change_objective import change_objective
from services.goals.usecases.create_key_result import CreateKeyResult, create_key_result
from services.goals.usecases.create_objective import CreateObjective, create_objective
from services.goals.usecases.delete_key_result import delete_key_result
from services.goals.usecases.delete_objective import delete_objective
from services.goals.usecases.recheck_parents import recheck_parents
from tests.contract.goals.fake_stores import FakeStore
from tests.contract.goals.makings import key_result, objective
from tests.unit.goals.conftest import ANN, Company

T = TypeVar("T", bound=Record)


def just_before_it_is_stored(store: FakeStore[T], meanwhile: Callable[[], object]) -> None:
    """Somebody else does this between the next reading and its insert."""

    def do() -> None:
        store.before_add = lambda: None
        meanwhile()

    store.before_add = do


def settle(company: Company) -> int:
    """The worker has done all that it knows of; in how many rounds."""
    rounds = 0
    while announce_key_results(company.ports) + recheck_parents(company.ports):
        rounds += 1
        assert rounds < 9
    return rounds


def last_said(company: Company) -> KeyResultChanged:
    """What was last told of a key result."""
    payload = company.key_results.said[-1][1]
    assert isinstance(payload, KeyResultChanged)
    return payload


def test_a_key_result_made_while_its_objective_turns_private_is_private_too(company: Company) -> None:
    company.objectives.add(objective("o"))

    def turn_private() -> None:
        changes = {"visibility": "private", "title": "Secret", "owner_id": "lea"}
        change_objective("o", changes, None, ANN, company.ports)
        settle(company)

    just_before_it_is_stored(company.key_results, turn_private)
    made = create_key_result("o", CreateKeyResult(title="x"), ANN, company.ports)
    settle(company)
    kept = company.key_results.items[made.id]
    assert (kept.visibility, kept.objective_title, kept.objective_owner_id) == ("private", "Secret", "lea")
    assert (kept.rev, kept.recheck_due) == (1, False)
    said = last_said(company)
    assert (said.visibility, said.objective_title) == ("private", "Secret")


def test_a_key_result_whose_objective_stayed_as_it_was_is_told_once(company: Company) -> None:
    company.objectives.add(objective("o"))
    made = create_key_result("o", CreateKeyResult(title="x"), ANN, company.ports)
    assert settle(company) == 1
    assert len(company.key_results.said) == 1
    assert company.key_results.items[made.id].seq == made.seq


def test_a_slow_worker_does_not_bring_back_what_the_objective_was_for_a_moment(company: Company) -> None:
    company.objectives.add(objective("o", visibility="private"))
    made = create_key_result("o", CreateKeyResult(title="x"), ANN, company.ports)
    # As by a process that died before it told the key results.
    opened = replace(company.objectives.items["o"], visibility="organisation", announce_due=True)
    company.objectives.save(opened)

    def turn_back() -> None:
        company.key_results.before_save = lambda: None
        change_objective("o", {"visibility": "private"}, None, ANN, company.ports)
        announce_key_results(company.ports)

    company.key_results.before_save = turn_back
    recheck_parents(company.ports)
    settle(company)
    assert company.key_results.items[made.id].visibility == "private"


def test_a_key_result_made_while_its_objective_is_removed_goes_with_it(company: Company) -> None:
    company.objectives.add(objective("o"))

    def remove() -> None:
        delete_objective("o", None, ANN, company.ports)
        settle(company)

    just_before_it_is_stored(company.key_results, remove)
    made = create_key_result("o", CreateKeyResult(title="x"), ANN, company.ports)
    settle(company)
    kept = company.key_results.items[made.id]
    assert (kept.state, kept.rev, kept.recheck_due) == ("deleted", 2, False)
    assert last_said(company).state == "deleted"
    company.settle()


def test_a_key_result_made_between_the_last_look_and_the_removal_goes_too(company: Company) -> None:
    company.objectives.add(objective("o"))

    def make() -> None:
        company.objectives.before_save = lambda: None
        create_key_result("o", CreateKeyResult(title="x"), ANN, company.ports)
        settle(company)

    company.objectives.before_save = make
    delete_objective("o", None, ANN, company.ports)
    settle(company)
    (kept,) = company.key_results.items.values()
    assert (kept.state, last_said(company).state) == ("deleted", "deleted")
    assert company.objectives.recheck_due(9) == []


def hung_on(kind: str, company: Company) -> CreateObjective:
    """An objective to be, beneath "o" or its key result "k"."""
    company.objectives.add(objective("o"))
    if kind == "key_result":
        company.key_results.add(key_result("k", "o"))
    parent = Parent(kind, "k" if kind == "key_result" else "o")
    return CreateObjective(title="x", level="company", cycle_id="q4", parent=parent)


def remove_parent(kind: str, company: Company) -> None:
    """What it is to hang on goes."""
    if kind == "key_result":
        delete_key_result("k", None, ANN, company.ports)
    else:
        delete_objective("o", None, ANN, company.ports)


def assert_at_the_top(company: Company, objective_id: str) -> None:
    """The objective hangs on nothing, all have been told, and nothing is owed."""
    kept = company.objectives.items[objective_id]
    assert (kept.state, kept.parent, kept.under_id, kept.recheck_due) == ("open", None, None, False)
    told = [said for _, said in company.objectives.said if isinstance(said, ObjectiveChanged)]
    assert (told[-1].objective_id, told[-1].parent) == (objective_id, None)


@pytest.mark.parametrize("kind", ["objective", "key_result"])
def test_an_objective_made_while_its_parent_is_removed_is_shown_at_the_top(
    company: Company, kind: str
) -> None:
    command = hung_on(kind, company)

    def remove() -> None:
        remove_parent(kind, company)
        settle(company)

    just_before_it_is_stored(company.objectives, remove)
    made = create_objective(command, ANN, company.ports)
    settle(company)
    assert_at_the_top(company, made.id)


@pytest.mark.parametrize("kind", ["objective", "key_result"])
def test_an_objective_made_between_the_last_look_and_the_removal_is_shown_at_the_top(
    company: Company, kind: str
) -> None:
    command = hung_on(kind, company)
    store = company.key_results if kind == "key_result" else company.objectives

    def make() -> None:
        store.before_save = lambda: None
        create_objective(command, ANN, company.ports)
        settle(company)

    store.before_save = make
    remove_parent(kind, company)
    settle(company)
    (made,) = [item for item in company.objectives.items.values() if item.title == "x"]
    assert_at_the_top(company, made.id)


def test_an_objective_moved_beneath_one_that_goes_is_shown_at_the_top(company: Company) -> None:
    company.objectives.add(objective("above"))
    company.objectives.add(objective("o", seq=7))

    def remove() -> None:
        company.objectives.before_save = lambda: None
        delete_objective("above", None, ANN, company.ports)
        settle(company)

    company.objectives.before_save = remove
    change_objective("o", {"parent": Parent("objective", "above")}, None, ANN, company.ports)
    assert company.objectives.items["o"].under_id == "above"
    settle(company)
    assert_at_the_top(company, "o")


def test_an_objective_whose_parent_stays_is_told_once(company: Company) -> None:
    company.objectives.add(objective("o"))
    command = CreateObjective(
        title="x", level="company", cycle_id="q4", parent=Parent("objective", "o"), owner_id="ann"
    )
    made = create_objective(command, ANN, company.ports)
    assert settle(company) == 1
    assert (company.objectives.items[made.id].seq, len(company.objectives.said)) == (made.seq, 1)
