"""The real HTTP app on a real database, with tokens as the gateway mints them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from pymongo import MongoClient
from pymongo.database import Database
from werkzeug.test import TestResponse

from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.mongo import new_id
from libs.chassis.settings import Settings
from services.goals import app
from services.goals.storage import migrations
from services.goals.storage.opening import ports_on, roller_on
from services.goals.usecases.roll_up import roll_up

Document = dict[str, Any]


@pytest.fixture(scope="session")
def keys() -> tuple[str, str]:
    """A private and a public key of this run, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.fixture(scope="session")
def goals_database(mongo_client: MongoClient[Document]) -> Iterator[Database[Document]]:
    """A migrated database of this process. Each test has organisations of its own in it."""
    name = f"test_goals_{uuid.uuid4().hex[:12]}"
    migrations.migrate(mongo_client[name])
    yield mongo_client[name]
    mongo_client.drop_database(name)


@pytest.fixture(scope="session")
def settings(mongo_url: str, goals_database: Database[Document], keys: tuple[str, str]) -> Settings:
    """The settings of the service; no broker is needed to answer requests."""
    return Settings(
        {
            "CAIRN_ENVIRONMENT": "test",
            "CAIRN_LOG_LEVEL": "warning",
            "CAIRN_MONGO_URL": mongo_url,
            "CAIRN_MONGO_DATABASE": goals_database.name,
            "CAIRN_AMQP_URL": "amqp://127.0.0.1:1/none",
            "CAIRN_TOKEN_PUBLIC_KEY": keys[1],
        }
    )


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[FlaskClient]:
    """The HTTP app of the service."""
    built = app.build_web(settings)
    yield built.test_client()
    built.extensions["mongo"].close()


@dataclass
class Caller:
    """Someone who calls the API with their own token."""

    client: FlaskClient
    token: str
    person_id: str
    organisation_id: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """The answer of ``/api/v1`` + path."""
        sent = {"Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        prefix = "" if path.startswith("/internal") else "/api/v1"
        return self.client.open(prefix + path, method=method, json=body, headers=sent)

    def get(self, path: str, status: int = 200) -> Any:
        """The JSON of a GET that answers so."""
        answer = self.call("GET", path)
        assert answer.status_code == status, answer.text
        return answer.json

    def post(self, path: str, body: Any, status: int = 201, **headers: str) -> Any:
        """The JSON of a POST that answers so."""
        answer = self.call("POST", path, body, **headers)
        assert answer.status_code == status, answer.text
        return answer.json

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        """The JSON of a PATCH against the newest revision that answers so."""
        revision = self.call("GET", path).headers.get("ETag", '"1"')
        answer = self.call("PATCH", path, body, If_Match=revision)
        assert answer.status_code == status, answer.text
        return answer.json

    def delete(self, path: str, status: int = 204) -> Any:
        """The JSON of a DELETE against the newest revision that answers so."""
        revision = self.call("GET", path).headers.get("ETag", '"1"')
        answer = self.call("DELETE", path, If_Match=revision)
        assert answer.status_code == status, answer.text
        return answer.json if answer.data else None


@dataclass
class Company:
    """An organisation with an admin, and whoever a test invites."""

    client: FlaskClient
    minter: TokenMinter
    database: Database[Document]
    organisation_id: str = field(default_factory=new_id)
    admin_id: str = field(default_factory=new_id)

    @property
    def admin(self) -> Caller:
        """The first admin."""
        return self.caller(self.admin_id, "admin")

    def caller(self, person_id: str, *roles: str) -> Caller:
        """Someone with these roles."""
        scopes = frozenset({"read", "write"})
        principal = Principal(person_id, self.organisation_id, frozenset(roles), scopes)
        token = self.minter.mint(principal, ["goals"])
        return Caller(self.client, token, person_id, self.organisation_id)

    def set_up(self) -> Company:
        """The organisation exists."""
        system = Principal("system", "", frozenset({"system"}), frozenset({"read", "write"}))
        Caller(self.client, self.minter.mint(system, ["goals"]), "system", "").post(
            "/internal/organisations",
            {
                "organisation_id": self.organisation_id,
                "organisation_name": f"Fernhollow {self.organisation_id[-12:]}",
                "time_zone": "UTC",
                "person_id": self.admin_id,
                "name": "Jun Alder",
                "email": "jun@fernhollow.example",
            },
        )
        return self

    def hire(self, name: str, role: str = "member") -> Caller:
        """Someone is invited."""
        address = f"{name.lower().replace(' ', '.')}@fernhollow.example"
        person = self.admin.post("/people", {"name": name, "email": address, "role": role})
        return self.caller(person["id"], role)

    def cycle(self, **fields: Any) -> str:
        """The id of a cycle that runs now."""
        body = {"name": "Q4", "starts_on": "2020-01-01", "ends_on": "2039-12-31"} | fields
        return str(self.admin.post("/cycles", body)["id"])

    def team(self, name: str, **fields: Any) -> str:
        """The id of a new team."""
        return str(self.admin.post("/teams", {"name": name} | fields)["id"])

    def objective(self, cycle_id: str, title: str = "Customers stay", **fields: Any) -> str:
        """The id of a new objective."""
        body = {"title": title, "level": "company", "cycle_id": cycle_id} | fields
        return str(self.admin.post("/objectives", body)["id"])

    def key_result(self, objective_id: str, title: str = "Fewer cancel", **fields: Any) -> str:
        """The id of a new key result."""
        body = {"title": title, "start": 0, "target": 100} | fields
        return str(self.admin.post(f"/objectives/{objective_id}/key-results", body)["id"])

    def settle(self) -> None:
        """Everything that was due is rolled up."""
        ports, roller = ports_on(self.database), roller_on(self.database)
        for _ in range(100):
            if not roll_up(ports, roller).debts:
                return
        pytest.fail("the roll-up does not come to rest")


@pytest.fixture
def found_company(
    client: FlaskClient, goals_database: Database[Document], keys: tuple[str, str]
) -> Callable[[], Company]:
    """Makes organisations."""
    minter = TokenMinter(keys[0])
    return lambda: Company(client, minter, goals_database).set_up()


@pytest.fixture
def company(found_company: Callable[[], Company]) -> Company:
    """One organisation."""
    return found_company()
