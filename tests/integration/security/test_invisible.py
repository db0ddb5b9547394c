"""Every text of every request, replaced by one that shows nothing."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from libs.contracts.permissions import Role
from tests.integration.gateway.platform import Platform
from tests.integration.permissions.scene import Actor, Organisation, Place, Scene
from tests.integration.permissions.table import ROWS
from tests.integration.security.requests import Call, Description, call_of, leaves

NOTHING = "\u3164\u200b\u2800\u202e"
WRITES = [
    name
    for name, row in ROWS.items()
    if row.granted < HTTPStatus.BAD_REQUEST and name.split()[0] in {"POST", "PUT", "PATCH"}
]


@pytest.fixture(scope="module")
def calls(home: Organisation, abroad: Organisation, actors: dict[Role, Actor]) -> dict[str, Call]:
    """A good request to each route that writes."""
    scene = Scene(actors[Role.ADMIN], Place.OWN, home, abroad)
    return {name: call_of(name, scene) for name in WRITES}


def test_no_text_that_shows_nothing_is_stored(
    platform: Platform, actors: dict[Role, Actor], calls: dict[str, Call]
) -> None:
    """It is refused where text is needed, and empty where it may be left out."""
    described, caller = Description(platform), actors[Role.ADMIN].caller
    refused, emptied = set(), set()
    for name, call in calls.items():
        if call.body is None:
            continue
        for way in {*leaves(call.body), *((field,) for field in described.scalars_of(call.route))}:
            answer = call.with_body(way, NOTHING).sent(caller)
            if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
                refused.add((name.split()[1], way[-1]))
            elif answer.status < HTTPStatus.BAD_REQUEST:
                emptied.add((name.split()[1], way[-1]))
                assert answer.body[way[0]] == "", (name, way, answer.body)
    assert {field for _, field in emptied} <= {
        "why",
        "contribution",
        "description",
        "unit",
        "note",
        "challenge",
        "adjustment",
    }
    assert refused >= {
        ("/teams", "name"),
        ("/people", "name"),
        ("/cycles", "name"),
        ("/objectives", "title"),
        ("/objectives/{objective_id}", "title"),
        ("/objectives/{objective_id}/key-results", "title"),
        ("/key-results/{key_result_id}", "title"),
        ("/organisation", "name"),
        ("/me/tokens", "name"),
    }
