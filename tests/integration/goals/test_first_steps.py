"""From set-up to a tree, over HTTP."""

from __future__ import annotations

from tests.integration.goals.conftest import Company


def test_a_company_objective_with_a_key_result_is_shown_in_the_tree(company: Company) -> None:
    cycle_id = company.cycle()
    objective_id = company.objective(cycle_id)
    key_result_id = company.key_result(objective_id)
    company.settle()
    tree = company.admin.get(f"/tree?cycle_id={cycle_id}")
    assert [(row["kind"], row["id"], row["depth"]) for row in tree["items"]] == [
        ("objective", objective_id, 0),
        ("key_result", key_result_id, 1),
    ]
    assert tree["people"] == {company.admin_id: {"name": "Jun Alder"}}
    assert tree["counts"] == {"awaiting_first_check_in": 1, "mine": 1, "total": 1}
    assert tree["next"] is None
