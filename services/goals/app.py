"""The composition root of goals: the only place that builds, and the only reader of settings."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from flask import Flask
from pymongo import MongoClient
from pymongo.database import Database

from libs.chassis import auth, bus, mongo, telemetry, web
from libs.chassis.lease import Leases
from libs.chassis.outbox import Relay
from libs.chassis.settings import Settings
from services.goals.api import cycles, errors, key_results, objectives, organisations, people, teams, tree
from services.goals.events import clock, publications, subscriptions
from services.goals.events.announcer import Announcer
from services.goals.events.roller import Bell, RollerLoop
from services.goals.settings import SERVICE, GoalsSettings, read_settings
from services.goals.storage import migrations, republishing
from services.goals.storage.opening import outboxes, ports_on, roller_on
from services.goals.usecases.ports import Ports

TITLE = "Cairn goals"
Documents = Database[dict[str, Any]]


def build_web(settings: Settings) -> Flask:
    """The web role: it needs MongoDB, and nothing of RabbitMQ. Its client is ``extensions["mongo"]``."""
    configured = _begin(settings)
    client = _client(configured)
    database = client[configured.core.mongo_database]
    ports = ports_on(database)
    app = web.create_app(
        SERVICE,
        configured.core,
        title=TITLE,
        pings={"mongodb": partial(mongo.ping, database)},
        api_blueprints=[
            organisations.organisation_blueprint(ports),
            organisations.internal_blueprint(ports),
            people.people_blueprint(ports),
            teams.teams_blueprint(ports),
            cycles.cycles_blueprint(ports),
            objectives.objectives_blueprint(ports),
            key_results.key_results_blueprint(ports),
            tree.tree_blueprint(ports),
        ],
    )
    app.extensions["mongo"] = client
    errors.install(app)
    auth.authenticate(app, auth.TokenVerifier(configured.core.token_public_key, SERVICE))
    return app


def web_from_environment() -> Flask:
    """What each gunicorn worker calls after its fork, so that no connection is shared."""
    return build_web(Settings())


def serve_web(settings: Settings) -> None:
    """This process becomes the web server."""
    web.serve("services.goals.app:web_from_environment()", _begin(settings).core)


def run_worker(settings: Settings, stop: threading.Event | None = None) -> None:
    """The worker role: hears progress, rolls it up, watches the clock, relays events. Until told to stop."""
    configured = _begin(settings)
    with _client(configured) as client:
        database = client[configured.core.mongo_database]
        parts = _parts(configured, database)
        web.run_worker(configured.core, parts, {"mongodb": partial(mongo.ping, database)}, stop=stop)


def _parts(configured: GoalsSettings, database: Documents) -> list[web.Part]:
    amqp_url = configured.core.amqp_url
    ports, bell = ports_on(database), Bell()
    progress, accounts = _consumers(configured, ports, bell)
    publisher = bus.Publisher(amqp_url, may_be_unheard=publications.MAY_BE_UNHEARD)
    relay = Relay(outboxes(database), publisher, Leases(database))
    return [
        web.Part("progress", progress.run, progress.ready),
        web.Part("accounts", accounts.run, accounts.ready),
        web.Part("relay", relay.run, relay.ready),
        web.Part("roller", RollerLoop(ports, roller_on(database), bell, configured.roll_up_batch).run),
        web.Part("announcer", Announcer(ports).run),
        web.Part("clock", clock.Clock(ports, Leases(database), bell.ring).run),
    ]


def _consumers(configured: GoalsSettings, ports: Ports, bell: Bell) -> tuple[bus.Consumer, bus.Consumer]:
    hear = partial(bus.Consumer, configured.core.amqp_url, outage=mongo.unavailable)
    progress = hear(
        subscriptions.PROGRESS_QUEUE,
        subscriptions.progress_subscriptions(ports, bell.ring),
        batch_size=configured.roll_up_batch,
    )
    return progress, hear(subscriptions.ACCOUNTS_QUEUE, subscriptions.account_subscriptions(ports))


def migrate(settings: Settings) -> None:
    """The database has its indexes and every change of this version; the queues keep what is said early."""
    configured = _begin(settings)
    with _client(configured) as client:
        database = client[configured.core.mongo_database]
        done = migrations.migrate(database)
        for consumer in _consumers(configured, ports_on(database), Bell()):
            consumer.declare()
    telemetry.logger(SERVICE).info("database.migrated", steps=done)


def republish(settings: Settings) -> None:
    """Every document waits to announce itself anew; the worker sends it."""
    configured = _begin(settings)
    with _client(configured) as client:
        counts = republishing.republish(client[configured.core.mongo_database], publications.ANNOUNCED)
    telemetry.logger(SERVICE).info("documents.republished", **counts)


def _begin(settings: Settings) -> GoalsSettings:
    configured = read_settings(settings)
    telemetry.configure(SERVICE, configured.core.log_format, configured.core.log_level)
    return configured


def _client(configured: GoalsSettings) -> MongoClient[dict[str, Any]]:
    return mongo.connect(configured.core.mongo_url, SERVICE)
