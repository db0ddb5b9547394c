"""A request that is repeated: what it is answered once the world has moved on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.goals.domain.errors import KeyReused, Unknown
from services.goals.usecases.change_objective import change_objective
from services.goals.usecases.create_key_result import CreateKeyResult, create_key_result
from services.goals.usecases.create_objective import CreateObjective, create_objective
from services.goals.usecases.create_team import CreateTeam, create_team
from services.goals.usecases.delete_key_result import delete_key_result
from services.goals.usecases.delete_objective import delete_objective
from services.goals.usecases.delete_team import delete_team
from services.goals.usecases.ports import Once
from tests.contract.goals.makings import objective
from tests.unit.goals.conftest import ANN, LEA, MAX, Company

ONCE = Once("who with which key", "what")
OF_MAX = CreateObjective(title="x", level="person", cycle_id="q4", owner_id="max", once=ONCE)


def make_objective(company: Company) -> str:
    """An objective."""
    return create_objective(OF_MAX, ANN, company.ports).id


def make_key_result(company: Company) -> str:
    """A key result of the objective "o"."""
    return create_key_result("o", CreateKeyResult(title="x", once=ONCE), ANN, company.ports).id


def make_team(company: Company) -> str:
    """A team."""
    return create_team(CreateTeam(name="x", once=ONCE), ANN, company.ports).id


@pytest.mark.parametrize(
    ("make", "remove"),
    [
        (make_objective, delete_objective),
        (make_key_result, delete_key_result),
        (make_team, delete_team),
    ],
)
def test_what_was_removed_since_is_not_answered_again(
    company: Company, make: Callable[[Company], str], remove: Callable[..., None]
) -> None:
    company.objectives.add(objective("o"))
    made = make(company)
    assert make(company) == made
    remove(made, None, ANN, company.ports)
    with pytest.raises(Unknown):
        make(company)


def test_another_text_under_the_same_key_names_what_was_made(company: Company) -> None:
    made = make_objective(company)
    other = replace(OF_MAX, title="y", once=replace(ONCE, made_of="something else"))
    with pytest.raises(KeyReused) as refused:
        create_objective(other, ANN, company.ports)
    assert refused.value.made == made
    delete_objective(made, None, ANN, company.ports)
    with pytest.raises(KeyReused) as refused:
        create_objective(other, ANN, company.ports)
    assert refused.value.made is None


def test_another_text_under_the_same_key_names_nothing_hidden(company: Company) -> None:
    command = CreateObjective(title="x", level="team", cycle_id="q4", team_id="t1", owner_id="max", once=ONCE)
    made = create_objective(command, LEA, company.ports)
    change_objective(made.id, {"visibility": "private"}, None, MAX, company.ports)
    with pytest.raises(KeyReused) as refused:
        create_objective(
            replace(command, title="y", once=replace(ONCE, made_of="something else")), LEA, company.ports
        )
    assert refused.value.made is None


def test_an_objective_that_was_hidden_since_is_not_answered_again(company: Company) -> None:
    command = CreateObjective(title="x", level="team", cycle_id="q4", team_id="t1", owner_id="max", once=ONCE)
    made = create_objective(command, LEA, company.ports)
    assert create_objective(command, LEA, company.ports) == made
    changes = {"title": "Secret", "visibility": "private"}
    change_objective(made.id, changes, None, MAX, company.ports)
    with pytest.raises(Unknown):
        create_objective(command, LEA, company.ports)


def test_a_key_result_that_was_hidden_since_is_not_answered_again(company: Company) -> None:
    company.objectives.add(objective("o", level="team", team_id="t1", owner_id="max"))
    command = CreateKeyResult(title="x", owner_id="max", once=ONCE)
    made = create_key_result("o", command, LEA, company.ports)
    company.key_results.save(replace(made, visibility="private"))
    with pytest.raises(Unknown):
        create_key_result("o", command, LEA, company.ports)


def test_an_objective_set_for_somebody_elses_eyes_alone_repeats_its_first_answer(company: Company) -> None:
    command = CreateObjective(
        title="x",
        level="team",
        cycle_id="q4",
        team_id="t1",
        owner_id="max",
        visibility="private",
        once=ONCE,
    )
    made = create_objective(command, LEA, company.ports)
    change_objective(made.id, {"title": "Secret"}, None, MAX, company.ports)
    again = create_objective(command, LEA, company.ports)
    assert (again.id, again.title, again.rev) == (made.id, "x", 1)
