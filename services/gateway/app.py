"""The composition root: here everything is built, and only here settings are read."""

from __future__ import annotations

import atexit
import json
import signal
import threading
import time
from functools import partial
from types import FrameType
from typing import Any, Final

import svcs
from flask import Blueprint, Flask, request
from pymongo.database import Database
from werkzeug.middleware.proxy_fix import ProxyFix

from libs.chassis import failpoints, mongo, startup, telemetry
from libs.chassis.auth import Principal, TokenMinter
from libs.chassis.bus import Broadcast, Consumer, Event, Publisher
from libs.chassis.lease import Leases
from libs.chassis.outbox import Relay
from libs.chassis.problems import Unavailable, response_of
from libs.chassis.settings import CoreSettings, Settings, core_settings
from libs.chassis.web import HEADERS, Part, create_app, serve
from libs.chassis.web import run_worker as run_parts
from services.gateway.api import accounts as accounts_api
from services.gateway.api import answers, audit, document, front, identity, tokens
from services.gateway.api.errors import problem_of
from services.gateway.api.routes import AUDIENCES
from services.gateway.clients.checkins import CheckInsClient
from services.gateway.clients.documents import DocumentsClient
from services.gateway.clients.forwarding import HttpForwarder
from services.gateway.clients.goals import GoalsClient
from services.gateway.clients.notifier import NotifierClient
from services.gateway.clients.organisations import OrganisationsClient
from services.gateway.clients.remembered import Remembered
from services.gateway.clients.unsubscribing import UnsubscribingClient
from services.gateway.clients.upstream import Upstream
from services.gateway.domain.browser import Cookies
from services.gateway.domain.errors import AccountError
from services.gateway.domain.identity import SESSION
from services.gateway.domain.secrets import signature
from services.gateway.events.live import CHANGES, change_of
from services.gateway.events.publications import PUBLICATIONS
from services.gateway.events.reset_answerer import ResetAnswerer
from services.gateway.events.subscriptions import QUEUE, subscriptions
from services.gateway.settings import GatewaySettings, gateway_settings
from services.gateway.storage.accounts import COLLECTION as ACCOUNTS
from services.gateway.storage.accounts import MongoAccounts, fill_address_keys
from services.gateway.storage.api_tokens import MongoApiTokens
from services.gateway.storage.audit import MongoAudit
from services.gateway.storage.indexes import make_indexes
from services.gateway.storage.organisation_names import MongoOrganisationNames
from services.gateway.storage.passwords import Argon2Passwords
from services.gateway.storage.rates import MongoRates
from services.gateway.storage.reset_requests import MongoResetRequests
from services.gateway.storage.sessions import MongoSessions
from services.gateway.storage.setups import MongoSetups
from services.gateway.storage.skipped_steps import MongoSkippedSteps
from services.gateway.usecases.announce_setup_code import announce_setup_code
from services.gateway.usecases.live_feed import LiveFeed
from services.gateway.usecases.note_change import Change, id_of_made, note_change
from services.gateway.usecases.okr_ports import Services, ServicesFor
from services.gateway.usecases.ports import Ports, SignInLimits
from services.gateway.usecases.publish_document import PublicDocument
from services.gateway.web import (
    accounts,
    admin,
    admin_cycles,
    admin_people,
    admin_teams,
    api_docs,
    by_script,
    check_in,
    design,
    first_steps,
    form_guard,
    key_results,
    live,
    objectives,
    okrs,
    people,
    presentation,
    problems,
    revisions,
    security,
    settings,
    static_files,
    today,
    welcome,
)
from services.gateway.web.errors import problem_page
from services.gateway.web.session import origin

SERVICE: Final = "gateway"
# The pages, one blueprint a family. A new family is a line here.
PAGES: Final[tuple[Blueprint, ...]] = (
    accounts.blueprint,
    admin.blueprint,
    admin_cycles.blueprint,
    admin_people.blueprint,
    admin_teams.blueprint,
    api_docs.blueprint,
    check_in.blueprint,
    first_steps.blueprint,
    key_results.blueprint,
    live.blueprint,
    objectives.blueprint,
    okrs.blueprint,
    people.blueprint,
    problems.blueprint,
    revisions.blueprint,
    settings.blueprint,
    static_files.blueprint,
    today.blueprint,
    welcome.blueprint,
)
DEVELOPMENT_PAGES: Final[tuple[Blueprint, ...]] = (design.blueprint,)
API: Final = (accounts_api.blueprint, tokens.blueprint, audit.blueprint)
PAUSE_SECONDS: Final = 2.0
TOKEN_SECONDS: Final = 1.0
_log = telemetry.logger(__name__)


def build_web(settings: Settings) -> Flask:
    """Pages, public API and live updates. The Mongo client is ``extensions["mongo"]``."""
    core, own = _begin(settings)
    client = mongo.connect(core.mongo_url, SERVICE, fail_fast=True)
    database = client[core.mongo_database]
    ports = build_ports(core, own, database)
    app = create_app(
        SERVICE,
        core,
        api_blueprints=API,
        pings={"mongodb": partial(mongo.ping, database)},
        title="Cairn gateway",
        problem_page=problem_page,
        import_name="services.gateway.web",
    )
    app.extensions["mongo"] = client
    app.after_request(lambda response: answers.complete(request, response))  # the first is called last
    cookies = Cookies(secure=core.public_url.startswith("https://"))
    doorkeeper = identity.Doorkeeper(ports, cookies)
    shown = security.headers_of(security.API_POLICY, secure=cookies.secure)
    app.extensions[HEADERS] = shown  # also where a request is refused before it reaches the app
    app.wsgi_app = front.Front(app.wsgi_app, doorkeeper, ports, shown)  # type: ignore[method-assign]  # as Flask documents it
    if own.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask documents it
            app.wsgi_app, x_for=own.trusted_proxies, x_proto=own.trusted_proxies, x_host=own.trusted_proxies
        )
    register_services(app, core, own, ports, cookies)
    identity.install(app, doorkeeper)
    security.install(app)
    form_guard.install(app)
    by_script.install(app)
    presentation.install(app)
    app.register_error_handler(AccountError, account_problem)
    development = DEVELOPMENT_PAGES if core.environment == "development" else ()
    for blueprint in (document.blueprint, *PAGES, *development):
        app.register_blueprint(blueprint)
    return app


def web_from_environment() -> Flask:
    """What each gunicorn worker calls after its fork, so that no connection is shared."""
    app = build_web(Settings())
    stop = hear(app)
    end_with_grace(app, stop)
    say_setup_code(app)
    return app


def serve_web(settings: Settings) -> None:
    """This process becomes the web server."""
    core, _ = _begin(settings)
    startup.warn(core)
    serve("services.gateway.app:web_from_environment()", core)


def register_services(
    app: Flask, core: CoreSettings, own: GatewaySettings, ports: Ports, cookies: Cookies
) -> None:
    """Views get what they need by its type: ``svcs.flask.get(Ports)``."""
    app.secret_key = signature(own.session_secret, "flashes", "cookie")
    app.config.update(
        SESSION_COOKIE_NAME=cookies.flashes,
        SESSION_COOKIE_SECURE=cookies.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    svcs.flask.init_app(app)
    svcs.flask.register_value(app, Ports, ports)
    svcs.flask.register_value(app, Cookies, cookies)
    svcs.flask.register_value(app, LiveFeed, LiveFeed(min(own.live_streams, core.web_threads * 3 // 5)))
    svcs.flask.register_value(app, CoreSettings, core)
    svcs.flask.register_value(app, ServicesFor, build_services(own, ports))
    described = json.loads(app.view_functions["openapi_document"]().get_data())  # type: ignore[union-attr]
    svcs.flask.register_value(
        app, PublicDocument, PublicDocument(described, ports.documents, core.public_url)
    )


def build_ports(core: CoreSettings, own: GatewaySettings, database: Database[mongo.Document]) -> Ports:
    """Everything that the use cases need."""
    addresses = {"goals": own.goals_url, "checkins": own.checkins_url, "notifier": own.notifier_url}
    minter = TokenMinter(own.token_private_key)
    return Ports(
        accounts=MongoAccounts(database),
        sessions=MongoSessions(database),
        tokens=MongoApiTokens(database, remember_seconds=TOKEN_SECONDS),
        audit=MongoAudit(database),
        rates=MongoRates(database),
        reset_requests=MongoResetRequests(database),
        passwords=Argon2Passwords(
            at_once=own.passwords_at_once, memory_kib=own.password_memory_kib, passes=3
        ),
        setups=MongoSetups(database),
        skipped_steps=MongoSkippedSteps(database),
        organisations=OrganisationsClient(Upstream(own.goals_url, ("goals",), minter)),
        organisation_names=MongoOrganisationNames(database),
        unsubscribing=UnsubscribingClient(Upstream(own.notifier_url, ("notifier",), minter)),
        forwarder=HttpForwarder(addresses, seconds=own.upstream_seconds),
        documents=DocumentsClient(addresses),
        mint=minter,
        clock=mongo.now,
        new_id=mongo.new_id,
        correlation_id=telemetry.correlation_id,
        public_url=core.public_url,
        session_secret=own.session_secret,
        setup_code=own.setup_code,
        session_policy=own.session_policy,
        sign_in_limits=SignInLimits(account=own.sign_in_account_limit, address=own.sign_in_address_limit),
        api_limit=own.api_limit,
    )


def build_services(own: GatewaySettings, ports: Ports) -> ServicesFor:
    """What pages ask the other services with, for whoever looks at them."""

    def note(principal: Principal, method: str, path: str, status: int, answer: object) -> None:
        change = Change(
            person_id=principal.person_id,
            organisation_id=principal.organisation_id,
            method=method,
            path=path,
            status=status,
            by=SESSION,
            made=id_of_made(method, status, lambda: answer),
        )
        note_change(change, origin(), ports)

    goals = Upstream(own.goals_url, AUDIENCES["goals"], ports.mint, note=note)
    checkins = Upstream(own.checkins_url, AUDIENCES["checkins"], ports.mint)
    notifier = Upstream(own.notifier_url, AUDIENCES["notifier"], ports.mint, note=note)
    remembered = Remembered()

    def acting_for(principal: Principal) -> Services:
        return Services(
            goals=GoalsClient(goals, principal, remembered),
            checkins=CheckInsClient(checkins, principal, remembered),
            notifications=NotifierClient(notifier, principal),
        )

    return ServicesFor(acting_for)


def account_problem(error: AccountError) -> Any:
    """What is wrong with an account, for whoever asked: a page for people, a problem for programs."""
    problem = problem_of(error)
    return response_of(problem, request.path) if request.path.startswith("/api/") else problem_page(problem)


def hear(app: Flask) -> threading.Event:
    """This process tells its open pages of what the bus says, until the returned event is set."""
    with app.app_context():
        feed, core = svcs.flask.get(LiveFeed), svcs.flask.get(CoreSettings)

    def tell(event: Event) -> None:
        change = change_of(event)
        if change is not None:
            feed.tell(change)

    stop = threading.Event()
    broadcast = Broadcast(core.amqp_url, list(CHANGES), tell, feed.listens)
    threading.Thread(target=broadcast.run, args=(stop,), name="live", daemon=True).start()
    atexit.register(stop.set)
    return stop


def end_with_grace(app: Flask, stop: threading.Event) -> None:
    """At SIGTERM open pages are let go at once; gunicorn then waits only for requests that will end."""
    with app.app_context():
        feed = svcs.flask.get(LiveFeed)
    of_gunicorn = signal.getsignal(signal.SIGTERM)

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        feed.close()
        if callable(of_gunicorn):
            of_gunicorn(number, frame)

    signal.signal(signal.SIGTERM, end)


def say_setup_code(app: Flask) -> None:
    """While there is no organisation, the log says the code that makes the first one, once Mongo answers."""

    def say() -> None:
        with app.app_context():
            ports = svcs.flask.get(Ports)
            while True:
                try:
                    code = announce_setup_code(ports)
                except Unavailable:
                    time.sleep(PAUSE_SECONDS)
                    continue
                if code is not None:
                    _log.warning("setup.code", code=code, open=f"{ports.public_url}/welcome")
                return

    threading.Thread(target=say, name="setup-code", daemon=True).start()


def run_worker(settings: Settings, stop: threading.Event | None = None) -> None:
    """The worker role: accounts follow people, resets get links, what accounts say leaves for the bus."""
    core, own = _begin(settings)
    with mongo.connect(core.mongo_url, SERVICE, durable_reads=True) as client:
        database = client[core.mongo_database]
        ports = build_ports(core, own, database)
        relay = Relay(
            [database[ACCOUNTS]], Publisher(core.amqp_url), Leases(database), lease_seconds=core.lease
        )
        consumer = _consumer(core, ports)
        parts = [
            Part("relay", relay.run, relay.ready),
            Part("consumer", consumer.run, consumer.ready),
            Part("resets", ResetAnswerer(ports).run),
        ]
        run_parts(core, parts, {"mongodb": partial(mongo.ping, database)}, stop=stop)


def _consumer(core: CoreSettings, ports: Ports) -> Consumer:
    return Consumer(core.amqp_url, QUEUE, subscriptions(ports), outage=mongo.unavailable)


def migrate(settings: Settings) -> None:
    """The database has every index of this version; the queue keeps what is said early."""
    core, own = _begin(settings)
    with mongo.connect(core.mongo_url, SERVICE) as client:
        database = client[core.mongo_database]
        make_indexes(database)
        fill_address_keys(database)
        _consumer(core, build_ports(core, own, database)).declare()
    _log.info("migrate.done")


def republish(settings: Settings) -> None:
    """Nothing is announced again: nobody keeps a copy of accounts, and a link must not be mailed twice."""
    _begin(settings)
    _log.info("republish.nothing", events=[event.TYPE for event in PUBLICATIONS])


def _begin(settings: Settings) -> tuple[CoreSettings, GatewaySettings]:
    core, own = core_settings(settings, SERVICE), gateway_settings(settings)
    settings.seal()
    failpoints.arm(core.failpoints)
    telemetry.configure(SERVICE, core.log_format, core.log_level)
    return core, own
