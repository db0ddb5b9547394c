"""The composition root of checkins: the only place that builds, and the only reader of settings."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from flask import Flask
from pymongo import MongoClient
from pymongo.database import Database

from libs.chassis import auth, failpoints, mongo, telemetry, web
from libs.chassis.bus import Consumer, Publisher
from libs.chassis.lease import Leases
from libs.chassis.outbox import Relay
from libs.chassis.outbox.watch import Watch
from libs.chassis.settings import Settings
from services.checkins.api import problems
from services.checkins.api.check_ins import check_ins_blueprint, key_results_blueprint
from services.checkins.api.internal import internal_blueprint
from services.checkins.clients.goals import HttpGoals
from services.checkins.events.clock import Clock
from services.checkins.events.settler import Settler
from services.checkins.events.subscriptions import QUEUE, subscriptions
from services.checkins.settings import CheckInsSettings, read_settings
from services.checkins.storage import indexes
from services.checkins.storage.check_ins import MongoCheckIns
from services.checkins.storage.copies import MongoCopies
from services.checkins.storage.reminders import MongoReminders
from services.checkins.storage.situations import MongoSituations
from services.checkins.usecases.ports import Ports
from services.checkins.usecases.reannounce_standings import reannounce_standings

SERVICE = "checkins"
TITLE = "Cairn check-ins"
SURROUNDINGS_SECONDS = 10.0
OWING = ("check_ins", "key_results", "reminders")
Documents = Database[dict[str, Any]]


def build_ports(database: Documents, goals_url: str, *, remember_seconds: float = 0.0) -> Ports:
    """Every port with the real thing behind it."""
    return Ports(
        check_ins=MongoCheckIns(database),
        situations=MongoSituations(database, remember_seconds=remember_seconds),
        reminders=MongoReminders(database),
        copies=MongoCopies(database),
        goals=HttpGoals(goals_url),
        now=mongo.now,
        new_id=mongo.new_id,
    )


def build_web(settings: Settings) -> Flask:
    """The web role: it needs MongoDB, and nothing of RabbitMQ. Its client is ``extensions["mongo"]``."""
    configured = _begin(settings)
    client = _client(configured, fail_fast=True)
    database = client[configured.core.mongo_database]
    ports = build_ports(database, configured.goals_url, remember_seconds=SURROUNDINGS_SECONDS)
    app = web.create_app(
        SERVICE,
        configured.core,
        api_blueprints=[
            key_results_blueprint(ports),
            check_ins_blueprint(ports),
            internal_blueprint(ports),
        ],
        pings={"mongodb": partial(mongo.ping, database)},
        title=TITLE,
        import_name=__name__,
    )
    app.extensions["mongo"] = client
    problems.install(app)
    auth.authenticate(app, auth.TokenVerifier(configured.core.token_public_key, SERVICE))
    return app


def web_from_environment() -> Flask:
    """What each gunicorn worker calls after its fork, so that no connection is shared."""
    return build_web(Settings())


def serve_web(settings: Settings) -> None:
    """This process becomes the web server."""
    web.serve("services.checkins.app:web_from_environment()", _begin(settings).core)


def run_worker(settings: Settings, stop: threading.Event | None = None) -> None:
    """The worker role: keeps copies, settles standings, watches the clock, relays events.

    Until told to stop.
    """
    configured = _begin(settings)
    with _client(configured, durable_reads=True) as client:
        database = client[configured.core.mongo_database]
        parts = _parts(configured, database)
        web.run_worker(configured.core, parts, {"mongodb": partial(mongo.ping, database)}, stop=stop)


def _parts(configured: CheckInsSettings, database: Documents) -> list[web.Part]:
    amqp_url = configured.core.amqp_url
    ports = build_ports(database, configured.goals_url, remember_seconds=SURROUNDINGS_SECONDS)
    consumer = _consumer(amqp_url, ports)
    owing = [database[name] for name in OWING]
    relay = Relay(owing, Publisher(amqp_url), Leases(database), lease_seconds=configured.core.lease)
    wake = threading.Event()
    settler = Settler(ports, Watch([database["check_ins"]], wake), wake)
    clock = Clock(ports, Leases(database))
    return [
        web.Part("consumer", consumer.run, consumer.ready),
        web.Part("relay", relay.run, relay.ready),
        web.Part("settler", settler.run),
        web.Part("clock", clock.run),
    ]


def _consumer(amqp_url: str, ports: Ports) -> Consumer:
    return Consumer(amqp_url, QUEUE, subscriptions(ports.copies), outage=mongo.unavailable)


def migrate(settings: Settings) -> None:
    """The database has every index, and the queue keeps what is said before a worker runs."""
    configured = _begin(settings)
    with _client(configured) as client:
        database = client[configured.core.mongo_database]
        indexes.ensure(database)
        _consumer(configured.core.amqp_url, build_ports(database, configured.goals_url)).declare()


def republish(settings: Settings) -> None:
    """Every standing will be announced again."""
    configured = _begin(settings)
    with _client(configured) as client:
        count = reannounce_standings(
            build_ports(client[configured.core.mongo_database], configured.goals_url)
        )
    telemetry.logger(SERVICE).info("standings.reannounced", count=count)


def _begin(settings: Settings) -> CheckInsSettings:
    configured = read_settings(settings)
    failpoints.arm(configured.core.failpoints)
    telemetry.configure(SERVICE, configured.core.log_format, configured.core.log_level)
    return configured


def _client(
    configured: CheckInsSettings, *, durable_reads: bool = False, fail_fast: bool = False
) -> MongoClient[dict[str, Any]]:
    url = configured.core.mongo_url
    return mongo.connect(url, SERVICE, durable_reads=durable_reads, fail_fast=fail_fast)
