"""What is announced, and that it stands in the very document that changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from libs.chassis import mongo
from libs.contracts.codec import decode
from libs.contracts.goals import KeyResultChanged, ObjectiveChanged
from services.goals.events.publications import ANNOUNCED
from services.goals.storage.opening import ports_on
from services.goals.storage.republishing import republish
from services.goals.usecases.announce_key_results import announce_key_results
from services.goals.usecases.judge_day import judge_day
from services.goals.usecases.retell_progress import retell_progress
from tests.integration.goals.conftest import Company


def stored(company: Company, collection: str, item_id: str) -> dict[str, Any]:
    """The document."""
    found = company.database[collection].find_one({"_id": item_id})
    assert found is not None
    return dict(found)


def told(company: Company, collection: str, item_id: str) -> list[tuple[str, int]]:
    """Types and numbers of what waits in its outbox."""
    return [(event["type"], event["seq"]) for event in stored(company, collection, item_id)["outbox"]]


def test_every_change_waits_in_the_document_that_changed_with_its_number(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    company.admin.patch(f"/objectives/{objective_id}", {"title": "New"})
    document = stored(company, "objectives", objective_id)
    assert told(company, "objectives", objective_id) == [
        ("goals.objective.changed.v1", 1),
        ("goals.objective.changed.v1", 2),
    ]
    event = document["outbox"][1]
    assert (event["organisation_id"], event["subject"]) == (company.organisation_id, objective_id)
    assert decode(ObjectiveChanged, event["data"]).title == "New"


def test_key_results_say_what_their_objective_says_once_the_worker_has_told_them(company: Company) -> None:
    lea = company.hire("Lea")
    team_id = company.team("Ops", lead_id=lea.person_id)
    objective_id = company.objective(company.cycle(), level="team", team_id=team_id)
    key_result_id = company.key_result(objective_id)
    other = company.team("Other")
    changes = {"title": "New", "owner_id": lea.person_id, "team_id": other, "visibility": "team"}
    company.admin.patch(f"/objectives/{objective_id}", changes)
    ports = ports_on(company.database)
    while announce_key_results(ports):
        pass
    document = stored(company, "key_results", key_result_id)
    said = decode(KeyResultChanged, document["outbox"][-1]["data"])
    assert (said.objective_title, said.objective_owner_id, said.team_id, said.visibility) == (
        "New",
        lea.person_id,
        other,
        "team",
    )
    assert document["rev"] == 1
    assert len(document["outbox"]) == 2
    assert announce_key_results(ports) == 0


def test_everything_can_be_announced_anew(company: Company) -> None:
    objective_id = company.objective(company.cycle())
    key_result_id = company.key_result(objective_id)
    never_judged = company.objective(company.cycle())
    company.settle()
    company.database["objectives"].update_one({"_id": never_judged}, {"$set": {"measured.status": None}})
    for name in ANNOUNCED:
        company.database[name].update_many({}, {"$set": {"outbox": []}})
    counts = republish(
        company.database, ANNOUNCED, {"objectives": retell_progress(ports_on(company.database))}
    )
    assert counts["key_results"] >= 1
    assert told(company, "key_results", key_result_id) == [("goals.key_result.changed.v1", 1)]
    assert told(company, "people", company.admin_id) == [("goals.person.changed.v1", 1)]
    assert told(company, "organisations", company.organisation_id) == [("goals.organisation.changed.v1", 1)]
    seq = stored(company, "objectives", objective_id)["seq"]
    changed, progressed = "goals.objective.changed.v1", "goals.objective.progressed.v1"
    assert told(company, "objectives", objective_id) == [(changed, seq), (progressed, seq)]
    assert [kind for kind, _ in told(company, "objectives", never_judged)] == [changed]


def test_a_new_day_a_changed_cycle_and_new_lines_judge_every_objective_anew(company: Company) -> None:
    cycle_id = company.cycle()
    objective_id = company.objective(cycle_id)
    company.settle()
    today = mongo.now()  # all of it on one day, also when midnight comes in between
    ports = replace(ports_on(company.database), now=lambda: today)

    def due() -> bool:
        while judge_day(ports, mongo.unavailable).more:
            pass
        found = bool(stored(company, "objectives", objective_id)["rollup_due"] == [objective_id])
        company.settle()
        return found

    assert due()
    assert not due()
    company.admin.patch(f"/cycles/{cycle_id}", {"state": "closed"})
    assert due()
    assert company.admin.get(f"/objectives/{objective_id}")["status"] == "closed"
    assert not due()
    company.admin.patch(f"/cycles/{cycle_id}", {"state": "closing"})
    assert due()
    company.admin.patch("/organisation", {"thresholds": {"on_track_gap": 0.2}})
    assert due()
    company.admin.patch("/organisation", {"name": "Fernhollow again"})
    assert not due()
