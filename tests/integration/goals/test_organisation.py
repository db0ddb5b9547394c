"""Set-up, people, teams and cycles over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libs.chassis.auth import Principal
from libs.chassis.mongo import new_id
from services.goals.storage.opening import ports_on
from services.goals.usecases.activate_person import activate_person
from tests.integration.goals.conftest import Caller, Company
from tests.integration.goals.test_objectives import fields_of


def test_setting_up_twice_makes_one_organisation(company: Company) -> None:
    before = company.admin.get("/organisation")
    company.set_up()
    assert company.admin.get("/organisation") == before
    assert len(company.admin.get("/people")["items"]) == 1


def test_only_the_platform_itself_sets_up(company: Company) -> None:
    body = {
        "organisation_id": new_id(),
        "organisation_name": "Mine",
        "time_zone": "UTC",
        "person_id": new_id(),
        "name": "Eve",
        "email": "eve@x.example",
    }
    company.admin.post("/internal/organisations", body, 403)
    assert company.client.post("/internal/organisations", json=body).status_code == 401


def test_a_token_that_may_only_read_writes_nothing(company: Company) -> None:
    principal = Principal(
        company.admin_id, company.organisation_id, frozenset({"admin"}), frozenset({"read"})
    )
    reader = Caller(company.client, company.minter.mint(principal, ["goals"]), company.admin_id, "")
    reader.get("/me")
    reader.post("/teams", {"name": "Ops"}, 403)


def test_me_is_the_caller_with_teams_and_organisation(company: Company) -> None:
    lea = company.hire("Lea")
    team_id = company.team("Ops", lead_id=lea.person_id)
    me = lea.get("/me")
    assert (me["id"], me["name"], me["role"], me["state"]) == (lea.person_id, "Lea", "member", "invited")
    assert [team["id"] for team in me["teams"]] == [team_id]
    assert me["organisation"]["id"] == company.organisation_id


def test_an_address_belongs_to_one_person_of_an_organisation(found_company: Callable[[], Company]) -> None:
    company, other = found_company(), found_company()
    company.hire("Max")
    body = {"name": "Max Two", "email": "MAX@fernhollow.example"}
    assert "/email" in fields_of(company.admin.post("/people", body, 422))
    other.admin.post("/people", body)
    for wrong in ("max", "max@", "a b@x.example", "max@x.example\nBcc: eve@x.example"):
        assert "/email" in fields_of(company.admin.post("/people", {"name": "x", "email": wrong}, 422))


def test_people_change_themselves_and_admins_change_access(company: Company) -> None:
    max_, eve = company.hire("Max"), company.hire("Eve")
    path = f"/people/{max_.person_id}"
    assert max_.patch(path, {"name": "Maximilian", "time_zone": "Europe/Zurich"})["name"] == "Maximilian"
    assert "/time_zone" in fields_of(max_.patch(path, {"time_zone": "Mars/Olympus"}, 422))
    eve.patch(path, {"name": "M"}, 403)
    max_.patch(path, {"role": "admin"}, 403)
    max_.patch(path, {"email": "new@fernhollow.example"}, 403)
    assert company.admin.patch(path, {"role": "leader"})["role"] == "leader"
    assert "/state" in fields_of(company.admin.patch(path, {"state": "active"}, 422))


def test_the_last_admin_stays(company: Company) -> None:
    path = f"/people/{company.admin_id}"
    for changes in ({"role": "member"}, {"state": "disabled"}):
        assert company.admin.patch(path, changes, 409)["type"] == "/problems/last-admin"


def test_an_invitation_can_be_repeated_until_it_is_accepted(company: Company) -> None:
    max_ = company.hire("Max")
    company.admin.post(f"/people/{max_.person_id}/invitation", None, 200)
    max_.post(f"/people/{max_.person_id}/invitation", None, 403)
    stored = company.database["people"].find_one({"_id": max_.person_id})
    assert stored is not None
    assert [event["data"]["invitation"] for event in stored["outbox"]] == [1, 2]
    ports = ports_on(company.database)
    assert activate_person(company.organisation_id, max_.person_id, ports)
    assert not activate_person(company.organisation_id, max_.person_id, ports)
    assert company.admin.get(f"/people/{max_.person_id}")["state"] == "active"
    company.admin.post(f"/people/{max_.person_id}/invitation", None, 409)


def test_a_corrected_address_is_invited_anew_until_somebody_accepted(company: Company) -> None:
    max_ = company.hire("Max")
    path = f"/people/{max_.person_id}"
    company.admin.patch(path, {"email": "max.berg@fernhollow.example"})
    company.admin.patch(path, {"email": "Max.Berg@fernhollow.example"})
    assert activate_person(company.organisation_id, max_.person_id, ports_on(company.database))
    company.admin.patch(path, {"email": "m.berg@fernhollow.example"})
    stored = company.database["people"].find_one({"_id": max_.person_id})
    assert stored is not None
    assert [event["data"]["invitation"] for event in stored["outbox"]] == [1, 2, 2, 2, 2]


def test_teams_have_names_of_their_own_and_never_stand_above_themselves(company: Company) -> None:
    top = company.team("Platform")
    below = company.team("Platform", parent_id=top)
    slugs = [team["slug"] for team in company.admin.get("/teams")["items"]]
    assert slugs == ["platform", "platform-2"]
    assert "/slug" in fields_of(company.admin.post("/teams", {"name": "x", "slug": "platform"}, 422))
    assert "/slug" in fields_of(company.admin.post("/teams", {"name": "x", "slug": "No Good"}, 422))
    assert "/parent_id" in fields_of(company.admin.patch(f"/teams/{top}", {"parent_id": below}, 422))
    assert "/parent_id" in fields_of(company.admin.patch(f"/teams/{top}", {"parent_id": top}, 422))
    assert "/member_ids" in fields_of(company.admin.patch(f"/teams/{top}", {"member_ids": ["nobody"]}, 422))
    assert company.admin.delete(f"/teams/{top}", 409)["type"] == "/problems/team-in-use"
    company.admin.delete(f"/teams/{below}")
    company.admin.delete(f"/teams/{top}")
    assert company.admin.get("/teams")["items"] == []


def test_a_lead_changes_their_team_and_nobody_elses(company: Company) -> None:
    lea = company.hire("Lea")
    led, other = company.team("Led", lead_id=lea.person_id), company.team("Other")
    rhythm = {"every": "biweekly", "weekday": 4, "time": "10:30"}
    assert lea.patch(f"/teams/{led}", {"rhythm": rhythm})["rhythm"] == rhythm
    lea.patch(f"/teams/{other}", {"name": "Mine"}, 403)
    lea.post("/teams", {"name": "New"}, 403)
    lea.delete(f"/teams/{led}", 403)
    for wrong in ({"time": "25:00"}, {"weekday": 7}, {"every": "daily"}):
        lea.patch(f"/teams/{led}", {"rhythm": wrong}, 422)


def test_cycles_end_after_they_start_and_go_from_state_to_state(company: Company) -> None:
    admin = company.admin
    body: dict[str, Any] = {"name": "Q1", "starts_on": "2031-01-01", "ends_on": "2031-01-01"}
    assert "/ends_on" in fields_of(admin.post("/cycles", body, 422))
    path = f"/cycles/{admin.post('/cycles', body | {'ends_on': '2031-03-31', 'state': 'planning'})['id']}"
    assert "/state" in fields_of(admin.patch(path, {"state": "closed"}, 422))
    for state in ("active", "closing", "closed", "closing", "closed"):
        assert admin.patch(path, {"state": state})["state"] == state
    assert admin.patch(path, {"ends_on": "2031-04-30"}, 409)["type"] == "/problems/cycle-closed"
    company.hire("Eve").post("/cycles", body | {"ends_on": "2031-03-31"}, 403)


def test_a_cycle_is_not_cut_off_before_what_is_due_in_it(company: Company) -> None:
    cycle_id = company.cycle(starts_on="2031-01-01", ends_on="2031-12-31")
    company.key_result(company.objective(cycle_id), due_on="2031-12-01")
    assert "/ends_on" in fields_of(company.admin.patch(f"/cycles/{cycle_id}", {"ends_on": "2031-11-30"}, 422))
    company.admin.patch(f"/cycles/{cycle_id}", {"ends_on": "2031-12-01"})


def test_an_admin_draws_the_lines_and_those_not_named_stay(company: Company) -> None:
    changed = company.admin.patch("/organisation", {"thresholds": {"on_track_gap": 0.2}})
    assert (changed["thresholds"]["on_track_gap"], changed["thresholds"]["behind_gap"]) == (0.2, 0.25)
    wrong = company.admin.patch("/organisation", {"thresholds": {"behind_gap": 0.1}}, 422)
    assert "/thresholds/behind_gap" in fields_of(wrong)
    company.hire("Eve").patch("/organisation", {"name": "Mine"}, 403)


def test_lists_are_read_a_page_at_a_time_and_foreign_cursors_refused(company: Company) -> None:
    for name in ("Ann", "Bob", "Cid"):
        company.hire(name)
    first = company.admin.get("/people?limit=3")
    rest = company.admin.get(f"/people?limit=3&cursor={first['next']}")
    names = [person["name"] for person in (*first["items"], *rest["items"])]
    assert (names, rest["next"]) == (["Ann", "Bob", "Cid", "Jun Alder"], None)
    for cursor in ("nonsense", first["next"][:-3], "W10"):
        company.admin.get(f"/people?cursor={cursor}", 400)
    company.admin.get("/people?limit=101", 422)
    assert [person["name"] for person in company.admin.get("/people?q=bo")["items"]] == ["Bob"]
