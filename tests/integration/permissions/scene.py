"""A person of each role, and things that stand to them in each way that the permission table knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property

import svcs

from libs.chassis.mongo import new_id
from libs.contracts.gateway import AccountActivated
from libs.contracts.permissions import Relation, Role
from services.gateway.domain.accounts import Account, with_password
from services.gateway.usecases.change_account import change_account
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.ports import NewOrganisation, Origin, Ports
from tests.fixtures.waiting import until
from tests.integration.gateway.people import PASSWORD
from tests.integration.gateway.platform import Caller, Platform

HERE = Origin(address="127.0.0.1")


class Place(Enum):
    """Whose a thing is, seen by the one who asks."""

    OWN = "own"
    TEAM = "a team they lead"
    OTHER = "another team"
    FOREIGN = "another organisation"


RELATIONS = {
    Place.OWN: Relation(own=True),
    Place.TEAM: Relation(team=True),
    Place.OTHER: Relation(),
    Place.FOREIGN: Relation(),
}


@dataclass
class Organisation:
    """An organisation with what the tests need in it: an admin, a cycle, and somebody else's team."""

    platform: Platform
    admin: Caller
    admin_id: str

    @cached_property
    def cycle_id(self) -> str:
        """A running cycle."""
        today = datetime.now(UTC).date()
        body = {
            "name": f"Cycle {uuid.uuid4().hex[:6]}",
            "starts_on": (today - timedelta(days=45)).isoformat(),
            "ends_on": (today + timedelta(days=45)).isoformat(),
        }
        return str(self.admin.made("/cycles", body)["id"])

    @cached_property
    def bystander_id(self) -> str:
        """Somebody who leads another team and owns other things."""
        return self.invite("member")

    @cached_property
    def other_team_id(self) -> str:
        """A team of the bystander's."""
        return self.team(self.bystander_id)

    def invite(self, role: str) -> str:
        """Somebody new with this role, active."""
        email = f"{uuid.uuid4().hex[:12]}@fernhollow.example"
        person = self.admin.made("/people", {"name": f"A {role}", "email": email, "role": role})
        person_id = str(person["id"])
        ports = ports_of(self.platform)
        until(lambda: ports.accounts.get(person_id), 30, "the account follows the person")
        hashed = ports.passwords.hash(PASSWORD)
        change_account(
            person_id,
            lambda known: (with_password(known, hashed), AccountActivated(person_id=person_id)),
            ports,
        )
        path = f"/people/{person_id}"
        until(lambda: self.admin.call("GET", path).body["state"] == "active", 30, "goals knows of it")
        return person_id

    def team(self, lead_id: str) -> str:
        """A team that this person leads."""
        body = {"name": f"Team {uuid.uuid4().hex[:8]}", "lead_id": lead_id, "member_ids": [lead_id]}
        return str(self.admin.made("/teams", body)["id"])

    def objective(
        self,
        owner_id: str,
        team_id: str,
        visibility: str = "organisation",
        title: str = "Recover before customers notice",
    ) -> str:
        """A fresh team objective."""
        body = {
            "title": title,
            "level": "team",
            "cycle_id": self.cycle_id,
            "owner_id": owner_id,
            "team_id": team_id,
            "visibility": visibility,
        }
        return str(self.admin.made("/objectives", body)["id"])

    def key_result(self, objective_id: str, owner_id: str) -> str:
        """A fresh key result."""
        body = {
            "title": "Median time to restore service",
            "kind": "metric",
            "unit": "min",
            "start": 95,
            "target": 30,
            "owner_id": owner_id,
        }
        return str(self.admin.made(f"/objectives/{objective_id}/key-results", body)["id"])


@dataclass
class Actor:
    """Someone who asks: their role, their token, the team they lead."""

    role: Role
    person_id: str
    caller: Caller
    team_id: str


@dataclass
class Scene:
    """One cell: who asks, and where the thing is. Things are made when a request needs them."""

    actor: Actor
    place: Place
    home: Organisation
    abroad: Organisation
    relation: Relation = field(init=False)

    def __post_init__(self) -> None:
        self.relation = RELATIONS[self.place]

    @property
    def organisation(self) -> Organisation:
        """Where the thing is."""
        return self.abroad if self.place is Place.FOREIGN else self.home

    @property
    def owner_id(self) -> str:
        """Whose the thing is."""
        if self.place is Place.OWN:
            return self.actor.person_id
        return self.organisation.bystander_id

    @property
    def team_id(self) -> str:
        """The team that the thing belongs to."""
        return self.actor.team_id if self.place is Place.TEAM else self.organisation.other_team_id

    def objective(self, visibility: str = "organisation") -> str:
        """A fresh objective at this place."""
        return self.organisation.objective(self.owner_id, self.team_id, visibility)

    def key_result(self, visibility: str = "organisation") -> str:
        """A fresh key result at this place, in an objective of the same owner's."""
        return self.organisation.key_result(self.objective(visibility), self.owner_id)

    def check_in(self, visibility: str = "organisation") -> str:
        """A fresh check-in at this place: by the actor, where it is to be their own and they may record."""
        key_result_id = self.key_result(visibility)
        author = self.organisation.admin
        if self.place is Place.OWN and self.actor.role is not Role.VIEWER:
            author = self.actor.caller
        elif self.place is Place.OWN:
            self.relation = Relation()  # a viewer never wrote a check-in, so none is theirs
        made = author.made(
            f"/key-results/{key_result_id}/check-ins",
            {"value": 60, "confidence": 6},
            Idempotency_Key=uuid.uuid4().hex,
        )
        return str(made["id"])


def ports_of(platform: Platform) -> Ports:
    """The gateway's ports, as its own views have them."""
    with platform.app.app_context():
        return svcs.flask.get(Ports)


def token_for(platform: Platform, account: Account) -> Caller:
    """A caller with a fresh token of this account's."""
    wanted = CreateToken(name="matrix", scopes=frozenset({"read", "write"}), expires_at=None, origin=HERE)
    secret, _ = create_token(account, wanted, ports_of(platform))
    return Caller(platform.address, secret)


def account_of(platform: Platform, person_id: str) -> Account:
    """The account, once it is there."""
    found = until(lambda: ports_of(platform).accounts.get(person_id), 30, "the account is there")
    assert isinstance(found, Account)
    return found


def another_organisation(platform: Platform) -> Organisation:
    """A second organisation with an admin of its own."""
    organisation_id, person_id = new_id(), new_id()
    name = uuid.uuid4().hex[:10]
    ports_of(platform).organisations.create(
        NewOrganisation(
            organisation_id=organisation_id,
            person_id=person_id,
            organisation_name=f"Company {name}",
            time_zone="UTC",
            name="Somebody Else",
            email=f"{name}@elsewhere.example",
            locale="en",
        )
    )
    return Organisation(platform, token_for(platform, account_of(platform, person_id)), person_id)


def actor_of(platform: Platform, home: Organisation, role: Role) -> Actor:
    """Somebody with this role, who leads a team."""
    person_id = home.invite(role.value)
    caller = token_for(platform, account_of(platform, person_id))
    return Actor(role, person_id, caller, home.team(person_id))
