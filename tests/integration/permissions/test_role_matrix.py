"""Role by route by place, tried on the real services: what the permission table says is what happens."""

from __future__ import annotations

import json
import uuid

import pytest

from libs.contracts.permissions import Action, Role
from tests.integration.gateway.people import Browser
from tests.integration.gateway.platform import Platform
from tests.integration.permissions.scene import Actor, Organisation, Place, Scene
from tests.integration.permissions.table import ROWS

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.mark.parametrize("route", ROWS)
def test_the_table_holds_in_every_cell(
    route: str, home: Organisation, abroad: Organisation, actors: dict[Role, Actor]
) -> None:
    row, wrong = ROWS[route], []
    for role in Role:
        for place in Place if row.foreign is not None else (Place.OWN,):
            scene = Scene(actors[role], place, home, abroad)
            request = row.ask(scene)
            answer = scene.actor.caller.call(
                route.split(maxsplit=1)[0], request.path, request.body, **request.headers
            )
            if answer.status not in row.expected(scene):
                cell = f"{role.value}, {place.value}: {answer.status} instead of {row.expected(scene)}"
                wrong.append(f"{cell} {answer.body}")
    assert not wrong, "\n".join(wrong)


def test_every_route_of_the_public_api_has_a_row_and_every_row_a_route(platform: Platform) -> None:
    document = json.loads(Browser(platform).open("/api/openapi.json").body)
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }
    assert {" ".join(route.split()[:2]) for route in ROWS} == described


def test_every_permission_is_tried_by_a_row() -> None:
    about_oneself = {Action.NOTIFICATIONS_CHANGE}
    assert {row.action for row in ROWS.values() if row.action} | about_oneself == set(Action)


def test_lists_hold_nothing_of_another_organisation(abroad: Organisation, actors: dict[Role, Actor]) -> None:
    foreign_objective = abroad.objective(abroad.bystander_id, abroad.other_team_id)
    foreign = {foreign_objective, abroad.key_result(foreign_objective, abroad.bystander_id), abroad.cycle_id}
    foreign |= {abroad.bystander_id, abroad.other_team_id}
    for actor in actors.values():
        for path in ("/objectives", "/key-results", "/cycles", "/people", "/teams", "/audit", "/mail-log"):
            answer = actor.caller.call("GET", f"{path}?limit=100")
            assert not any(identifier in str(answer.body) for identifier in foreign), (actor.role, path)
        tree = actor.caller.call("GET", f"/tree?cycle_id={abroad.cycle_id}")
        assert (tree.status, tree.body["errors"][0]["pointer"]) == (422, "?cycle_id")


def test_lists_hide_what_visibility_hides(home: Organisation, actors: dict[Role, Actor]) -> None:
    mark = uuid.uuid4().hex
    private = home.objective(home.bystander_id, home.other_team_id, "private", f"Recover {mark}")
    hidden = home.key_result(private, home.bystander_id)
    for role, actor in actors.items():
        seen = role is Role.ADMIN
        objectives = actor.caller.call("GET", f"/objectives?owner_id={home.bystander_id}&q={mark}")
        assert (private in str(objectives.body)) is seen, role
        assert (hidden in str(actor.caller.call("GET", f"/key-results?ids={hidden}").body)) is seen, role
        tree = actor.caller.call("GET", f"/tree?cycle_id={home.cycle_id}&root={private}")
        assert (tree.status == 200 and private in str(tree.body)) is seen, role


def test_the_rows_below_a_hidden_objective_are_not_found(
    platform: Platform, home: Organisation, actors: dict[Role, Actor]
) -> None:
    mark = uuid.uuid4().hex
    private = home.objective(home.bystander_id, home.other_team_id, "private", f"Recover {mark}")
    hidden = home.key_result(private, home.bystander_id)
    for role, actor in actors.items():
        browser = signed_in(platform, actor)
        rows = browser.open(f"/okrs/{private}/rows?in={home.cycle_id}&depth=1&open={private}")
        assert (rows.status, hidden in rows.body) == ((200, True) if role is Role.ADMIN else (404, False)), (
            role
        )
        page = browser.open(f"/okrs?cycle={home.cycle_id}&open={private}")
        assert page.status == 200, role
        assert role is Role.ADMIN or private not in page.body.replace(f"open={private}", ""), role


def test_only_who_may_check_in_gets_a_preview(
    platform: Platform, home: Organisation, actors: dict[Role, Actor]
) -> None:
    shown = home.objective(home.bystander_id, home.other_team_id, "organisation", "Recover quickly")
    private = home.objective(home.bystander_id, home.other_team_id, "private", "Recover quietly")
    for objective, otherwise in ((shown, 403), (private, 404)):
        key_result = home.key_result(objective, home.bystander_id)
        for role, actor in actors.items():
            browser = signed_in(platform, actor)
            browser.open("/settings")
            answer = browser.send(f"/key-results/{key_result}/check-in/preview", {"value": "1"})
            assert answer.status == (200 if role is Role.ADMIN else otherwise), (role, answer.body[:300])


def signed_in(platform: Platform, actor: Actor) -> Browser:
    """The browser of somebody who came through the sign-in page."""
    browser = Browser(platform)
    browser.open("/sign-in")
    email = str(actor.caller.call("GET", "/me").body["email"])
    answer = browser.send("/sign-in", {"email": email, "password": "nine quiet stones by the river"})
    assert answer.status == 303
    return browser


PAGES = ("/", "/okrs", "/check-in", "/settings", "/api/docs")


def test_everybody_opens_every_page_of_the_navigation_and_only_admins_the_administration(
    platform: Platform, actors: dict[Role, Actor]
) -> None:
    for role, actor in actors.items():
        browser = signed_in(platform, actor)
        for page in PAGES:
            assert browser.open(page).status == 200, (role, page)
        for page in ("/admin", "/first-steps", "/first-steps/people"):
            assert browser.open(page).status == (200 if role is Role.ADMIN else 403), (role, page)
