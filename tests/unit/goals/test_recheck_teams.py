"""What is put into a team in the very instant in which that one is removed or moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from libs.contracts.goals import TeamChanged
from services.goals.domain.errors import TeamInUse
from services.goals.usecases.change_objective import change_objective
from services.goals.usecases.change_team import change_team
from services.goals.usecases.create_objective import CreateObjective, create_objective
from services.goals.usecases.create_team import CreateTeam, create_team
from services.goals.usecases.delete_team import delete_team
from services.goals.usecases.recheck_parents import recheck_parents
from services.goals.usecases.recheck_teams import recheck_teams
from tests.contract.goals.makings import ORG, objective, team
from tests.unit.goals.conftest import ANN, Company

OF_TEAM = CreateObjective(title="x", level="team", cycle_id="q4", team_id="t2")


def settle(company: Company) -> None:
    """The worker has done all that it knows of."""
    for _ in range(9):
        if not recheck_parents(company.ports) + recheck_teams(company.ports):
            return
    pytest.fail("the worker does not come to rest")


def remove(company: Company) -> Callable[[], None]:
    """Somebody removes the team, and the worker looks at once."""

    def do() -> None:
        delete_team("t2", None, ANN, company.ports)
        settle(company)

    return do


def before(store: object, moment: str, meanwhile: Callable[[], object]) -> None:
    """Somebody else does this between the next reading and its write."""

    def do() -> None:
        setattr(store, moment, lambda: None)
        meanwhile()

    setattr(store, moment, do)


def last_told(company: Company, team_id: str) -> TeamChanged:
    """What was last told of the team."""
    told = [said for _, said in company.teams.said if isinstance(said, TeamChanged)]
    return [said for said in told if said.team_id == team_id][-1]


def assert_back(company: Company, slug: str = "t2") -> None:
    """The team is live, all have been told, nothing is owed, and it cannot be removed now."""
    kept = company.teams.items["t2"]
    assert (kept.state, kept.slug, kept.recheck_due) == ("live", slug, False)
    assert last_told(company, "t2").state == "live"
    with pytest.raises(TeamInUse):
        delete_team("t2", None, ANN, company.ports)


def test_a_team_comes_back_for_the_objective_that_was_set_while_it_was_removed(company: Company) -> None:
    before(company.objectives, "before_add", remove(company))
    create_objective(OF_TEAM, ANN, company.ports)
    settle(company)
    assert_back(company)


def test_a_team_comes_back_for_the_objective_that_was_set_after_the_last_look(company: Company) -> None:
    def set_it() -> None:
        create_objective(OF_TEAM, ANN, company.ports)
        settle(company)

    before(company.teams, "before_save", set_it)
    delete_team("t2", None, ANN, company.ports)
    assert company.teams.items["t2"].state == "deleted"
    settle(company)
    assert_back(company)


def test_a_team_comes_back_for_the_objective_that_was_moved_into_it(company: Company) -> None:
    company.objectives.add(objective("o", level="team", team_id="t1"))
    before(company.objectives, "before_save", remove(company))
    change_objective("o", {"team_id": "t2"}, None, ANN, company.ports)
    settle(company)
    assert_back(company)


def test_a_team_that_comes_back_finds_its_short_name_taken_and_gets_a_number(company: Company) -> None:
    def remove_and_replace() -> None:
        delete_team("t2", None, ANN, company.ports)
        company.teams.add(team("new", slug="t2"))

    before(company.objectives, "before_add", remove_and_replace)
    create_objective(OF_TEAM, ANN, company.ports)
    settle(company)
    assert_back(company, slug="t2-2")
    assert company.teams.items["new"].slug == "t2"


def test_a_team_that_nothing_was_put_into_stays_away(company: Company) -> None:
    delete_team("t2", None, ANN, company.ports)
    settle(company)
    kept = company.teams.items["t2"]
    assert (kept.state, kept.recheck_due) == ("deleted", False)
    assert len(company.teams.said) == 1


def test_a_sub_team_made_while_its_team_is_removed_stands_under_nothing(company: Company) -> None:
    before(company.teams, "before_add", remove(company))
    made = create_team(CreateTeam(name="Sub", parent_id="t2"), ANN, company.ports)
    settle(company)
    assert (company.teams.items[made.id].parent_id, last_told(company, made.id).parent_id) == (None, None)
    assert company.teams.items["t2"].state == "deleted"


def test_a_sub_team_moved_after_the_last_look_stands_under_nothing(company: Company) -> None:
    def move() -> None:
        change_team("t1", {"parent_id": "t2"}, None, ANN, company.ports)
        settle(company)

    before(company.teams, "before_save", move)
    delete_team("t2", None, ANN, company.ports)
    settle(company)
    assert company.teams.items["t1"].parent_id is None
    assert company.ports.teams.recheck_due(9) == []


def test_two_teams_put_beneath_each_other_in_one_instant_do_not_form_a_ring(company: Company) -> None:
    before(
        company.teams,
        "before_save",
        lambda: change_team("t1", {"parent_id": "t2"}, None, ANN, company.ports),
    )
    change_team("t2", {"parent_id": "t1"}, None, ANN, company.ports)
    assert company.ports.teams.parents(ORG) == {"t1": "t2", "t2": "t1"}
    settle(company)
    assert list(company.ports.teams.parents(ORG).values()).count(None) == 1
