"""The public API as others use it: by its own description, all at once, and badly."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import schemathesis
import urllib3
from hypothesis import HealthCheck, assume, settings

from tests.e2e.platform import Company, Platform
from tests.fixtures.waiting import until

ADMIN, OWNER = "Ines Larkspur", "Jun Alder"
CLIENTS = 32


@pytest.fixture(scope="session")
def described(platform: Platform) -> Any:
    """The API as `/api/openapi.json` describes it."""
    return schemathesis.openapi.from_url(f"{platform.address}/api/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(max_examples=8, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_operation_answers_as_it_is_described(case: schemathesis.Case[Any], company: Company) -> None:
    """Statuses, types and bodies are those of the description, whatever is sent."""
    # On the wire a single value is a list of one, whatever type the generator thinks it has sent.
    assume(not isinstance((case.query or {}).get("ids"), bool | int | float | str))
    case.call_and_validate(headers={"Authorization": f"Bearer {company.token('Noor Calloway')}"})


def test_the_description_needs_no_outside_address(platform: Platform) -> None:
    """The readable page and the document come from the platform alone."""
    page = urllib3.request("GET", f"{platform.address}/api/docs")
    assert page.status == 200
    document = json.loads(urllib3.request("GET", f"{platform.address}/api/openapi.json").data)
    assert document["openapi"].startswith("3.1")
    for path in ("/api/v1/objectives", "/api/v1/key-results/{key_result_id}/check-ins", "/api/v1/me"):
        assert path in document["paths"], sorted(document["paths"])


def test_thirty_two_people_check_in_at_once_and_the_sum_is_right(company: Company) -> None:
    """One objective, 32 key results, 32 clients: no error, and the average of all of them at the end."""
    objective = company.objective("Many hands at once")
    results = [company.key_result(objective["id"], f"Hand {index}", OWNER)["id"] for index in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as hands:
        list(hands.map(lambda pair: company.check_in(pair[1], OWNER, pair[0] * 3), enumerate(results)))
    wanted = sum(index * 3 for index in range(CLIENTS)) / CLIENTS / 100
    path = f"/objectives/{objective['id']}"
    until(
        lambda: abs((company.api(ADMIN).call("GET", path)["progress"] or 0) - wanted) < 1e-9,
        deadline=20,
        because=f"the objective rolls up to {wanted}",
    )


def test_thirty_two_check_ins_on_one_key_result_are_all_kept(company: Company) -> None:
    """Simultaneous writers of one series lose nothing, and every number of the series is used once."""
    objective = company.objective("One stone, many hands")
    key_result = company.key_result(objective["id"], "Contended", OWNER)["id"]
    with ThreadPoolExecutor(CLIENTS) as hands:
        made = list(hands.map(lambda value: company.check_in(key_result, OWNER, value), range(CLIENTS)))
    assert sorted(check_in["seq"] for check_in in made) == list(range(1, CLIENTS + 1))
    assert len(company.api(OWNER).every(f"/key-results/{key_result}/check-ins")) == CLIENTS


def test_the_same_key_again_is_the_same_check_in(company: Company, platform: Platform) -> None:
    """A repeated request answers 201 with the first check-in; the key with another body is refused."""
    objective = company.objective("Twice is harmless")
    key_result = company.key_result(objective["id"], "Once only", OWNER)["id"]
    headers = {
        "Authorization": f"Bearer {company.token(OWNER)}",
        "Content-Type": "application/json",
        "Idempotency-Key": os.urandom(12).hex(),
    }
    url = f"{platform.address}/api/v1/key-results/{key_result}/check-ins"
    body = json.dumps({"value": 10, "confidence": 7})
    first = urllib3.request("POST", url, body=body, headers=headers)
    again = urllib3.request("POST", url, body=body, headers=headers)
    other = urllib3.request("POST", url, body=json.dumps({"value": 11, "confidence": 7}), headers=headers)
    assert (first.status, again.status, other.status) == (201, 201, 422)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]


BAD_CHECK_INS = {
    "a confidence of 11": ({"value": 1, "confidence": 11}, "/confidence"),
    "no confidence": ({"value": 1}, "/confidence"),
    "a value that is no number": ({"value": "many", "confidence": 5}, "/value"),
    "an operator for a value": ({"value": {"$gt": ""}, "confidence": 5}, "/value"),
    "an operator for a note": ({"value": 1, "confidence": 5, "note": {"$gt": ""}}, "/note"),
    "a day before the cycle": ({"value": 1, "confidence": 5, "as_of": "2001-01-01T00:00:00Z"}, "/as_of"),
    "a field nobody knows": ({"value": 1, "confidence": 5, "colour": "red"}, "/colour"),
}


@pytest.mark.parametrize("case", BAD_CHECK_INS)
def test_a_bad_check_in_is_refused_by_name_and_stores_nothing(
    company: Company, platform: Platform, case: str
) -> None:
    """The problem names the field and says what to do."""
    objective = company.objective(f"Refuses {case}")
    key_result = company.key_result(objective["id"], "Untouched", OWNER)["id"]
    body, pointer = BAD_CHECK_INS[case]
    answer = urllib3.request(
        "POST",
        f"{platform.address}/api/v1/key-results/{key_result}/check-ins",
        body=json.dumps(body),
        headers={
            "Authorization": f"Bearer {company.token(OWNER)}",
            "Content-Type": "application/json",
            "Idempotency-Key": os.urandom(12).hex(),
        },
    )
    assert answer.status == 422, answer.data
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert company.api(OWNER).every(f"/key-results/{key_result}/check-ins") == []


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400"])
def test_a_value_that_is_not_finite_is_refused(company: Company, platform: Platform, value: str) -> None:
    """What JSON itself does not know is a malformed request; what overflows names the field."""
    objective = company.objective(f"Refuses {value}")
    key_result = company.key_result(objective["id"], "Untouched", OWNER)["id"]
    answer = urllib3.request(
        "POST",
        f"{platform.address}/api/v1/key-results/{key_result}/check-ins",
        body=f'{{"value": {value}, "confidence": 5}}',
        headers={
            "Authorization": f"Bearer {company.token(OWNER)}",
            "Content-Type": "application/json",
            "Idempotency-Key": os.urandom(12).hex(),
        },
    )
    assert answer.status in {400, 422}, answer.data
    assert company.api(OWNER).every(f"/key-results/{key_result}/check-ins") == []


def test_somebody_elses_key_result_is_refused(company: Company, platform: Platform) -> None:
    """Neither owner, delegate nor lead: 403, and nothing is stored."""
    objective = company.objective("Not yours")
    key_result = company.key_result(objective["id"], "Priya's own", "Priya Thornbury")["id"]
    answer = urllib3.request(
        "POST",
        f"{platform.address}/api/v1/key-results/{key_result}/check-ins",
        body=json.dumps({"value": 1, "confidence": 5}),
        headers={
            "Authorization": f"Bearer {company.token('Teo Rowan')}",
            "Content-Type": "application/json",
            "Idempotency-Key": os.urandom(12).hex(),
        },
    )
    assert answer.status == 403, answer.data


def test_a_closed_cycle_takes_no_more_check_ins(company: Company, platform: Platform) -> None:
    """The last quarter is closed: 409, with a word on what to do."""
    admin = company.api(ADMIN)
    closed = admin.every(f"/key-results?cycle_id={company.closed_cycle['id']}")[0]
    answer = urllib3.request(
        "POST",
        f"{platform.address}/api/v1/key-results/{closed['id']}/check-ins",
        body=json.dumps({"value": 1, "confidence": 5}),
        headers={
            "Authorization": f"Bearer {company.token(ADMIN)}",
            "Content-Type": "application/json",
            "Idempotency-Key": os.urandom(12).hex(),
        },
    )
    assert answer.status == 409, answer.data
