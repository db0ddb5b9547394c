"""The resources as clients meet them: what is answered, and what is refused and how."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pymongo import MongoClient
from pymongo.database import Database

from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.mongo import now
from libs.chassis.settings import Settings
from services.checkins import app as checkins
from services.checkins.domain.check_in import MOST_VERSIONS
from services.checkins.domain.copies import Rhythm
from services.checkins.storage import indexes
from services.checkins.storage.copies import MongoCopies
from services.checkins.usecases.ports import Learnt
from tests.fixtures.problems import problem
from tests.fixtures.waiting import let_pass
from tests.integration.checkins.conftest import Api
from tests.unit.checkins.examples import (
    ADMIN,
    CYCLE,
    DELEGATE,
    KEY_RESULT,
    LEAD,
    MEMBER,
    ORG,
    ORGANISATION,
    OUTSIDER,
    OWNER,
    PEOPLE,
    TEAM,
    WATCHER,
)

Document = dict[str, Any]
PATH = "/key-results/restore-time/check-ins"
GOOD = {"value": 40, "confidence": 7}


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture(scope="module", autouse=True)
def noon() -> Iterator[None]:
    """It is noon when the module begins: no day ends between what it stores and what it asks."""
    with time_machine.travel(datetime.now(UTC).replace(hour=12, minute=0), tick=True):
        yield


@pytest.fixture(scope="module")
def mongo_database(mongo_client: MongoClient[Document]) -> Iterator[str]:
    """One database for the module: making indexes takes longer than most of these tests."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield name
    mongo_client.drop_database(name)


@pytest.fixture(scope="module")
def database(mongo_client: MongoClient[Document], mongo_database: str) -> Database[Document]:
    """The same, opened."""
    return mongo_client[mongo_database]


@pytest.fixture(scope="module")
def api(
    mongo_url: str, mongo_database: str, database: Database[Document], key_pair: tuple[str, str]
) -> Iterator[Api]:
    """The web role on it. RabbitMQ does not exist for it, and nobody answers for goals."""
    environ = {
        "CAIRN_ENVIRONMENT": "test",
        "CAIRN_LOG_LEVEL": "warning",
        "CAIRN_MONGO_URL": mongo_url,
        "CAIRN_MONGO_DATABASE": mongo_database,
        "CAIRN_AMQP_URL": "amqp://127.0.0.1:9/none",
        "CAIRN_TOKEN_PUBLIC_KEY": key_pair[1],
        "CAIRN_GOALS_URL": "http://127.0.0.1:9",
    }
    indexes.ensure(database)
    app = checkins.build_web(Settings(environ))
    yield Api(app, TokenMinter(key_pair[0]))
    app.extensions["mongo"].close()


@pytest.fixture(autouse=True)
def company(database: Database[Document]) -> None:
    """Only the copies as the consumer keeps them; no worker is needed to answer requests."""
    for name in ("check_ins", "key_results"):
        database[name].delete_many({})
    copies = MongoCopies(database)
    begin, end = today() - timedelta(days=50), today() + timedelta(days=50)
    copies.organisations([Learnt(ORGANISATION, 1)])
    copies.people([Learnt(person, 1) for person in PEOPLE])
    copies.cycles([Learnt(replace(CYCLE, starts_on=begin, ends_on=end), 1)])
    copies.teams([Learnt(replace(TEAM, rhythm=Rhythm("weekly", today().weekday(), "09:00")), 1)])
    made = replace(KEY_RESULT, created_on=begin + timedelta(days=10))
    done = replace(made, id="rota", kind="boolean", start=0.0, target=1.0, delegate_id=None)
    copies.key_results([Learnt(made, 1), Learnt(done, 1)])


def fields_of(body: Document) -> list[str]:
    """Which fields the problem names."""
    return [error["pointer"] for error in body["errors"]]


def test_a_check_in_is_answered_with_where_it_is_and_what_it_means(api: Api) -> None:
    answer = api.check_in(40, 8, note="  The rota works.\nAt night. ", adjustment="More of it")
    assert answer.status_code == 201
    body = answer.get_json()
    assert answer.headers["Location"] == f"/api/v1/check-ins/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert body == {
        "id": body["id"],
        "key_result_id": "restore-time",
        "objective_id": "trust",
        "seq": 1,
        "value": 40.0,
        "confidence": 8,
        "note": "The rota works.\nAt night.",
        "challenge": "",
        "adjustment": "More of it",
        "author_id": OWNER,
        "as_of": body["as_of"],
        "recorded_at": body["as_of"],
        "raw_progress": 0.6,
        "progress": 0.6,
        "expected": 0.5,
        "status": "on_track",
        "revision_of": None,
        "withdrawn": False,
    }
    assert body["as_of"].endswith("Z")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/value", "/confidence"]),
        ({**GOOD, "value": "40"}, ["/value"]),
        ({**GOOD, "value": None}, ["/value"]),
        ({**GOOD, "value": True}, ["/value"]),
        ({**GOOD, "value": {"$gt": ""}}, ["/value"]),
        ({**GOOD, "value": [1]}, ["/value"]),
        ({**GOOD, "value": 1e300}, ["/value"]),
        ({**GOOD, "confidence": 11}, ["/confidence"]),
        ({**GOOD, "confidence": -1}, ["/confidence"]),
        ({**GOOD, "confidence": 7.5}, ["/confidence"]),
        ({**GOOD, "confidence": {"$gt": ""}}, ["/confidence"]),
        ({**GOOD, "note": {"$gt": ""}}, ["/note"]),
        ({**GOOD, "note": "x" * 2001}, ["/note"]),
        ({**GOOD, "note": "bell \x07"}, ["/note"]),
        ({**GOOD, "challenge": 7}, ["/challenge"]),
        ({**GOOD, "as_of": "yesterday"}, ["/as_of"]),
        ({**GOOD, "as_of": "2031-11-18T09:00:00"}, ["/as_of"]),
        ({**GOOD, "as_of": {"$gt": ""}}, ["/as_of"]),
        ({**GOOD, "author_id": ADMIN}, ["/author_id"]),
        ({**GOOD, "withdrawn": True}, ["/withdrawn"]),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    api: Api, database: Database[Document], body: Document, pointers: list[str]
) -> None:
    answer = api.send("POST", PATH, body, Idempotency_Key="k")
    told = problem(answer, 422, "invalid-fields")
    assert fields_of(told) == pointers
    assert all(error["message"] for error in told["errors"])
    assert database["check_ins"].count_documents({}) == 0


@pytest.mark.parametrize("raw", [b'{"value": NaN, "confidence": 7}', b'{"value": 1e999, "confidence": 7}'])
def test_what_is_no_finite_number_is_refused(api: Api, raw: bytes) -> None:
    headers = {**api.headers(OWNER), "Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = api.client().post(f"/api/v1{PATH}", data=raw, headers=headers)
    assert fields_of(problem(answer, 422, "invalid-fields")) == ["/value"]


@pytest.mark.parametrize(
    ("offset", "told"), [(timedelta(minutes=5), "still to come"), (timedelta(days=-51), "cycle begins on")]
)
def test_moments_outside_are_refused_with_what_to_do(api: Api, offset: timedelta, told: str) -> None:
    answer = api.check_in(40, as_of=(datetime.now(UTC) + offset).isoformat())
    body = problem(answer, 422, "invalid-fields")
    assert fields_of(body) == ["/as_of"]
    assert told in body["errors"][0]["message"]


def test_done_or_not_is_one_or_zero(api: Api) -> None:
    assert fields_of(problem(api.check_in(0.5, key_result_id="rota"), 422, "invalid-fields")) == ["/value"]
    done = api.check_in(1, key_result_id="rota").get_json()
    assert (done["progress"], done["status"]) == (1.0, "achieved")


def test_a_write_needs_a_key(api: Api) -> None:
    problem(api.send("POST", PATH, GOOD), 400, "missing-idempotency-key")
    problem(api.send("POST", PATH, GOOD, Idempotency_Key="x" * 201), 400, "missing-idempotency-key")


def test_a_repeated_key_repeats_the_answer_or_is_refused(api: Api) -> None:
    first = api.check_in(40, key="once")
    again = api.check_in(40, key="once")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.get_json() == first.get_json()
    assert "Idempotency-Replayed" not in first.headers
    told = problem(api.check_in(41, key="once"), 422, "idempotency-key-reused")
    assert fields_of(told) == ["headers:Idempotency-Key"]
    assert told["made"] == first.get_json()["id"]


def test_nobody_without_a_token(api: Api) -> None:
    answer = api.client().post(f"/api/v1{PATH}", json=GOOD, headers={"Idempotency-Key": "k"})
    problem(answer, 401, "unauthenticated")


def test_a_token_that_may_only_read_writes_nothing(api: Api) -> None:
    principal = Principal(OWNER, ORG, frozenset({"member"}), frozenset({"read"}))
    headers = {"Authorization": f"Bearer {api._minter.mint(principal, ['checkins'])}", "Idempotency-Key": "k"}
    problem(api.client().post(f"/api/v1{PATH}", json=GOOD, headers=headers), 403, "forbidden")
    assert api.client().get(f"/api/v1{PATH}", headers=headers).get_json() == {"items": [], "next": None}


@pytest.mark.parametrize("person_id", [MEMBER, OUTSIDER, WATCHER])
def test_someone_elses_key_result_is_refused(api: Api, person_id: str) -> None:
    told = problem(api.check_in(40, person_id=person_id), 403, "forbidden")
    assert "owner" in told["detail"]


def test_if_match_refuses_who_read_an_older_series(api: Api) -> None:
    standing = api.get("/key-results/restore-time/standing")
    assert standing.headers["ETag"] == '"0"'
    assert api.send("POST", PATH, GOOD, Idempotency_Key="a", If_Match='"0"').status_code == 201
    problem(api.send("POST", PATH, GOOD, Idempotency_Key="b", If_Match='"0"'), 412, "stale-revision")
    assert api.send("POST", PATH, GOOD, Idempotency_Key="c", If_Match='"1"').status_code == 201


def test_a_revision_shows_both_versions_in_history(api: Api) -> None:
    first = api.check_in(68, note="mean").get_json()
    revised = api.send("PATCH", f"/check-ins/{first['id']}", {"value": 78, "note": "median"}).get_json()
    assert (revised["revision_of"], revised["seq"], revised["progress"]) == (first["id"], 2, 0.22)
    (entry,) = api.get(PATH).get_json()["items"]
    assert (entry["id"], entry["value"], entry["value_progress"]) == (first["id"], 78.0, 0.22)
    assert [(version["value"], version["note"]) for version in entry["revisions"]] == [
        (68.0, "mean"),
        (78.0, "median"),
    ]
    read = api.get(f"/check-ins/{revised['id']}")
    assert (read.get_json(), read.headers["ETag"]) == (entry, '"2"')


def test_a_check_in_that_was_revised_fifty_times_is_recorded_anew(api: Api) -> None:
    path = f"/check-ins/{api.check_in(0).get_json()['id']}"
    for value in range(1, MOST_VERSIONS):
        assert api.send("PATCH", path, {"value": value}).status_code == 200
    problem(api.send("PATCH", path, {"value": 99}), 409, "too-many-versions")


def test_a_revision_may_not_rewrite_its_author_or_its_time(api: Api) -> None:
    first = api.check_in(68).get_json()
    body = {"author_id": ADMIN, "as_of": "2031-11-18T09:00:00Z", "value": 1}
    answer = api.send("PATCH", f"/check-ins/{first['id']}", body)
    assert sorted(fields_of(problem(answer, 422, "invalid-fields"))) == ["/as_of", "/author_id"]


def test_only_author_and_admin_revise_and_only_the_author_undoes(api: Api) -> None:
    path = f"/check-ins/{api.check_in(68, person_id=DELEGATE).get_json()['id']}"
    problem(api.send("PATCH", path, {"value": 1}, LEAD), 403, "forbidden")
    problem(api.send("DELETE", path, person_id=ADMIN), 403, "forbidden")
    assert api.send("PATCH", path, {"value": 60}, ADMIN).status_code == 200
    assert api.send("DELETE", path, person_id=DELEGATE).status_code == 200
    problem(api.send("PATCH", path, {"value": 1}, DELEGATE), 409, "check-in-withdrawn")


def test_an_undo_brings_back_what_was_before(api: Api) -> None:
    api.check_in(80)
    slip = api.check_in(8).get_json()
    undone = api.send("DELETE", f"/check-ins/{slip['id']}").get_json()
    assert (undone["withdrawn"], undone["progress"], undone["revision_of"]) == (True, 0.2, slip["id"])
    assert api.get("/key-results/restore-time/standing").get_json()["standing"]["current"] == 80.0
    assert [entry["withdrawn"] for entry in api.get(PATH).get_json()["items"]] == [True, False]


def test_after_ten_seconds_undo_is_refused(api: Api, database: Database[Document]) -> None:
    made = api.check_in(80).get_json()
    database["check_ins"].update_one(
        {"_id": made["id"]}, {"$set": {"recorded_at": now() - timedelta(seconds=11)}}
    )
    told = problem(api.send("DELETE", f"/check-ins/{made['id']}"), 409, "undo-expired")
    assert "Revise" in told["detail"]


def test_history_is_read_page_by_page(api: Api) -> None:
    for value in range(5):
        api.check_in(value)
        let_pass(0.002)  # two moments that differ
    seen: list[float] = []
    query = "?limit=2"
    while True:
        page = api.get(PATH + query).get_json()
        seen += [entry["value"] for entry in page["items"]]
        if page["next"] is None:
            break
        query = f"?limit=2&cursor={page['next']}"
    assert seen == [4.0, 3.0, 2.0, 1.0, 0.0]
    problem(api.get(f"{PATH}?cursor=bm9wZQ"), 400, "bad-request")
    problem(api.get(f"{PATH}?limit=0"), 422, "invalid-fields")
    problem(api.get(f"{PATH}?limit[$gt]=1"), 422, "invalid-fields")


def test_the_standing_has_all_that_its_page_needs(api: Api) -> None:
    api.check_in(80, 3)
    told = api.get("/key-results/restore-time/standing", WATCHER).get_json()
    assert told["standing"]["status"] == "at_risk"
    assert [reason["rule"] for reason in told["standing"]["reasons"]] == [
        "progress",
        "expected",
        "gap",
        "confidence",
    ]
    assert [reason["decisive"] for reason in told["standing"]["reasons"]] == [False, False, True, True]
    assert told["standing"]["expected_value"] == 50.0
    assert told["definition"]["starts_on"] == (today() - timedelta(days=50)).isoformat()
    assert told["schedule"]["next_check_in_on"] == (today() + timedelta(days=7)).isoformat()
    line = told["expected_line"]
    assert (line[0]["share"], line[0]["value"]) == (0.0, 100.0)
    assert (line[-1]["share"], line[-1]["value"], line[-1]["on"]) == (1.0, 0.0, told["definition"]["due_on"])
    assert told["may_check_in"] is False


def test_what_i_owe_is_on_one_list(api: Api) -> None:
    def owed(person_id: str) -> list[str]:
        items = api.get("/check-ins/due", person_id).get_json()["items"]
        return [item["definition"]["key_result_id"] for item in items]

    assert (owed(OWNER), owed(DELEGATE)) == (["rota"], ["restore-time"])
    assert owed(OUTSIDER) == []
    api.check_in(40)
    assert owed(OWNER) == ["rota"]
    page = api.get("/check-ins/due", DELEGATE).get_json()
    assert (page["items"], page["done"][0]["standing"]["current"]) == ([], 40)


def test_a_teams_week_counts_its_stones(api: Api) -> None:
    week = api.get(f"/check-ins/week?team_id={TEAM.id}", OUTSIDER).get_json()
    assert (week["team_name"], week["laid"], week["owed"], week["total"]) == (TEAM.name, 0, 2, 2)
    assert {person["person_id"]: person["owed"] for person in week["people"]} == {OWNER: 1, DELEGATE: 1}
    problem(api.get("/check-ins/week"), 422, "invalid-fields")
    problem(api.get("/check-ins/week?team_id=nowhere"), 404, "not-found")


@pytest.mark.parametrize("path", ["/check-ins/nothing", "/check-ins/%00", "/check-ins/$gt"])
def test_what_does_not_exist_is_not_found(api: Api, path: str) -> None:
    problem(api.get(path), 404, "not-found")


def test_an_unknown_key_result_waits_for_the_service_that_knows(api: Api) -> None:
    answer = api.check_in(40, key_result_id="unheard-of")
    problem(answer, 503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_list_takes_only_what_a_list_takes(api: Api) -> None:
    for name in ("due", "week"):
        answer = api.send("DELETE", f"/check-ins/{name}")
        problem(answer, 405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    problem(api.get("/check-ins/dues"), 404, "not-found")


def test_every_operation_is_documented(api: Api) -> None:
    document = api.client().get("/openapi.json").get_json()
    operations = {
        (method, path): item[method]
        for path, item in document["paths"].items()
        for method in ("get", "post", "patch", "delete")
        if method in item
    }
    assert set(operations) == {
        ("post", "/api/v1/key-results/{key_result_id}/check-ins"),
        ("get", "/api/v1/key-results/{key_result_id}/check-ins"),
        ("get", "/api/v1/key-results/{key_result_id}/standing"),
        ("get", "/api/v1/check-ins/due"),
        ("get", "/api/v1/check-ins/week"),
        ("get", "/api/v1/check-ins/{check_in_id}"),
        ("patch", "/api/v1/check-ins/{check_in_id}"),
        ("delete", "/api/v1/check-ins/{check_in_id}"),
        ("post", "/internal/outdated"),
    }
    assert all(operation.get("summary") for operation in operations.values())
    recorded = operations["post", "/api/v1/key-results/{key_result_id}/check-ins"]["responses"]
    assert {"201", "400", "401", "403", "404", "409", "412", "422", "503"} <= set(recorded)
