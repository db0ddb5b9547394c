"""The composition root of goals: the only place that builds, and the only reader of settings."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask
from pymongo import MongoClient
from pymongo.database import Database

from libs.chassis import auth, bus, failpoints, mongo, telemetry, web
from libs.chassis.lease import Leases
from libs.chassis.outbox import Relay
from libs.chassis.settings import CoreSettings, Settings
from services.goals.api import cycles, errors, key_results, objectives, organisations, people, teams, tree
from services.goals.clients.checkins import HttpCheckIns
from services.goals.events import clock, publications, subscriptions
from services.goals.events.announcer import Announcer
from services.goals.events.roller import Bell, RollerLoop
from services.goals.settings import SERVICE, GoalsSettings, read_settings
from services.goals.storage import migrations, republishing
from services.goals.storage.opening import outboxes, ports_on, roller_on
from services.goals.usecases.ports import Ports
from services.goals.usecases.retell_progress import retell_progress

TITLE = "Cairn goals"
Documents = Database[dict[str, Any]]
# Large: what is told of one key result many times over is written once a batch.
_BATCH = 2000


def build_web(settings: Settings) -> Flask:
    """The web role: it needs MongoDB, and nothing of RabbitMQ. Its client is ``extensions["mongo"]``."""
    configured = _configured(settings)
    core = configured.core
    client = _client(core, fail_fast=True)
    database = client[core.mongo_database]
    ports = replace(ports_on(database), check_ins=HttpCheckIns(configured.checkins_url))
    app = web.create_app(
        SERVICE,
        core,
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
    auth.authenticate(app, auth.TokenVerifier(core.token_public_key, SERVICE))
    return app


def web_from_environment() -> Flask:
    """What each gunicorn worker calls after its fork, so that no connection is shared."""
    return build_web(Settings())


def serve_web(settings: Settings) -> None:
    """This process becomes the web server."""
    web.serve("services.goals.app:web_from_environment()", _begin(settings))


def run_worker(settings: Settings, stop: threading.Event | None = None) -> None:
    """The worker role: hears progress, rolls it up, watches the clock, relays events. Until told to stop."""
    core = _begin(settings)
    with _client(core, durable_reads=True) as client:
        database = client[core.mongo_database]
        parts = _parts(core, database)
        web.run_worker(core, parts, {"mongodb": partial(mongo.ping, database)}, stop=stop)


def _parts(core: CoreSettings, database: Documents) -> list[web.Part]:
    amqp_url = core.amqp_url
    ports, bell = ports_on(database), Bell()
    progress, accounts = _consumers(core, ports, bell)
    publisher = bus.Publisher(amqp_url, may_be_unheard=publications.MAY_BE_UNHEARD)
    relay = Relay(outboxes(database), publisher, Leases(database), lease_seconds=core.lease)
    return [
        web.Part("progress", progress.run, progress.ready),
        web.Part("accounts", accounts.run, accounts.ready),
        web.Part("relay", relay.run, relay.ready),
        web.Part("roller", RollerLoop(ports, roller_on(database), bell).run),
        web.Part("announcer", Announcer(ports).run),
        web.Part("clock", clock.Clock(ports, Leases(database), bell.ring, mongo.unavailable).run),
    ]


def _consumers(core: CoreSettings, ports: Ports, bell: Bell) -> tuple[bus.Consumer, bus.Consumer]:
    hear = partial(bus.Consumer, core.amqp_url, outage=mongo.unavailable)
    progress = hear(
        subscriptions.PROGRESS_QUEUE,
        subscriptions.progress_subscriptions(ports, bell.ring),
        batch_size=_BATCH,
    )
    return progress, hear(subscriptions.ACCOUNTS_QUEUE, subscriptions.account_subscriptions(ports))


def migrate(settings: Settings) -> None:
    """The database has its indexes and every change of this version; the queues keep what is said early."""
    core = _begin(settings)
    with _client(core) as client:
        database = client[core.mongo_database]
        done = migrations.migrate(database)
        for consumer in _consumers(core, ports_on(database), Bell()):
            consumer.declare()
    telemetry.logger(SERVICE).info("database.migrated", steps=done)


def republish(settings: Settings) -> None:
    """Every document waits to announce itself anew; the worker sends it."""
    core = _begin(settings)
    with _client(core) as client:
        database = client[core.mongo_database]
        progress = {"objectives": retell_progress(ports_on(database))}
        counts = republishing.republish(database, publications.ANNOUNCED, progress)
    telemetry.logger(SERVICE).info("documents.republished", **counts)


def _begin(settings: Settings) -> CoreSettings:
    return _configured(settings).core


def _configured(settings: Settings) -> GoalsSettings:
    configured = read_settings(settings)
    failpoints.arm(configured.core.failpoints)
    telemetry.configure(SERVICE, configured.core.log_format, configured.core.log_level)
    return configured


def _client(
    core: CoreSettings, *, durable_reads: bool = False, fail_fast: bool = False
) -> MongoClient[dict[str, Any]]:
    return mongo.connect(core.mongo_url, SERVICE, durable_reads=durable_reads, fail_fast=fail_fast)
