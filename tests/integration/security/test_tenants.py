"""Two organisations: the ids of one, swapped into every position of every request of the other."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from pymongo import MongoClient

from libs.chassis.mongo import now
from libs.contracts.permissions import Role
from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import sign_in
from tests.integration.gateway.platform import SERVICES, Answer, Caller, Platform
from tests.integration.permissions.scene import Actor, Organisation, Place, Scene
from tests.integration.permissions.table import ROWS
from tests.integration.security.requests import Call, Description, call_of

Document = dict[str, Any]
# What changes by itself, or because its own people look.
VOLATILE = ("updated_at", "last_used_at", "seen_at")
LEDGER = "ledger"  # its mails are being sent all the while
DEBTS = ("outbox", "standing_due", "rollup_due", "announce_due", "recheck_due", "judge_due")
SECRET_LINKS = ("/invitations/", "/password/")


@dataclass
class Foreign:
    """Another organisation's things: their ids by what they are, and words that stand nowhere else."""

    ids: dict[str, str]
    words: tuple[str, ...]

    def id_for(self, name: str) -> str | None:
        """The foreign id that fits a field or parameter of this name; None where it holds no id."""
        single = name.removesuffix("s") if name in ("ids", "member_ids") else name
        known = {
            "lead_id": "person_id",
            "owner_id": "person_id",
            "delegate_id": "person_id",
            "member_id": "person_id",
            "root": "objective_id",
            "id": "key_result_id",
        }
        return self.ids.get(known.get(single, single))


@pytest.fixture(scope="module")
def foreign(platform: Platform, mongo_client: MongoClient[Document], abroad: Organisation) -> Foreign:
    """One thing of each kind abroad; all that was said of them has been heard."""
    mark = uuid.uuid4().hex
    objective = abroad.objective(abroad.bystander_id, abroad.other_team_id, title=f"Objective {mark}")
    key_result = abroad.key_result(objective, abroad.bystander_id)
    check_in = abroad.admin.made(
        f"/key-results/{key_result}/check-ins",
        {"value": 60, "confidence": 6, "note": f"Note {mark}"},
        Idempotency_Key=mark,
    )
    token = abroad.admin.made("/me/tokens", {"name": f"Token {mark}", "scopes": ["read"]})
    team = abroad.admin.call("GET", f"/teams/{abroad.other_team_id}").body["name"]
    cycle = abroad.admin.call("GET", f"/cycles/{abroad.cycle_id}").body["name"]
    email = abroad.admin.call("GET", f"/people/{abroad.bystander_id}").body["email"]
    path = f"/check-ins/week?team_id={abroad.other_team_id}"
    until(lambda: abroad.admin.call("GET", path).status == HTTPStatus.OK, 30, "the copies have caught up")
    ids = {
        "objective_id": objective,
        "key_result_id": key_result,
        "check_in_id": str(check_in["id"]),
        "team_id": abroad.other_team_id,
        "person_id": abroad.bystander_id,
        "cycle_id": abroad.cycle_id,
        "token_id": str(token["id"]),
        "parent_id": abroad.other_team_id,
        "organisation_id": platform_organisation(platform, abroad),
    }
    be_heard(platform, mongo_client, abroad, ids["organisation_id"])
    return Foreign(ids, (mark, team, cycle, email))


def platform_organisation(platform: Platform, abroad: Organisation) -> str:
    """The id of the organisation itself."""
    account = platform.database["accounts"].find_one({"_id": abroad.admin_id})
    assert account is not None
    return str(account["organisation_id"])


@pytest.fixture(scope="module")
def scene(home: Organisation, abroad: Organisation, actors: dict[Role, Actor]) -> Scene:
    """An admin at home, with things of their own: nobody may do more."""
    return Scene(actors[Role.ADMIN], Place.OWN, home, abroad)


@pytest.fixture(scope="module")
def described(platform: Platform) -> Description:
    """The merged OpenAPI document."""
    return Description(platform)


def belongings(platform: Platform, client: MongoClient[Document], organisation_id: str) -> Document:
    """Everything that the platform keeps of an organisation."""
    prefix = platform.database.name.removesuffix("gateway")
    return {
        f"{service}.{name}.{found['_id']}": {key: found[key] for key in found if key not in VOLATILE}
        for service in SERVICES
        for name in client[prefix + service].list_collection_names()
        if name != LEDGER
        for found in client[prefix + service][name].find({"organisation_id": organisation_id})
    }


def be_heard(
    platform: Platform, client: MongoClient[Document], abroad: Organisation, organisation_id: str
) -> None:
    """Those who keep copies have handled what was said of the other organisation until now.

    That an outbox is empty says only that the broker has it. Unless something had to be tried again, a queue
    is handled in order, so whoever keeps what was said last has handled all before it.
    """

    def kept() -> Document:
        return belongings(platform, client, organisation_id)

    until(lambda: not any(item.get("outbox") for item in kept().values()), 30, "everything is said")
    name, person_id = f"Last {uuid.uuid4().hex}", abroad.bystander_id
    changed = abroad.admin.call("PATCH", f"/people/{person_id}", {"name": name}, If_Match="*")
    assert changed.status == HTTPStatus.OK, changed.body
    copies = [f"{where}.{person_id}" for where in ("checkins.people", "notifier.people", "gateway.accounts")]
    until(lambda: [kept().get(copy, {}).get("name") for copy in copies] == [name] * 3, 30, "it is heard")


def come_to_rest(kept: Document, foreign: Foreign) -> bool:
    """Its first day is judged, and all who keep standings know how far its only check-in brought it.

    Nothing is owed by anybody, and time alone changes nothing before the next midnight.
    """
    key_result, objective = foreign.ids["key_result_id"], foreign.ids["objective_id"]
    if any(item.get(debt) for item in kept.values() for debt in DEBTS):
        return False
    evaluate_at = kept[f"checkins.key_results.{key_result}"]["evaluate_at"]
    if evaluate_at is None or evaluate_at <= now():
        return False
    told = kept[f"checkins.key_results.{key_result}"].get("standing")
    rolled_up, there = kept[f"goals.objectives.{objective}"], f"goals.key_results.{key_result}"
    heard = [kept.get(f"notifier.standings.{name}") for name in (key_result, objective)]
    return (
        kept[f"goals.organisations.{foreign.ids['organisation_id']}"]["judged_on"] is not None
        and told is not None
        and rolled_up["measured"] is not None
        and {standing and standing["progress"] for standing in (*heard, told, rolled_up["measured"])}
        == {told["progress"]}
        and {standing and standing["status"] for standing in (heard[0], kept[there]["standing"])}
        == {told["status"]}
    )


@pytest.fixture
def untouched(platform: Platform, mongo_client: MongoClient[Document], foreign: Foreign) -> Iterator[None]:
    """After the test everything abroad is as it was."""
    organisation_id = foreign.ids["organisation_id"]

    def settled() -> Document | None:
        first = belongings(platform, mongo_client, organisation_id)
        if not come_to_rest(first, foreign):
            return None
        return first if first == belongings(platform, mongo_client, organisation_id) else None

    before = until(settled, 30, "nothing moves abroad")
    yield
    assert belongings(platform, mongo_client, organisation_id) == before


def swapped(call: Call, foreign: Foreign, described: Description) -> Iterator[tuple[str, Call]]:
    """The request once for each position that holds an id, with a foreign one there."""
    for name in call.parameters:
        identifier = foreign.id_for(name)
        if identifier is not None:
            yield f"path {name}", call.with_parameter(name, identifier)
    for name in described.query_of(call.route):
        identifier = foreign.id_for(name)
        if identifier is not None:
            yield f"query {name}", call.with_query(name, identifier)
    for name in described.body_of(call.route):
        if name == "parent":
            for kind in ("objective", "key_result"):
                parent = {"kind": kind, "id": foreign.ids[f"{kind}_id"]}
                yield f"body parent {kind}", call.with_body(("parent",), parent)
        identifier = foreign.id_for(name)
        if identifier is not None:
            yield (
                f"body {name}",
                call.with_body((name,), [identifier] if name.endswith("ids") else identifier),
            )


def leaks(answer: Answer, foreign: Foreign) -> list[str]:
    """Words of the other organisation that stand in an answer."""
    said = json.dumps(answer.body) + str(dict(answer.headers))
    return [word for word in foreign.words if word in said]


@pytest.mark.usefixtures("untouched")
def test_a_foreign_id_in_any_position_of_any_request_finds_and_changes_nothing(
    scene: Scene, foreign: Foreign, described: Description
) -> None:
    """Where the very same request with ids of one's own is taken, so it is the id that is refused."""
    wrong, tried = [], 0
    for name in ROWS:
        for position, call in swapped(call_of(name, scene), foreign, described):
            tried += 1
            answer = call.sent(scene.actor.caller)
            empty = answer.status == HTTPStatus.OK and call.method == "GET" and answer.body.get("items") == []
            refused = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
            if not (refused or empty) or leaks(answer, foreign):
                wrong.append(f"{name}, {position}: {answer.status} {str(answer.body)[:300]}")
    assert not wrong, "\n".join(wrong)
    assert tried > 50, "the description still names the positions"


def test_every_request_that_is_swapped_is_taken_with_ids_of_ones_own(scene: Scene) -> None:
    """Else a refusal would say nothing."""
    for name, row in ROWS.items():
        if row.action is None and row.granted >= HTTPStatus.BAD_REQUEST:
            continue
        own = call_of(name, scene)
        answer = own.sent(scene.actor.caller)
        assert answer.status in row.expected(scene) or answer.status == HTTPStatus.FORBIDDEN, (name, answer)


def page_addresses(platform: Platform, foreign: Foreign, method: str) -> Iterator[str]:
    """Pages that name a thing, with the other organisation's thing in their address."""
    for rule in platform.app.url_map.iter_rules():
        if rule.rule.startswith(("/api/", "/static", "/problems", *SECRET_LINKS)):
            continue
        if method in (rule.methods or ()) and foreign_names(rule.rule, foreign):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: foreign.ids.get(found.group(1), "x"), rule.rule)


def foreign_names(rule: str, foreign: Foreign) -> list[str]:
    """The variables of an address that name a thing."""
    return [name for name in re.findall(r"<(?:\w+:)?(\w+)>", rule) if name in foreign.ids]


@pytest.mark.usefixtures("untouched")
def test_no_page_shows_or_changes_a_foreign_thing(platform: Platform, foreign: Foreign) -> None:
    browser = sign_in(platform, ADMIN["email"], ADMIN["password"])
    browser.open("/settings")
    shown, sent = (
        list(page_addresses(platform, foreign, "GET")),
        list(page_addresses(platform, foreign, "POST")),
    )
    assert len(shown) > 5
    assert len(sent) > 5
    for address in shown:
        answer = browser.open(address)
        assert answer.status == HTTPStatus.NOT_FOUND, (address, answer.status)
        assert not leaks(answer, foreign), address
    browser.open("/settings")
    for address in sent:
        answer = browser.send(address, {"title": "Taken over", "name": "Taken over", "value": "1"})
        # Some lead back to a page that says what was wrong; that nothing changed is shown by the documents.
        assert answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}, address
        assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, address
        assert not leaks(answer, foreign), address


QUERIED = (
    *("cycle", "cycle_id", "in", "team", "team_id", "owner", "owner_id", "person"),
    *("parent", "root", "open", "collapsed", "key_result", "but"),
)


@pytest.mark.usefixtures("untouched")
def test_a_foreign_id_in_a_pages_query_shows_nothing(platform: Platform, foreign: Foreign) -> None:
    browser = sign_in(platform, ADMIN["email"], ADMIN["password"])
    for page in (
        "/",
        "/okrs",
        "/check-in",
        "/objectives/new",
        "/objectives/parents",
        "/first-steps",
        "/admin",
    ):
        for name in QUERIED:
            for identifier in foreign.ids.values():
                answer = browser.open(f"{page}?{name}={identifier}")
                assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, (page, name)
                assert not leaks(answer, foreign), (page, name)


def test_the_organisation_comes_from_the_credential_alone(scene: Scene, foreign: Foreign) -> None:
    """No header, query or field of the request names another one."""
    caller: Caller = scene.actor.caller
    organisation_id = foreign.ids["organisation_id"]
    named = {"X_Organisation": organisation_id, "X_Org": organisation_id, "Orgid": organisation_id}
    own = caller.call("GET", "/organisation")
    assert caller.call("GET", "/organisation", **named).body == own.body
    asked = caller.call("GET", f"/organisation?organisation_id={organisation_id}")
    assert asked.status in {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert organisation_id not in str(asked.body.get("id"))
    changed = caller.call("PATCH", "/organisation", {"organisation_id": organisation_id}, If_Match="*")
    assert changed.status == HTTPStatus.UNPROCESSABLE_ENTITY
