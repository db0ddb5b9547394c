"""The composition root of the notifier: the only place that builds, and the only reader of settings."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask
from pymongo.database import Database

from libs.chassis import mongo, telemetry
from libs.chassis.auth import TokenVerifier, authenticate
from libs.chassis.bus import Consumer, Retries
from libs.chassis.settings import CoreSettings, Settings, SettingsError, core_settings
from libs.chassis.web import Part, create_app, serve
from libs.chassis.web import run_worker as supervise
from services.notifier.api.mail_log import mail_log_blueprint
from services.notifier.api.notifications import notifications_blueprint
from services.notifier.api.ports import ApiPorts
from services.notifier.api.unsubscribing import unsubscribing_blueprint
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
from services.notifier.settings import NotifierSettings, notifier_settings
from services.notifier.storage.choices import MongoPreferences, MongoSuppressions
from services.notifier.storage.copies import MongoCopies
from services.notifier.storage.ledger import MongoLedger, MongoMailLog
from services.notifier.storage.migrations import STEPS
from services.notifier.usecases.compose_letter import Archive
from services.notifier.usecases.send_next_mail import Desk

SERVICE = "notifier"
ROLES = ("web", "worker", "migrate", "republish")
REPLIES = 6
"""A conversation waits for at most so many replies before the message itself goes."""


def run(arguments: Sequence[str]) -> int:
    """The role that the command line names has run; the exit status of the process."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        sys.stderr.write(f"usage: python -m services.{SERVICE} {' | '.join(ROLES)}\n")
        return 2
    settings = Settings()
    try:
        core, own = read_settings(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    telemetry.configure(SERVICE, core.log_format, core.log_level)
    match arguments[0]:
        case "web":
            serve("services.notifier.app:web_from_environment()", core)
        case "worker":
            run_worker(core, own)
        case "migrate":
            migrate(core)
        case "republish":
            republish(core)
    return 0


def read_settings(settings: Settings) -> tuple[CoreSettings, NotifierSettings]:
    """All settings of this service; none can be read afterwards.

    Raises:
        SettingsError: at least one is missing or wrong.
    """
    core = core_settings(settings, SERVICE)
    own = notifier_settings(settings)
    settings.seal()
    return core, own


def web_from_environment() -> Flask:
    """The app that gunicorn runs, in each of its processes."""
    core, own = read_settings(Settings())
    telemetry.configure(SERVICE, core.log_format, core.log_level)
    return build_web(core, own)


def build_web(core: CoreSettings, own: NotifierSettings) -> Flask:
    """The API. Its database client is in ``app.extensions["mongo"]``, for whoever has to close it."""
    client = mongo.connect(core.mongo_url, SERVICE)
    database = client[core.mongo_database]
    ports = ApiPorts(
        MongoCopies(database), MongoPreferences(database), MongoMailLog(database), own.unsubscribe_secret
    )
    app = create_app(
        SERVICE,
        core,
        api_blueprints=[
            notifications_blueprint(ports),
            mail_log_blueprint(ports),
            unsubscribing_blueprint(ports),
        ],
        pings={"mongo": lambda: mongo.ping(database)},
        title="Cairn notifier",
    )
    app.extensions["mongo"] = client
    authenticate(app, TokenVerifier(core.token_public_key, SERVICE))
    return app


def run_worker(core: CoreSettings, own: NotifierSettings) -> None:
    """Events became ledger rows and rows became mails, until SIGTERM."""
    with mongo.connect(core.mongo_url, SERVICE) as client:
        database = client[core.mongo_database]
        supervise(core, worker_parts(core, own, database), {"mongo": lambda: mongo.ping(database)})


def worker_parts(
    core: CoreSettings,
    own: NotifierSettings,
    database: Database[mongo.Document],
    retries: Retries | None = None,
) -> list[Part]:
    """Two consumers, the senders, and what measures their backlog.

    ``retries`` is how long failed events wait.
    """
    copies = MongoCopies(database)
    ledger = MongoLedger(database, timedelta(seconds=REPLIES * own.smtp_timeout))
    planning = Planning(
        copies, ledger, mongo.now, alert_hold=own.alert_hold, celebration_batch=own.celebration_batch
    )
    archive = Archive(
        copies=copies,
        preferences=MongoPreferences(database),
        suppressions=MongoSuppressions(database),
        public_url=core.public_url,
        unsubscribe_secret=own.unsubscribe_secret,
        now=mongo.now,
    )
    copying = Consumer(core.amqp_url, COPIES_QUEUE, copies_subscriptions(copies), retries=retries)
    alerting = Consumer(core.amqp_url, ALERTS_QUEUE, alerts_subscriptions(planning), retries=retries)
    gauge = BacklogGauge(ledger, _seconds_since)
    return [
        Part("copies", copying.run, copying.ready),
        Part("alerts", alerting.run, alerting.ready),
        *_senders(own, ledger, archive),
        Part("backlog", gauge.run),
    ]


def _senders(own: NotifierSettings, ledger: MongoLedger, archive: Archive) -> list[Part]:
    wording = TemplateWording()
    circuit = Circuit()
    sender = Sender(own.mail_from)
    server = SmtpServer(
        own.smtp_host, own.smtp_port, own.smtp_user, own.smtp_password, own.smtp_tls, own.smtp_timeout
    )
    parts = []
    for number in range(1, own.senders + 1):
        post = SmtpPost(server, sender, mongo.now)
        desk = Desk(ledger=ledger, archive=archive, wording=wording, post=post, now=mongo.now)
        parts.append(Part(f"sender-{number}", MailSender(desk, post, circuit).run))
    return parts


def migrate(core: CoreSettings) -> None:
    """The database is as this version needs it."""
    with mongo.connect(core.mongo_url, SERVICE) as client:
        done = mongo.run_migrations(client[core.mongo_database], STEPS)
    telemetry.logger("migrate").info("migrate.done", steps=done)


def republish(_core: CoreSettings) -> None:
    """Nothing to say again: the notifier announces nothing."""
    telemetry.logger("republish").info("republish.nothing", service=SERVICE)


def _seconds_since(instant: datetime) -> float:
    return (mongo.now() - instant).total_seconds()
