"""The composition root of the notifier: the only place that builds, and the only reader of settings."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from functools import partial

from flask import Flask
from pymongo.database import Database

from libs.chassis import failpoints, mongo, startup, telemetry, web
from libs.chassis.auth import TokenVerifier, authenticate
from libs.chassis.bus import Consumer, Retries
from libs.chassis.settings import CoreSettings, Settings
from services.notifier.api.mail_log import mail_log_blueprint
from services.notifier.api.notifications import notifications_blueprint
from services.notifier.api.ports import ApiPorts
from services.notifier.api.unsubscribing import unsubscribing_blueprint
from services.notifier.domain.ledger import Leases
from services.notifier.events.mailing import Planning
from services.notifier.events.subscriptions import (
    ALERTS_QUEUE,
    COPIES_QUEUE,
    alerts_subscriptions,
    copies_subscriptions,
)
from services.notifier.mail.circuit import Circuit
from services.notifier.mail.message import Sender
from services.notifier.mail.rendering import TemplateWording
from services.notifier.mail.sender import BacklogGauge, MailSender
from services.notifier.mail.smtp import SmtpPost, SmtpServer
from services.notifier.mail.tray import Tray
from services.notifier.settings import NotifierSettings, read_settings
from services.notifier.storage.choices import MongoPreferences, MongoSuppressions
from services.notifier.storage.copies import MongoCopies
from services.notifier.storage.ledger import MongoLedger
from services.notifier.storage.mail_log import MongoMailLog
from services.notifier.storage.migrations import migrate as migrate_database
from services.notifier.usecases.compose_letter import Archive
from services.notifier.usecases.read_ahead import Sources
from services.notifier.usecases.send_next_mail import Desk

SERVICE = "notifier"
TITLE = "Cairn notifier"
REPLIES = 6
"""A conversation waits for at most so many replies before the message itself goes.

For as long again the message is its sender's own from DATA on. Two replies are waited for then, but the mark
of what came of it waits for the database too, and whoever is too early sends a second copy.
"""
CLAIM = timedelta(seconds=15)
"""For so long at most a mail waits behind a sender that was killed before it began to hand it over."""
BATCH = 500
"""Events of a kind that are written together when many wait."""
CLAIMED_AHEAD = 10
"""Mails that are claimed and read up on together, for each sender."""


def build_web(settings: Settings) -> Flask:
    """The web role: it needs MongoDB, and nothing of RabbitMQ. Its client is ``extensions["mongo"]``."""
    core, own = _begin(settings)
    client = mongo.connect(core.mongo_url, SERVICE, fail_fast=True)
    database = client[core.mongo_database]
    ports = ApiPorts(
        MongoCopies(database), MongoPreferences(database), MongoMailLog(database), own.unsubscribe_secret
    )
    app = web.create_app(
        SERVICE,
        core,
        api_blueprints=[
            notifications_blueprint(ports),
            mail_log_blueprint(ports),
            unsubscribing_blueprint(ports),
        ],
        pings={"mongodb": partial(mongo.ping, database)},
        title=TITLE,
        import_name=__name__,
    )
    app.extensions["mongo"] = client
    authenticate(app, TokenVerifier(core.token_public_key, SERVICE))
    return app


def web_from_environment() -> Flask:
    """What each gunicorn worker calls after its fork, so that no connection is shared."""
    return build_web(Settings())


def serve_web(settings: Settings) -> None:
    """This process becomes the web server."""
    web.serve("services.notifier.app:web_from_environment()", _begin(settings)[0])


def run_worker(settings: Settings, stop: threading.Event | None = None) -> None:
    """The worker role: events become ledger rows and rows become mails, until told to stop."""
    core, own = _begin(settings)
    startup.warn(core, (own.smtp_host, own.smtp_port))
    with mongo.connect(core.mongo_url, SERVICE, durable_reads=True) as client:
        database = client[core.mongo_database]
        parts = worker_parts(core, own, database)
        web.run_worker(core, parts, {"mongodb": partial(mongo.ping, database)}, stop=stop)


def worker_parts(
    core: CoreSettings,
    own: NotifierSettings,
    database: Database[mongo.Document],
    retries: Retries | None = None,
) -> list[web.Part]:
    """Two consumers, the senders, and what measures their backlog.

    ``retries`` is how long failed events wait.
    """
    copies = MongoCopies(database)
    ledger = _ledger(own, database)
    sources = Sources(copies, MongoPreferences(database), MongoSuppressions(database))
    archive = Archive(
        copies=sources.copies,
        preferences=sources.preferences,
        suppressions=sources.suppressions,
        public_url=core.public_url,
        unsubscribe_secret=own.unsubscribe_secret,
        now=mongo.now,
    )
    copying, alerting = _consumers(core, own, database, retries)
    gauge = BacklogGauge(ledger, _seconds_since)
    return [
        web.Part("copies", copying.run, copying.ready),
        web.Part("alerts", alerting.run, alerting.ready),
        *_senders(own, ledger, sources, archive),
        web.Part("backlog", gauge.run),
    ]


def _leases(own: NotifierSettings) -> Leases:
    conversation = timedelta(seconds=REPLIES * own.smtp_timeout)
    return Leases(claim=min(CLAIM, conversation), conversation=conversation, message=conversation)


def _ledger(own: NotifierSettings, database: Database[mongo.Document]) -> MongoLedger:
    return MongoLedger(database, _leases(own), own.mail_log_kept)


def _consumers(
    core: CoreSettings,
    own: NotifierSettings,
    database: Database[mongo.Document],
    retries: Retries | None = None,
) -> tuple[Consumer, Consumer]:
    copies = MongoCopies(database)
    planning = Planning(
        copies,
        _ledger(own, database),
        mongo.now,
        alert_hold=own.alert_hold,
        celebration_batch=own.celebration_batch,
    )
    hear = partial(Consumer, core.amqp_url, batch_size=BATCH, retries=retries)
    return (
        hear(COPIES_QUEUE, copies_subscriptions(copies)),
        hear(ALERTS_QUEUE, alerts_subscriptions(planning)),
    )


def _senders(
    own: NotifierSettings, ledger: MongoLedger, sources: Sources, archive: Archive
) -> list[web.Part]:
    tray = Tray(ledger, sources, archive, own.senders * CLAIMED_AHEAD, _leases(own))
    wording = TemplateWording()
    circuit = Circuit()
    sender = Sender(own.mail_from)
    server = SmtpServer(
        own.smtp_host, own.smtp_port, own.smtp_user, own.smtp_password, own.smtp_tls, own.smtp_timeout
    )
    parts = [web.Part("claims", tray.keep)]
    for number in range(1, own.senders + 1):
        post = SmtpPost(server, sender, mongo.now)
        desk = Desk(tray, ledger, sources.suppressions, wording, post, mongo.now)
        parts.append(web.Part(f"sender-{number}", MailSender(desk, tray, post, circuit).run))
    return parts


def migrate(settings: Settings) -> None:
    """The database is as this version needs it, and the queues keep what is said before a worker runs."""
    core, own = _begin(settings)
    with mongo.connect(core.mongo_url, SERVICE) as client:
        database = client[core.mongo_database]
        done = migrate_database(database)
        for consumer in _consumers(core, own, database):
            consumer.declare()
    telemetry.logger(SERVICE).info("migrate.done", steps=done)


def republish(settings: Settings) -> None:
    """Nothing is said again: the notifier announces nothing."""
    _begin(settings)
    telemetry.logger(SERVICE).info("republish.nothing")


def _begin(settings: Settings) -> tuple[CoreSettings, NotifierSettings]:
    core, own = read_settings(settings)
    failpoints.arm(core.failpoints)
    telemetry.configure(SERVICE, core.log_format, core.log_level)
    return core, own


def _seconds_since(instant: datetime) -> float:
    return (mongo.now() - instant).total_seconds()
