"""The whole service as it runs.

The real web app, a real worker, MongoDB, RabbitMQ, and tokens as the gateway makes them.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database
from werkzeug.test import TestResponse

from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.bus import Broadcast, Event, Publisher
from libs.chassis.settings import Settings
from libs.contracts import goals as told
from libs.contracts.codec import Payload, decode, encode
from services.checkins import app as checkins
from tests.fixtures.waiting import WaitUntil, until
from tests.unit.checkins import examples
from tests.unit.checkins.examples import LEAD, MEMBER, ORG, OWNER, ROLES, TEAM

T = TypeVar("T")
Document = dict[str, Any]


def _key_pair() -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.fixture(scope="session")
def key_pair() -> tuple[str, str]:
    """The gateway's private key and the public one that services know."""
    return _key_pair()


@pytest.fixture
def settings(
    mongo_url: str, mongo_database: str, amqp_url: str, key_pair: tuple[str, str]
) -> Callable[..., Settings]:
    """Makes the settings of a process of this test; they are read once."""

    def make(**others: str) -> Settings:
        return Settings(
            {
                "CAIRN_ENVIRONMENT": "test",
                "CAIRN_LOG_LEVEL": "warning",
                "CAIRN_MONGO_URL": mongo_url,
                "CAIRN_MONGO_DATABASE": mongo_database,
                "CAIRN_AMQP_URL": amqp_url,
                "CAIRN_TOKEN_PUBLIC_KEY": key_pair[1],
                "CAIRN_WORKER_BIND": "127.0.0.1:0",
                "CAIRN_GOALS_URL": "http://127.0.0.1:9",
                **others,
            }
        )

    return make


class Api:
    """Calls the service as people do, through a minted token."""

    def __init__(self, app: Flask, minter: TokenMinter) -> None:
        self.app, self._minter = app, minter

    def headers(self, person_id: str, organisation_id: str = ORG) -> dict[str, str]:
        """What the gateway sends for that person."""
        roles = frozenset({ROLES.get(person_id, "member")})
        principal = Principal(person_id, organisation_id, roles, frozenset({"read", "write"}))
        return {"Authorization": f"Bearer {self._minter.mint(principal, ['checkins', 'goals'])}"}

    def client(self) -> FlaskClient:
        """A client of its own, for a thread."""
        return self.app.test_client()

    def get(self, path: str, person_id: str = OWNER, organisation_id: str = ORG, **more: Any) -> TestResponse:
        """The answer to a GET."""
        return self.client().get(f"/api/v1{path}", headers=self.headers(person_id, organisation_id), **more)

    def send(
        self, method: str, path: str, body: Any = None, person_id: str = OWNER, **headers: str
    ) -> TestResponse:
        """The answer to a write. Underscores in header names stand for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client().open(
            f"/api/v1{path}", method=method, json=body, headers={**self.headers(person_id), **named}
        )

    def check_in(
        self,
        value: float,
        confidence: int = 7,
        *,
        key_result_id: str = "restore-time",
        person_id: str = OWNER,
        key: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """The answer to a check-in."""
        body = {"value": value, "confidence": confidence, **more}
        path = f"/key-results/{key_result_id}/check-ins"
        return self.send("POST", path, body, person_id, Idempotency_Key=key or uuid.uuid4().hex)


@pytest.fixture
def api(settings: Callable[..., Settings], key_pair: tuple[str, str]) -> Iterator[Api]:
    """The web role, its database migrated."""
    checkins.migrate(settings())
    app = checkins.build_web(settings())
    yield Api(app, TokenMinter(key_pair[0]))
    app.extensions["mongo"].close()


class Ears:
    """Everything that the service says, as another service hears it."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def of(self, payload: type[T]) -> list[T]:
        """What was heard of this kind so far."""
        return [decode(payload, event.data) for event in list(self.events) if event.type == payload.TYPE]  # type: ignore[attr-defined]

    def wait_for(self, payload: type[T], count: int = 1, deadline: float = 15.0) -> list[T]:
        """At least so many were heard."""
        what = f"{count} of {payload.TYPE}"  # type: ignore[attr-defined]
        return until(lambda: found if len(found := self.of(payload)) >= count else [], deadline, what)


@pytest.fixture
def ears(amqp_url: str) -> Iterator[Ears]:
    """Somebody listens to this service."""
    heard = Ears()
    broadcast = Broadcast(amqp_url, ["checkins.#"], heard.events.append)
    stop = threading.Event()
    thread = threading.Thread(target=broadcast.run, args=(stop,), daemon=True)
    thread.start()
    until(broadcast.ready, 15, "somebody listens")
    yield heard
    stop.set()
    thread.join(15)


@pytest.fixture
def worker(settings: Callable[..., Settings], api: Api, ears: Ears) -> Iterator[threading.Event]:
    """The worker role runs."""
    del api, ears  # migrated first, and somebody must listen
    stop = threading.Event()
    thread = threading.Thread(target=checkins.run_worker, args=(settings(), stop), daemon=True)
    thread.start()
    yield stop
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


class Goals:
    """Says what the service `goals` would say."""

    def __init__(self, amqp_url: str, database: Database[Document]) -> None:
        self._publisher = Publisher(amqp_url)
        self._database = database
        self._seq = 0

    def say(self, payload: Payload, subject: str, seq: int | None = None) -> None:
        """One event reached the service's queue."""
        self._seq += 1
        event = Event.new(
            type=payload.TYPE,
            source="/goals",
            subject=subject,
            organisation_id=ORG,
            seq=self._seq if seq is None else seq,
            data=encode(payload),
        )
        until(lambda: self._publisher.publish([event]), 20, f"{payload.TYPE} is published")

    def garble(self, subject: str) -> None:
        """A key result was announced in a way that nobody understands."""
        event = Event.new(
            type=told.KeyResultChanged.TYPE,
            source="/goals",
            subject=subject,
            organisation_id=ORG,
            seq=10**6,
            data={"title": 7},
        )
        until(lambda: self._publisher.publish([event]), 20, "nonsense is published")

    def close(self) -> None:
        """The connection is gone."""
        self._publisher.close()

    def company(self, **cycle: Any) -> None:
        """The example company is known: organisation, people, team, cycle and key result."""
        today = datetime.now(UTC).date()
        self.organisation()
        for person in examples.PEOPLE:
            self.person(person.id)
        self.team()
        self.cycle(
            **{"starts_on": today - timedelta(days=50), "ends_on": today + timedelta(days=50), **cycle}
        )
        self.key_result()
        until(
            lambda: self._database["key_results"].find_one(
                {"_id": "restore-time", "standing": {"$type": "object"}}
            ),
            20,
            "the key result is known and judged",
        )

    def organisation(self, **changes: Any) -> None:
        """The organisation."""
        lines = told.ThresholdSettings(**changes)
        payload = told.OrganisationChanged(
            organisation_id=ORG, name="Fernhollow", time_zone="UTC", locale="en", thresholds=lines
        )
        self.say(payload, ORG)

    def person(self, person_id: str, time_zone: str = "UTC", state: str = "active") -> None:
        """One person."""
        payload = told.PersonChanged(
            person_id=person_id,
            name=person_id.title(),
            email=f"{person_id}@fernhollow.example",
            time_zone=time_zone,
            locale="en",
            role=ROLES.get(person_id, "member"),
            state=state,
        )
        self.say(payload, person_id)

    def team(self, **changes: Any) -> None:
        """The team."""
        plain = told.TeamChanged(
            team_id=TEAM.id,
            name=TEAM.name,
            slug="platform",
            parent_id=None,
            lead_id=LEAD,
            member_ids=(OWNER, MEMBER, LEAD),
            rhythm=told.Rhythm(every="weekly", weekday=datetime.now(UTC).weekday(), time="09:00"),
        )
        self.say(replace(plain, **changes), TEAM.id)

    def cycle(self, starts_on: date, ends_on: date, state: str = "active") -> None:
        """The cycle."""
        payload = told.CycleChanged(
            cycle_id="q4", name="Q4", starts_on=starts_on, ends_on=ends_on, state=state
        )
        self.say(payload, "q4")

    def key_result(self, key_result_id: str = "restore-time", seq: int | None = None, **changes: Any) -> None:
        """One key result: 100 to 0 minutes."""
        copy = examples.KEY_RESULT
        plain = told.KeyResultChanged(
            key_result_id=key_result_id,
            objective_id=copy.objective_id,
            objective_title=copy.objective_title,
            objective_owner_id=copy.objective_owner_id,
            title=copy.title,
            kind=copy.kind,
            unit=copy.unit,
            start=copy.start,
            target=copy.target,
            weight=1.0,
            commitment="committed",
            owner_id=copy.owner_id,
            delegate_id=copy.delegate_id,
            due_on=None,
            cycle_id="q4",
            team_id=copy.team_id,
            visibility="organisation",
            state="open",
            created_on=datetime.now(UTC).date() - timedelta(days=50),
        )
        self.say(replace(plain, **changes), key_result_id, seq)


@pytest.fixture
def goals(amqp_url: str, database: Database[Document], worker: threading.Event) -> Iterator[Goals]:
    """The example company is known to a running worker."""
    del worker
    said = Goals(amqp_url, database)
    said.company()
    yield said
    said.close()


@pytest.fixture
def settled(database: Database[Document], wait_until: WaitUntil) -> Callable[..., Document]:
    """Waits until nothing is owed to any standing and no event waits; gives a key result's document."""

    def wait(key_result_id: str = "restore-time") -> Document:
        def nothing_owed() -> Document | None:
            owing = database["check_ins"].find_one(
                {"$or": [{"standing_due": True}, {"outbox.0": {"$exists": True}}]}
            )
            return (
                None
                if owing
                else database["key_results"].find_one({"_id": key_result_id, "outbox": {"$in": [None, []]}})
            )

        found = wait_until(nothing_owed, 20, "all is settled and sent")
        assert found is not None
        return found

    return wait
