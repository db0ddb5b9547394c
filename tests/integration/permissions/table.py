"""Every route of the public API beside the permission that guards it, and a request that tries it.

A new route must get a row here; the test fails until it has one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from libs.contracts.permissions import Action, allowed
from tests.fixtures.waiting import until
from tests.integration.permissions.scene import Place, Scene


@dataclass(frozen=True)
class Request:
    """What is sent below ``/api/v1``."""

    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A route: its permission, what it answers to who may and to who may not, and abroad.

    No ``action``: anyone signed in may, or nobody need be. ``foreign`` None: the route names no thing, so
    it makes no difference whose it is.
    """

    action: Action | None
    ask: Callable[[Scene], Request]
    granted: int = 200
    refused: int = 403
    foreign: int | tuple[int, ...] | None = 404

    def expected(self, scene: Scene) -> tuple[int, ...]:
        """The statuses that the table promises in this cell; hardly ever more than one."""
        if scene.place is Place.FOREIGN and self.foreign is not None:
            return self.foreign if isinstance(self.foreign, tuple) else (self.foreign,)
        if self.action is None:
            return (self.granted,)
        may = allowed(frozenset({scene.actor.role.value}), self.action, scene.relation)
        return (self.granted if may else self.refused,)


ANY = {"If_Match": "*"}


def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"Idempotency_Key": uuid.uuid4().hex}


def plain(path: str) -> Callable[[Scene], Request]:
    """A request that names nothing."""
    return lambda _: Request(path)


def hidden(scene: Scene) -> str:
    """The visibility that keeps a thing from everybody but those whom the place is about."""
    return {Place.OWN: "private", Place.TEAM: "team"}.get(scene.place, "private")


def person(scene: Scene) -> str:
    """A person at this place: oneself, or somebody else."""
    return scene.owner_id


def cycle(scene: Scene) -> str:
    """The organisation's cycle."""
    return scene.organisation.cycle_id


def team(scene: Scene) -> str:
    """A fresh team at this place; one's own is one that one leads."""
    leads = scene.place in (Place.OWN, Place.TEAM)
    return scene.organisation.team(scene.actor.person_id if leads else scene.organisation.bystander_id)


def led(scene: Scene) -> str:
    """The same, where leading is all that counts."""
    if scene.place is Place.OWN:
        scene.relation = type(scene.relation)(team=True)
    return team(scene)


def nobodys(scene: Scene) -> Scene:
    """A thing that is nobody's own and of no team: only the whole organisation reaches it."""
    scene.relation = type(scene.relation)()
    return scene


def others(scene: Scene) -> Scene:
    """Oneself, or somebody else: leading their team changes nothing."""
    if scene.place is Place.TEAM:
        scene.relation = type(scene.relation)()
    return scene


def new_objective(scene: Scene) -> Request:
    """An objective at this place: one's own is personal; abroad it names another organisation's team."""
    body = {
        "title": "Recover before customers notice",
        "level": "person" if scene.place is Place.OWN else "team",
        "cycle_id": scene.home.cycle_id,
        "owner_id": scene.actor.person_id if scene.place is Place.OWN else scene.home.bystander_id,
        "team_id": None if scene.place is Place.OWN else scene.team_id,
    }
    return Request("/objectives", body, key())


def new_key_result(scene: Scene) -> Request:
    """A key result of an objective at this place."""
    body = {
        "title": "Restore",
        "kind": "metric",
        "start": 0,
        "target": 6,
        "owner_id": scene.home.bystander_id,
    }
    return Request(f"/objectives/{scene.objective()}/key-results", body, key())


def invited(scene: Scene) -> Request:
    """Another invitation for somebody who has accepted none."""
    body = {"name": "Pip Sedge", "email": f"{uuid.uuid4().hex[:12]}@fernhollow.example"}
    made = scene.organisation.admin.made("/people", body)
    return Request(f"/people/{made['id']}/invitation")


def week(scene: Scene) -> Request:
    """The week of a team at this place, once checkins has heard of the team."""
    path = f"/check-ins/week?team_id={team(scene)}"
    until(lambda: scene.organisation.admin.call("GET", path).status == 200, 20, "the copy has caught up")
    return Request(path)


def new_role(scene: Scene) -> Request:
    """Another role. For oneself it is admin, which changes nothing where it is granted."""
    nobodys(scene)
    if scene.place is Place.OWN:
        return Request(f"/people/{scene.actor.person_id}", {"role": "admin"}, ANY)
    body = {"name": "Pip Sedge", "email": f"{uuid.uuid4().hex[:12]}@fernhollow.example"}
    made = scene.organisation.admin.made("/people", body)
    return Request(f"/people/{made['id']}", {"role": "leader"}, ANY)


def token(scene: Scene) -> Request:
    """A token of one's own, or of somebody else's."""
    maker = scene.actor.caller if scene.place is Place.OWN else scene.organisation.admin
    made = maker.made("/me/tokens", {"name": "matrix", "scopes": ["read"]})
    return Request(f"/me/tokens/{made['id']}")


A_PASSWORD = "seven grey herons wait"
A_YEAR = {"name": "A year", "starts_on": "2040-01-01", "ends_on": "2040-12-31", "state": "planning"}
CHECK_IN = {"value": 60, "confidence": 6}

ROWS: dict[str, Row] = {
    # The way in: guarded by a secret, not by a role.
    "POST /setup": Row(
        None,
        lambda _: Request(
            "/setup",
            {
                "code": "x",
                "organisation_name": "x",
                "time_zone": "UTC",
                "name": "x",
                "email": "x@fernhollow.example",
                "password": A_PASSWORD,
            },
        ),
        granted=409,
        foreign=None,
    ),
    "POST /invitations/accept": Row(
        None,
        lambda _: Request("/invitations/accept", {"token": "made up", "password": A_PASSWORD}),
        granted=410,
        foreign=None,
    ),
    "POST /password/reset-requests": Row(
        None,
        lambda _: Request("/password/reset-requests", {"email": "nobody@fernhollow.example"}),
        granted=202,
        foreign=None,
    ),
    "POST /password/resets": Row(
        None,
        lambda _: Request("/password/resets", {"token": "made up", "password": A_PASSWORD}),
        granted=410,
        foreign=None,
    ),
    # Oneself.
    "GET /me": Row(None, plain("/me"), foreign=None),
    "PUT /me/password": Row(
        None,
        lambda _: Request("/me/password", {"current": "another one", "password": A_PASSWORD}),
        granted=422,
        foreign=None,
    ),
    "GET /me/tokens": Row(None, plain("/me/tokens"), foreign=None),
    "POST /me/tokens": Row(
        None,
        lambda _: Request("/me/tokens", {"name": "matrix", "scopes": ["read"]}),
        granted=201,
        foreign=None,
    ),
    "DELETE /me/tokens/{token_id}": Row(
        Action.TOKEN_CHANGE, lambda scene: token(others(scene)), granted=204, refused=404
    ),
    "GET /me/notifications": Row(None, plain("/me/notifications"), foreign=None),
    "PUT /me/notifications": Row(
        None, lambda _: Request("/me/notifications", {"celebration": "at_once"}), foreign=None
    ),
    # The organisation.
    "GET /organisation": Row(Action.ORGANISATION_READ, plain("/organisation"), foreign=None),
    "PATCH /organisation": Row(
        Action.ORGANISATION_CHANGE,
        lambda _: Request("/organisation", {"name": "Fernhollow Systems"}, ANY),
        foreign=None,
    ),
    "GET /audit": Row(Action.AUDIT_READ, plain("/audit"), foreign=None),
    "GET /mail-log": Row(Action.MAIL_LOG_READ, plain("/mail-log"), foreign=None),
    "GET /mail-log/{mail_id}": Row(
        Action.MAIL_LOG_READ, plain("/mail-log/made-up"), granted=404, foreign=None
    ),
    # People.
    "GET /people": Row(Action.PERSON_READ, plain("/people"), foreign=None),
    "POST /people": Row(
        Action.PERSON_INVITE,
        lambda _: Request(
            "/people", {"name": "Pip Sedge", "email": f"{uuid.uuid4().hex[:12]}@fernhollow.example"}, key()
        ),
        granted=201,
        foreign=None,
    ),
    "GET /people/{person_id}": Row(Action.PERSON_READ, lambda scene: Request(f"/people/{person(scene)}")),
    "PATCH /people/{person_id}": Row(
        Action.PERSON_CHANGE,
        lambda scene: Request(f"/people/{person(others(scene))}", {"name": "Another Name"}, ANY),
    ),
    "PATCH /people/{person_id} role": Row(
        Action.PERSON_CHANGE_ROLE,
        new_role,
    ),
    "POST /people/{person_id}/invitation": Row(Action.PERSON_INVITE, lambda scene: invited(nobodys(scene))),
    # Teams and cycles.
    "GET /teams": Row(Action.TEAM_READ, plain("/teams"), foreign=None),
    "POST /teams": Row(
        Action.TEAM_CREATE,
        lambda _: Request("/teams", {"name": f"Team {uuid.uuid4().hex[:8]}"}, key()),
        granted=201,
        foreign=None,
    ),
    "GET /teams/{team_id}": Row(Action.TEAM_READ, lambda scene: Request(f"/teams/{team(scene)}")),
    "PATCH /teams/{team_id}": Row(
        Action.TEAM_CHANGE,
        lambda scene: Request(f"/teams/{led(scene)}", {"name": f"Team {uuid.uuid4().hex[:8]}"}, ANY),
    ),
    "DELETE /teams/{team_id}": Row(
        Action.TEAM_DELETE, lambda scene: Request(f"/teams/{led(scene)}", None, ANY), granted=204
    ),
    "GET /cycles": Row(Action.CYCLE_READ, plain("/cycles"), foreign=None),
    "POST /cycles": Row(
        Action.CYCLE_CREATE,
        lambda _: Request("/cycles", {**A_YEAR, "name": f"Y {uuid.uuid4().hex[:8]}"}, key()),
        granted=201,
        foreign=None,
    ),
    "GET /cycles/{cycle_id}": Row(Action.CYCLE_READ, lambda scene: Request(f"/cycles/{cycle(scene)}")),
    "PATCH /cycles/{cycle_id}": Row(
        Action.CYCLE_CHANGE,
        lambda scene: Request(f"/cycles/{cycle(nobodys(scene))}", {"name": f"C {uuid.uuid4().hex[:8]}"}, ANY),
    ),
    # Objectives.
    "GET /objectives": Row(None, plain("/objectives"), foreign=None),
    "POST /objectives": Row(
        # Whether they may at all is asked before whether the team is there.
        Action.OBJECTIVE_CREATE,
        new_objective,
        granted=201,
        foreign=(403, 422),
    ),
    "GET /objectives/{objective_id}": Row(
        Action.OBJECTIVE_READ,
        lambda scene: Request(f"/objectives/{scene.objective(hidden(scene))}"),
        refused=404,
    ),
    "PATCH /objectives/{objective_id}": Row(
        Action.OBJECTIVE_CHANGE,
        lambda scene: Request(f"/objectives/{scene.objective()}", {"title": "Another title"}, ANY),
    ),
    "DELETE /objectives/{objective_id}": Row(
        Action.OBJECTIVE_DELETE,
        lambda scene: Request(f"/objectives/{scene.objective()}", None, ANY),
        granted=204,
    ),
    "GET /objectives/{objective_id}/children": Row(
        Action.OBJECTIVE_READ,
        lambda scene: Request(f"/objectives/{scene.objective(hidden(scene))}/children"),
        refused=404,
    ),
    "PUT /objectives/{objective_id}/followers/me": Row(
        Action.OBJECTIVE_FOLLOW,
        lambda scene: Request(f"/objectives/{scene.objective()}/followers/me"),
        granted=204,
    ),
    "DELETE /objectives/{objective_id}/followers/me": Row(
        Action.OBJECTIVE_FOLLOW,
        lambda scene: Request(f"/objectives/{scene.objective()}/followers/me"),
        granted=204,
    ),
    "GET /tree": Row(None, lambda scene: Request(f"/tree?cycle_id={scene.home.cycle_id}"), foreign=None),
    # Key results.
    "GET /key-results": Row(None, plain("/key-results"), foreign=None),
    "POST /objectives/{objective_id}/key-results": Row(Action.KEY_RESULT_CREATE, new_key_result, granted=201),
    "GET /key-results/{key_result_id}": Row(
        Action.KEY_RESULT_READ,
        lambda scene: Request(f"/key-results/{scene.key_result(hidden(scene))}"),
        refused=404,
    ),
    "PATCH /key-results/{key_result_id}": Row(
        Action.KEY_RESULT_CHANGE,
        lambda scene: Request(f"/key-results/{scene.key_result()}", {"title": "Another title"}, ANY),
    ),
    "DELETE /key-results/{key_result_id}": Row(
        Action.KEY_RESULT_DELETE,
        lambda scene: Request(f"/key-results/{scene.key_result()}", None, ANY),
        granted=204,
    ),
    "GET /key-results/{key_result_id}/standing": Row(
        Action.CHECK_IN_READ,
        lambda scene: Request(f"/key-results/{scene.key_result(hidden(scene))}/standing"),
        refused=404,
    ),
    # Check-ins.
    "GET /key-results/{key_result_id}/check-ins": Row(
        Action.CHECK_IN_READ,
        lambda scene: Request(f"/key-results/{scene.key_result(hidden(scene))}/check-ins"),
        refused=404,
    ),
    "POST /key-results/{key_result_id}/check-ins": Row(
        Action.CHECK_IN_RECORD,
        lambda scene: Request(f"/key-results/{scene.key_result()}/check-ins", CHECK_IN, key()),
        granted=201,
    ),
    "GET /check-ins/{check_in_id}": Row(
        Action.CHECK_IN_READ,
        lambda scene: Request(f"/check-ins/{read_check_in(scene)}"),
        refused=404,
    ),
    "PATCH /check-ins/{check_in_id}": Row(
        Action.CHECK_IN_REVISE,
        lambda scene: Request(f"/check-ins/{scene.check_in()}", {"value": 61}),
    ),
    "DELETE /check-ins/{check_in_id}": Row(
        Action.CHECK_IN_UNDO, lambda scene: Request(f"/check-ins/{scene.check_in()}"), granted=200
    ),
    "GET /check-ins/due": Row(None, plain("/check-ins/due"), foreign=None),
    "GET /check-ins/week": Row(Action.TEAM_READ, week),
}


def read_check_in(scene: Scene) -> str:
    """A check-in on a key result that only those may see whom the place is about."""
    found = scene.check_in(hidden(scene))
    if scene.place is Place.OWN:
        scene.relation = type(scene.relation)(own=True)  # to read it, owning the key result is enough
    return found
