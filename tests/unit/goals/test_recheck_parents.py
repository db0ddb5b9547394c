"""What is made beneath an objective in the very instant in which that one changes or goes."""

from __future__ import annotations

from collections.abc import Callable

from libs.contracts.goals import KeyResultChanged
from services.goals.domain.key_result import KeyResult
from services.goals.usecases.announce_key_results import announce_key_results
from services.goals.usecases.change_objective import change_objective
from services.goals.usecases.create_key_result import CreateKeyResult, create_key_result
from services.goals.usecases.delete_objective import delete_objective
from services.goals.usecases.recheck_parents import recheck_parents
from tests.contract.goals.fake_stores import FakeStore
from tests.contract.goals.makings import objective
from tests.unit.goals.conftest import ANN, Company


def just_before_it_is_stored(store: FakeStore[KeyResult], meanwhile: Callable[[], object]) -> None:
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
    change_objective("o", {"visibility": "organisation"}, None, ANN, company.ports)

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
