"""Objectives and key results over HTTP, on MongoDB."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.integration.goals.conftest import Company

FOUND = Callable[[], Company]


def json_of(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.json


def fields_of(problem: Any) -> dict[str, str]:
    """Message by pointer."""
    return {error["pointer"]: error["message"] for error in problem["errors"]}


def test_an_item_carries_its_revision_and_wants_it_back(company: Company) -> None:
    path = f"/objectives/{company.objective(company.cycle())}"
    assert company.admin.call("GET", path).headers["ETag"] == '"1"'
    assert company.admin.call("PATCH", path, {"title": "New"}).status_code == 428
    changed = company.admin.call("PATCH", path, {"title": "New"}, If_Match='"1"')
    assert (changed.status_code, changed.headers["ETag"], json_of(changed)["rev"]) == (200, '"2"', 2)
    stale = company.admin.call("PATCH", path, {"title": "Newer"}, If_Match='"1"')
    assert (stale.status_code, json_of(stale)["type"]) == (412, "/problems/stale-revision")
    assert company.admin.call("DELETE", path).status_code == 428
    assert company.admin.get(path)["title"] == "New"


def test_a_check_in_elsewhere_does_not_make_an_open_form_stale(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    revision = company.admin.call("GET", f"/objectives/{objective_id}").headers["ETag"]
    company.key_result(objective_id)
    company.settle()
    answer = company.admin.call("PATCH", f"/objectives/{objective_id}", {"why": "Because"}, If_Match=revision)
    assert answer.status_code == 200
    assert json_of(answer)["progress"] == 0


def test_start_that_equals_target_is_refused_with_what_to_do(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    body = {"title": "Still", "start": 5, "target": 5}
    problem = company.admin.post(f"/objectives/{objective_id}/key-results", body, 422)
    assert fields_of(problem) == {
        "/target": "Start and target are the same, so progress cannot be measured. Change one."
    }
    key_result_id = company.key_result(objective_id)
    assert "/target" in fields_of(company.admin.patch(f"/key-results/{key_result_id}", {"target": 0}, 422))


def test_done_or_not_needs_no_numbers(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    body = {"title": "Certified", "kind": "boolean", "unit": "ignored"}
    made = company.admin.post(f"/objectives/{objective_id}/key-results", body)
    assert (made["start"], made["target"], made["unit"]) == (0, 1, "")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": ""}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"title": {"$gt": ""}}, "/title"),
        ({"title": "a\u0000b"}, "/title"),
        ({"level": "world"}, "/level"),
        ({"cycle_id": "nowhere"}, "/cycle_id"),
        ({"cycle_id": {"$gt": ""}}, "/cycle_id"),
        ({"owner_id": "nobody"}, "/owner_id"),
        ({"owner_id": {"$ne": None}}, "/owner_id"),
        ({"level": "team"}, "/team_id"),
        ({"level": "team", "team_id": "none"}, "/team_id"),
        ({"weight": 0}, "/weight"),
        ({"weight": -1}, "/weight"),
        ({"weight": 100.5}, "/weight"),
        ({"weight": "1"}, "/weight"),
        ({"weight": True}, "/weight"),
        ({"parent": {"kind": "objective", "id": "none"}}, "/parent"),
        ({"parent": {"kind": "key_result", "id": "none"}}, "/parent"),
        ({"parent": {"kind": "team", "id": "x"}}, "/parent/kind"),
        ({"parent": "o1"}, "/parent"),
        ({"visibility": ["private"]}, "/visibility"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    company: Company, changes: dict[str, Any], pointer: str
) -> None:
    body = {"title": "Fine", "level": "company", "cycle_id": company.cycle(), **changes}
    problem = company.admin.post("/objectives", body, 422)
    assert any(found.startswith(pointer) for found in fields_of(problem)), problem
    assert company.admin.get("/objectives")["items"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"start": {"$gt": ""}}, "/start"),
        ({"start": 1e400}, "/start"),
        ({"target": "10"}, "/target"),
        ({"target": None}, "/target"),
        ({"weight": 0}, "/weight"),
        ({"kind": "maintain"}, "/kind"),
        ({"due_on": "2040-01-01"}, "/due_on"),
        ({"due_on": "soon"}, "/due_on"),
        ({"owner_id": "nobody"}, "/owner_id"),
        ({"delegate_id": "nobody"}, "/delegate_id"),
        ({"commitment": "perhaps"}, "/commitment"),
    ],
)
def test_bad_key_results_are_named_too(company: Company, changes: dict[str, Any], pointer: str) -> None:
    objective_id = company.objective(company.cycle())
    body = {"title": "Fine", "start": 0, "target": 10, **changes}
    problem = company.admin.post(f"/objectives/{objective_id}/key-results", body, 422)
    assert pointer in fields_of(problem)
    assert company.admin.get("/key-results")["items"] == []


def test_no_text_in_the_address_or_the_query_reaches_the_database_as_an_operator(company: Company) -> None:
    assert company.admin.call("GET", '/objectives/{"$gt":""}').status_code == 404
    assert company.admin.call("GET", "/objectives?owner_id[$gt]=").status_code == 422
    assert company.admin.call("GET", '/objectives?owner_id={"$gt":""}').status_code == 422
    assert company.admin.get("/objectives?q=.*")["items"] == []


def test_another_organisation_finds_nothing_and_can_name_nothing(found_company: FOUND) -> None:
    ours, theirs = found_company(), found_company()
    cycle_id = theirs.cycle()
    objective_id = theirs.objective(cycle_id)
    key_result_id, team_id = theirs.key_result(objective_id), theirs.team("Ops")
    for path in (
        f"/objectives/{objective_id}",
        f"/objectives/{objective_id}/children",
        f"/key-results/{key_result_id}",
        f"/teams/{team_id}",
        f"/cycles/{cycle_id}",
        f"/people/{theirs.admin_id}",
    ):
        assert ours.admin.call("GET", path).status_code == 404, path
    for path in (f"/objectives/{objective_id}", f"/key-results/{key_result_id}"):
        assert ours.admin.call("PATCH", path, {"title": "Mine"}, If_Match="*").status_code == 404
        assert ours.admin.call("DELETE", path, If_Match="*").status_code == 404
    assert ours.admin.call("PUT", f"/objectives/{objective_id}/followers/me").status_code == 404
    assert ours.admin.post(
        f"/objectives/{objective_id}/key-results", {"title": "x", "start": 0, "target": 1}, 404
    )
    own = {"title": "Ours", "level": "company", "cycle_id": ours.cycle()}
    for foreign, pointer in (
        ({"cycle_id": cycle_id}, "/cycle_id"),
        ({"owner_id": theirs.admin_id}, "/owner_id"),
        ({"level": "team", "team_id": team_id}, "/team_id"),
        ({"parent": {"kind": "objective", "id": objective_id}}, "/parent"),
        ({"parent": {"kind": "key_result", "id": key_result_id}}, "/parent"),
    ):
        assert pointer in fields_of(ours.admin.post("/objectives", own | foreign, 422))
    assert ours.admin.call("GET", f"/tree?cycle_id={cycle_id}").status_code == 422
    assert ours.admin.get(f"/key-results?ids={key_result_id}")["items"] == []


def test_nothing_hangs_beneath_itself_or_in_another_cycle_or_under_something_narrower(
    company: Company,
) -> None:
    cycle_id, other = company.cycle(), company.cycle(name="Q5")
    top = company.objective(cycle_id)
    middle = company.objective(cycle_id, parent={"kind": "objective", "id": top})
    key_result_id = company.key_result(middle)
    bottom = company.objective(cycle_id, parent={"kind": "key_result", "id": key_result_id})

    def refused(objective_id: str, kind: str, parent_id: str) -> str:
        body = {"parent": {"kind": kind, "id": parent_id}}
        return fields_of(company.admin.patch(f"/objectives/{objective_id}", body, 422))["/parent"]

    assert "beneath itself" in refused(top, "objective", top)
    assert "beneath itself" in refused(top, "objective", bottom)
    assert "beneath itself" in refused(middle, "key_result", key_result_id)
    assert "another cycle" in refused(company.objective(other), "objective", top)
    personal = company.objective(cycle_id, level="person")
    assert "cannot hang under" in refused(top, "objective", personal)


def test_a_closed_cycle_stands_still(company: Company) -> None:
    cycle_id = company.cycle()
    objective_id = company.objective(cycle_id)
    key_result_id = company.key_result(objective_id)
    company.admin.patch(f"/cycles/{cycle_id}", {"state": "closed"})
    problems = [
        company.admin.patch(f"/objectives/{objective_id}", {"title": "New"}, 409),
        company.admin.patch(f"/key-results/{key_result_id}", {"title": "New"}, 409),
        company.admin.delete(f"/key-results/{key_result_id}", 409),
        company.admin.post("/objectives", {"title": "x", "level": "company", "cycle_id": cycle_id}, 409),
        company.admin.post(
            f"/objectives/{objective_id}/key-results", {"title": "x", "start": 0, "target": 1}, 409
        ),
    ]
    assert {problem["type"] for problem in problems} == {"/problems/cycle-closed"}
    assert not any(company.admin.get(f"/key-results/{key_result_id}")["can"].values())


def test_what_has_something_beneath_is_not_removed(company: Company) -> None:
    cycle_id = company.cycle()
    top = company.objective(cycle_id)
    key_result_id = company.key_result(top)
    below = company.objective(cycle_id, parent={"kind": "key_result", "id": key_result_id})
    assert company.admin.delete(f"/objectives/{top}", 409)["type"] == "/problems/has-children"
    assert company.admin.delete(f"/key-results/{key_result_id}", 409)["type"] == "/problems/has-children"
    company.admin.delete(f"/objectives/{below}")
    company.admin.delete(f"/key-results/{key_result_id}")
    company.admin.delete(f"/objectives/{top}")
    assert company.admin.call("GET", f"/objectives/{top}").status_code == 404
    assert company.admin.get("/objectives")["items"] == []


def test_a_form_that_is_sent_twice_makes_one_thing(company: Company) -> None:
    body = {"title": "Once", "level": "company", "cycle_id": company.cycle()}
    first = company.admin.post("/objectives", body, Idempotency_Key="k-1")
    again = company.admin.post("/objectives", body, Idempotency_Key="k-1")
    assert again["id"] == first["id"]
    other = company.admin.call("POST", "/objectives", body | {"title": "Other"}, Idempotency_Key="k-1")
    assert (other.status_code, json_of(other)["type"]) == (422, "/problems/idempotency-key-reused")
    assert json_of(other)["made"] == first["id"]
    company.admin.delete(f"/objectives/{first['id']}")
    gone = company.admin.call("POST", "/objectives", body | {"title": "Other"}, Idempotency_Key="k-1")
    assert (gone.status_code, "made" in json_of(gone)) == (422, False)
    invited = {"name": "Max", "email": "max@fernhollow.example"}
    people = [company.admin.post("/people", invited, Idempotency_Key="k-1")["id"] for _ in range(2)]
    assert len(set(people)) == 1


def test_a_member_sets_what_is_theirs_and_no_more(company: Company) -> None:
    lea, max_ = company.hire("Lea"), company.hire("Max")
    cycle_id, team_id = (
        company.cycle(),
        company.team("Ops", lead_id=lea.person_id, member_ids=[max_.person_id]),
    )

    def body(level: str, **fields: Any) -> dict[str, Any]:
        return {"title": "x", "level": level, "cycle_id": cycle_id, **fields}

    max_.post("/objectives", body("company"), 403)
    max_.post("/objectives", body("team", team_id=team_id), 403)
    max_.post("/objectives", body("person", owner_id=lea.person_id), 403)
    own = max_.post("/objectives", body("person"))["id"]
    of_team = lea.post("/objectives", body("team", team_id=team_id, owner_id=max_.person_id))["id"]
    max_.patch(f"/objectives/{of_team}", {"title": "Ours"})
    company.hire("Eve").patch(f"/objectives/{of_team}", {"title": "Hers"}, 403)
    max_.post("/objectives", body("person", team_id=company.team("Another")), 403)
    max_.patch(f"/objectives/{own}", {"team_id": company.team("Other")}, 403)
    max_.patch(f"/objectives/{own}", {"owner_id": lea.person_id}, 403)
    max_.patch(f"/objectives/{own}", {"team_id": company.team("Mine", member_ids=[max_.person_id])})
    lea.patch(f"/objectives/{own}", {"title": "Lea's"}, 403)


def test_a_weight_that_is_not_theirs_to_choose_is_named(company: Company) -> None:
    cycle_id = company.cycle()
    parent = {"kind": "objective", "id": company.objective(cycle_id)}
    body = {"title": "x", "level": "person", "cycle_id": cycle_id, "parent": parent, "weight": 2}
    max_ = company.hire("Max")
    assert fields_of(max_.post("/objectives", body, 422)) == {
        "/weight": "Only those who may change the parent decide how much counts in it. Leave the weight at 1."
    }
    own = max_.post("/objectives", body | {"weight": 1})["id"]
    assert company.admin.patch(f"/objectives/{own}", {"weight": 2})["weight"] == 2


def test_a_team_objective_is_not_smuggled_into_a_team_one_does_not_lead(company: Company) -> None:
    lea = company.hire("Lea")
    cycle_id, led, other = company.cycle(), company.team("Led", lead_id=lea.person_id), company.team("Other")
    body = {"title": "x", "level": "team", "cycle_id": cycle_id, "team_id": led, "owner_id": company.admin_id}
    objective_id = lea.post("/objectives", body)["id"]
    lea.patch(f"/objectives/{objective_id}", {"team_id": other}, 403)


def test_what_may_not_be_seen_does_not_exist(company: Company) -> None:
    lea, max_, eve = company.hire("Lea"), company.hire("Max"), company.hire("Eve")
    team_id = company.team("Ops", lead_id=lea.person_id, member_ids=[max_.person_id])
    cycle_id = company.cycle()
    of_team = company.objective(cycle_id, level="team", team_id=team_id, visibility="team")
    private = company.objective(cycle_id, level="person", owner_id=max_.person_id, visibility="private")
    key_result_id = company.key_result(private)
    for caller, visible in (
        (lea, {of_team}),
        (max_, {of_team, private}),
        (eve, set()),
        (company.admin, {of_team, private}),
    ):
        assert {item["id"] for item in caller.get("/objectives")["items"]} == visible
        assert {row["id"] for row in caller.get(f"/tree?cycle_id={cycle_id}")["items"]} - {
            key_result_id
        } == visible
        for item in (of_team, private):
            assert caller.call("GET", f"/objectives/{item}").status_code == (200 if item in visible else 404)
    assert eve.call("GET", f"/key-results/{key_result_id}").status_code == 404
    assert eve.call("PATCH", f"/objectives/{private}", {"title": "x"}, If_Match="*").status_code == 404
    assert eve.get("/tree?cycle_id=" + cycle_id)["counts"] == {"total": 0, "mine": 0}


def test_whoever_may_see_but_not_change_is_told_so_before_they_try(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    key_result_id = company.key_result(objective_id)
    eve = company.hire("Eve")
    assert eve.get(f"/objectives/{objective_id}")["can"] == {
        "change": False,
        "create_key_result": False,
        "delete": False,
        "follow": True,
    }
    assert not any(eve.get(f"/key-results/{key_result_id}")["can"].values())
    company.admin.patch(f"/key-results/{key_result_id}", {"delegate_id": eve.person_id})
    assert eve.get(f"/key-results/{key_result_id}")["can"]["check_in"] is True
    assert eve.call("PATCH", f"/key-results/{key_result_id}", {"title": "x"}, If_Match="*").status_code == 403


def test_the_way_to_a_thing_leads_over_the_key_result_that_carries_it(company: Company) -> None:
    cycle_id = company.cycle()
    top = company.objective(cycle_id, "Top")
    carrier = company.key_result(top, "Carrier")
    below = company.objective(cycle_id, "Below", parent={"kind": "key_result", "id": carrier})
    leaf = company.key_result(below, "Leaf")
    assert [crumb["title"] for crumb in company.admin.get(f"/objectives/{below}")["ancestors"]] == [
        "Top",
        "Carrier",
    ]
    titles = [crumb["title"] for crumb in company.admin.get(f"/key-results/{leaf}")["ancestors"]]
    assert titles == ["Top", "Carrier", "Below"]
    view = company.admin.get(f"/objectives/{top}")
    assert [item["id"] for item in view["children"]] == [below]
    assert [item["id"] for item in company.admin.get(f"/objectives/{top}/children")["items"]] == [below]


def test_a_hidden_parent_is_told_of_without_its_title(company: Company) -> None:
    cycle_id, lea = company.cycle(), company.hire("Lea")
    top = company.objective(cycle_id, "Top")
    middle = company.objective(cycle_id, "Secret", parent={"kind": "objective", "id": top})
    child = company.objective(
        cycle_id,
        "Child",
        level="person",
        owner_id=lea.person_id,
        parent={"kind": "objective", "id": middle},
    )
    below = company.objective(
        cycle_id, "Below", level="person", owner_id=lea.person_id, parent={"kind": "objective", "id": child}
    )
    assert lea.get(f"/objectives/{child}")["parent_hidden"] is False
    company.admin.patch(f"/objectives/{middle}", {"visibility": "private"})

    told = lea.get(f"/objectives/{child}")
    assert told["parent_hidden"] is True
    assert [crumb["title"] for crumb in told["ancestors"]] == ["Top"]
    crumbs = lea.get(f"/objectives/{below}")["ancestors"]
    assert [(crumb["title"], crumb["below_hidden"]) for crumb in crumbs] == [("Top", False), ("Child", True)]
    rows = {row["id"]: row for row in lea.get(f"/tree?cycle_id={cycle_id}")["items"]}
    assert {row_id for row_id, row in rows.items() if row.get("parent_hidden")} == {child}
    assert "Secret" not in json.dumps([told, crumbs, list(rows.values())])


def test_the_owner_of_a_child_edits_and_moves_it_from_a_hidden_parent(company: Company) -> None:
    cycle_id, lea = company.cycle(), company.hire("Lea")
    secret = company.objective(cycle_id, "Secret")
    child = company.objective(
        cycle_id,
        "Child",
        level="person",
        owner_id=lea.person_id,
        parent={"kind": "objective", "id": secret},
    )
    company.admin.patch(f"/objectives/{secret}", {"visibility": "private"})
    assert lea.patch(f"/objectives/{child}", {"title": "Renamed"})["title"] == "Renamed"
    refused = lea.call(
        "PATCH", f"/objectives/{child}", {"parent": {"kind": "key_result", "id": "gone"}}, If_Match="*"
    )
    assert (refused.status_code, json_of(refused)["errors"][0]["pointer"]) == (422, "/parent")
    assert lea.patch(f"/objectives/{child}", {"parent": None})["parent"] is None


def test_followers_come_and_go_without_anybodys_form_becoming_stale(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    eve = company.hire("Eve")
    for _ in range(2):
        assert eve.call("PUT", f"/objectives/{objective_id}/followers/me").status_code == 204
    found = company.admin.get(f"/objectives/{objective_id}")
    assert (found["follower_ids"], found["rev"]) == ([eve.person_id], 1)
    assert eve.call("DELETE", f"/objectives/{objective_id}/followers/me").status_code == 204
    assert company.admin.get(f"/objectives/{objective_id}")["follower_ids"] == []
