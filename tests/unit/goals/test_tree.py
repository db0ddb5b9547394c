"""The order of rows."""

from __future__ import annotations

from services.goals.domain.objective import Parent
from services.goals.domain.tree import arrange
from tests.contract.goals.makings import key_result, objective


def rows(objectives: list, key_results: list, hidden: tuple[str, ...] = ()) -> list[str]:  # type: ignore[type-arg]
    """Ids, indented by depth."""
    visible = {item.id for item in objectives} - set(hidden)
    return ["." * place.depth + place.thing.id for place in arrange(objectives, key_results, visible)]


def test_key_results_stand_under_their_objective_before_its_children() -> None:
    objectives = [objective("b", under="a"), objective("a")]
    assert rows(objectives, [key_result("k2", "a"), key_result("k1", "a")]) == ["a", ".k1", ".k2", ".b"]


def test_an_objective_that_hangs_on_a_key_result_stands_beneath_it() -> None:
    carried = objective("b", parent=Parent("key_result", "k1"), under_id="a", level="team")
    assert rows([objective("a"), carried], [key_result("k1", "a"), key_result("k2", "a")]) == [
        "a",
        ".k1",
        "..b",
        ".k2",
    ]


def test_company_stands_before_team_before_person() -> None:
    objectives = [objective("a", level="person"), objective("b", level="team"), objective("c")]
    assert rows(objectives, []) == ["c", "b", "a"]


def test_what_hangs_under_something_hidden_moves_up_to_what_can_be_seen() -> None:
    objectives = [objective("a"), objective("b", under="a"), objective("c", under="b")]
    assert rows(objectives, [key_result("k1", "b")], hidden=("b",)) == ["a", ".c"]
    assert rows(objectives, [], hidden=("a", "b")) == ["c"]


def test_a_row_says_what_it_stands_under_and_whether_more_follows() -> None:
    a, k = arrange([objective("a")], [key_result("k", "a")], {"a"})
    assert (a.parent_id, a.has_children, k.parent_id, k.has_children) == (None, True, "a", False)


def test_a_thousand_levels_are_no_trouble() -> None:
    objectives = [objective("o0000"), *(objective(f"o{n:04}", under=f"o{n - 1:04}") for n in range(1, 1000))]
    places = arrange(objectives, [], {item.id for item in objectives})
    assert [place.depth for place in places] == list(range(1000))
