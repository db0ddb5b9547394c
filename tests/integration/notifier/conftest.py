"""A whole notifier on real servers.

Its worker's parts in threads, its bus, its database, a mail server to script.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pymongo import MongoClient

from libs.chassis import mongo
from libs.chassis.bus import Event, Publisher, Retries
from libs.chassis.settings import CoreSettings, Settings
from libs.contracts import checkins, codec, gateway, goals
from services.notifier import app
from services.notifier.settings import NotifierSettings, read_settings
from tests.fixtures.mail import SmtpSink
from tests.fixtures.waiting import until

ORGANISATION = "fernhollow"
SOON = Retries(delays=(0.5, 1.0, 2.0))
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Bus:
    """The other services, as far as the notifier hears them."""

    publisher: Publisher
    seq: int = 0

    def say(self, payload: codec.Payload, *, subject: str, seq: int | None = None) -> Event:
        """The event of this payload is on the bus, confirmed."""
        event = self.made(payload, subject=subject, seq=seq)
        self.publish(event)
        return event

    def made(self, payload: codec.Payload, *, subject: str, seq: int | None = None) -> Event:
        """The event of this payload, not yet said."""
        self.seq += 1
        return Event.new(
            type=payload.TYPE,
            source="tests",
            subject=subject,
            organisation_id=ORGANISATION,
            seq=self.seq if seq is None else seq,
            data=codec.encode(payload),
        )

    def publish(self, *events: Event) -> None:
        """All these events are on the bus, confirmed."""
        wanted = {event.id for event in events}
        until(lambda: self.publisher.publish(events) >= wanted, 20, "the bus confirms")


@dataclass
class Notifier:
    """The running service and its surroundings."""

    environ: dict[str, str]
    core: CoreSettings
    own: NotifierSettings
    database: Any
    sink: SmtpSink
    bus: Bus
    _running: list[tuple[threading.Event, list[threading.Thread]]] = field(default_factory=list)

    @contextmanager
    def working(self, **changes: Any) -> Iterator[None]:
        """Inside the block a worker runs."""
        stop = self.start(**changes)
        try:
            yield
        finally:
            self.stop(stop)

    def start(self, **changes: Any) -> threading.Event:
        """A worker runs; ``changes`` replace settings."""
        parts = app.worker_parts(self.core, replace(self.own, **changes), self.database, SOON)
        stop = threading.Event()
        threads = [threading.Thread(target=part.run, args=(stop,), name=part.name) for part in parts]
        for thread in threads:
            thread.start()
        self._running.append((stop, threads))
        until(lambda: all(part.ready() for part in parts), 20, "the worker is ready")
        return stop

    def stop(self, stop: threading.Event) -> None:
        """That worker has ended."""
        stop.set()
        for event, threads in self._running:
            if event is stop:
                for thread in threads:
                    thread.join(20)

    def stop_all(self) -> None:
        """No worker runs."""
        for stop, _ in self._running:
            self.stop(stop)

    def rows(self, **query: Any) -> list[dict[str, Any]]:
        """Rows of the ledger."""
        return list(self.database["ledger"].find(query).sort("created_at"))

    def wait_for_state(self, state: str, count: int = 1, deadline: float = 15) -> list[dict[str, Any]]:
        """At least so many rows are in this state; all of them."""
        return until(
            lambda: found if len(found := self.rows(state=state)) >= count else [],
            deadline,
            f"{count} rows {state}; there are {[(r['state'], r['why'], r['detail']) for r in self.rows()]}",
        )

    def due_now(self, state: str) -> None:
        """What is in this state is due, as if its wait were over."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        self.database["ledger"].update_many({"state": state}, {"$set": {"next_at": past}})

    def wait_for_copy(self, collection: str, key: str, **fields: Any) -> None:
        """A copy has arrived, and says this."""
        wanted = {"_id": key, **fields}
        until(lambda: self.database[collection].find_one(wanted), 10, f"{wanted} is in {collection}")

    def know(self, *people: str) -> None:
        """The platform team with its people, an objective and a key result are known."""
        for person_id in people or ("jun", "odo", "brisa"):
            self.bus.say(person(person_id), subject=person_id)
        self.bus.say(
            goals.OrganisationChanged(
                organisation_id=ORGANISATION,
                name="Fernhollow Systems",
                time_zone="Europe/London",
                locale="en",
                thresholds=goals.ThresholdSettings(),
            ),
            subject=ORGANISATION,
        )
        self.bus.say(TEAM, subject="platform")
        self.bus.say(OBJECTIVE, subject="trust")
        self.bus.say(KEY_RESULT, subject="restore-time")
        until(
            lambda: (
                self.database["key_results"].count_documents({}) == 1
                and self.database["organisations"].count_documents({}) == 1
                and self.database["people"].count_documents({}) == len(people or ("jun", "odo", "brisa"))
                and self.database["objectives"].count_documents({}) == 1
                and self.database["teams"].count_documents({}) == 1
            ),
            20,
            "the copies are there",
        )


def person(person_id: str, **changes: Any) -> goals.PersonChanged:
    """Somebody of the platform team."""
    plain = goals.PersonChanged(
        person_id=person_id,
        name=f"{person_id.capitalize()} Alder",
        email=f"{person_id}@example.com",
        time_zone="Europe/London",
        locale="en-GB",
        role="member",
        state="active",
    )
    return replace(plain, **changes)


TEAM = goals.TeamChanged(
    team_id="platform",
    name="Platform Operations",
    slug="platform",
    parent_id=None,
    lead_id="brisa",
    member_ids=("jun", "odo"),
    rhythm=goals.Rhythm(every="weekly", weekday=1, time="09:00"),
)
OBJECTIVE = goals.ObjectiveChanged(
    objective_id="trust",
    title="Customers trust us",
    level="team",
    cycle_id="q4",
    team_id="platform",
    owner_id="odo",
    parent=None,
    visibility="organisation",
    follower_ids=("fen",),
    state="open",
)
KEY_RESULT = goals.KeyResultChanged(
    key_result_id="restore-time",
    objective_id="trust",
    objective_title="Customers trust us",
    objective_owner_id="odo",
    title="Median time to restore service",
    kind="metric",
    unit="min",
    start=95.0,
    target=30.0,
    weight=1.0,
    commitment="committed",
    owner_id="jun",
    delegate_id=None,
    due_on=None,
    cycle_id="q4",
    team_id="platform",
    visibility="organisation",
    state="open",
)


def standing(status: str = "at_risk", *, seq: int = 7, **changes: Any) -> checkins.StandingFacts:
    """The key result's numbers."""
    plain = checkins.StandingFacts(
        seq=seq,
        at=NOW,
        current=78.0,
        raw_progress=0.26,
        progress=0.26,
        expected=0.53,
        status=status,
        confidence=3,
        as_of=NOW,
        reasons=(checkins.Reason(rule="gap", value=0.27, limit=0.25, decisive=True),),
    )
    return replace(plain, **changes)


def alarm(cls: type[Any] = checkins.KeyResultAtRisk, *, epoch: int = 1, **changes: Any) -> Any:
    """Something happened to the key result."""
    plain = {
        "key_result_id": "restore-time",
        "objective_id": "trust",
        "title": "Median time to restore service",
        "unit": "min",
        "start": 95.0,
        "target": 30.0,
        "kind": "metric",
        "owner_id": "jun",
        "team_id": "platform",
        "ends_on": date(2031, 12, 31),
        "epoch": epoch,
        "previous_status": "on_track",
        "standing": standing(),
        "note": "I need a second on-call lead.",
        "author_id": "jun",
        "noted_at": NOW,
    }
    return cls(**{**plain, **changes})


def invitation(**changes: Any) -> gateway.AccountInvited:
    """Somebody is invited."""
    plain = gateway.AccountInvited(
        person_id="new",
        name="Fen Marsh",
        email="fen@example.com",
        locale="en",
        time_zone="UTC",
        organisation_name="Fernhollow Systems",
        invited_by_name="Brisa Thorne",
        link="http://localhost:8080/invitations/s3cret-k3y",
        expires_at=NOW + timedelta(days=7),
    )
    return replace(plain, **changes)


@pytest.fixture
def notifier(
    mongo_url: str, mongo_database: str, amqp_url: str, smtp_sink: SmtpSink, token_keys: tuple[str, str]
) -> Iterator[Notifier]:
    """A notifier whose worker is started by the test."""
    environ = {
        "CAIRN_ENVIRONMENT": "test",
        "CAIRN_MONGO_URL": mongo_url,
        "CAIRN_MONGO_DATABASE": mongo_database,
        "CAIRN_AMQP_URL": amqp_url,
        "CAIRN_TOKEN_PUBLIC_KEY": token_keys[1],
        "CAIRN_SMTP_HOST": smtp_sink.host,
        "CAIRN_SMTP_PORT": str(smtp_sink.port),
        "CAIRN_SMTP_TIMEOUT": "5s",
        "CAIRN_ALERT_HOLD": "0s",
        "CAIRN_CELEBRATION_BATCH": "300ms",
    }
    core, own = read_settings(Settings(environ))
    client: MongoClient[dict[str, Any]] = mongo.connect(mongo_url, "notifier")
    app.migrate(Settings(environ))
    publisher = Publisher(amqp_url)
    running = Notifier(environ, core, own, client[mongo_database], smtp_sink, Bus(publisher))
    yield running
    running.stop_all()
    publisher.close()
    client.close()


@pytest.fixture(scope="session")
def token_keys() -> tuple[str, str]:
    """A private and a public key for tokens between services."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()
