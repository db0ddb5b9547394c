"""Secrets planted wherever one is typed, minted, mailed or configured; then every role's log is searched."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pymongo import MongoClient

from deploy.native.servers import LOOPBACK, free_port, manage
from deploy.native.testbed import Addresses
from tests.fixtures.waiting import until
from tests.integration.gateway.conftest import ADMIN
from tests.integration.gateway.people import CSRF, Browser, sign_in
from tests.integration.gateway.platform import Caller, Platform, key_pair, running
from tests.integration.security.wire import send

Document = dict[str, Any]
ROOT = Path(__file__).parents[3]
UNREACHING = (
    ("goals", "migrate"),
    ("checkins", "worker"),
    ("notifier", "worker"),
    ("gateway", "worker"),
    ("gateway", "migrate"),
)


class Canaries:
    """Secrets that are like no other text, so that one line of a log tells which was let out."""

    def __init__(self) -> None:
        self.planted: dict[str, str] = {}

    def plant(self, name: str) -> str:
        """A fresh secret to be typed or configured."""
        return self.found(name, f"canary-{uuid.uuid4().hex}")

    def found(self, name: str, secret: str) -> str:
        """A secret that the platform made; it is searched for as well."""
        assert len(secret) > 20, name
        self.planted[name] = secret
        return secret

    def seen_in(self, text: str) -> list[str]:
        """Which of them stand there, plain or as addresses write them."""
        return [
            name for name, secret in self.planted.items() if secret in text or quote(secret, safe="") in text
        ]


class Closed:
    """A mail server that lets nobody sign in."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Nobody comes so far."""
        del server, session, envelope
        return "250 2.0.0 Ok"


@contextmanager
def refusing_mail_server() -> Iterator[tuple[int, list[int]]]:
    """Its port, and a list that grows with each sign-in that it refused."""
    refused: list[int] = []

    def authenticator(*_: object) -> AuthResult:
        refused.append(1)
        return AuthResult(success=False, handled=False)

    server = Controller(
        Closed(),
        hostname=LOOPBACK,
        port=free_port(),
        authenticator=authenticator,
        auth_require_tls=False,
    )
    server.start()
    try:
        yield server.port, refused
    finally:
        server.stop()


@contextmanager
def bus_user(servers: Addresses, amqp_url: str, password: str) -> Iterator[str]:
    """The address of the bus for a user whose password is a canary."""
    name, host = f"canary-{uuid.uuid4().hex[:8]}", amqp_url.rpartition("/")[2]
    manage(servers.amqp_management_url, "PUT", f"/api/users/{name}", {"password": password, "tags": ""})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    manage(servers.amqp_management_url, "PUT", f"/api/permissions/{host}/{name}", everything)
    yield amqp_url.replace("guest:guest", f"{name}:{password}")
    manage(servers.amqp_management_url, "DELETE", f"/api/users/{name}", None)


def story(platform: Platform, canaries: Canaries, client: MongoClient[Document]) -> None:
    """Whoever has a secret uses it, mistypes it, and puts it where it does not belong."""
    password = canaries.plant("the admin's password")
    Caller(platform.address).made("/setup", {**ADMIN, "password": password})
    browser = sign_in(platform, ADMIN["email"], password)
    canaries.found("a session's cookie", browser.cookies["cairn_session"])
    token = canaries.found("an API token", browser.token_of_ones_own())
    canaries.found("a form token", browser.csrf())
    wrong = Browser(platform)
    wrong.open("/sign-in")
    assert (
        wrong.send("/sign-in", {"email": ADMIN["email"], "password": canaries.plant("a wrong one")}).status
        == 401
    )
    misplaced = canaries.plant("a password in the field of the address")
    wrong.send("/sign-in", {"email": misplaced, "password": "x"})
    admin = Caller(platform.address, token)
    admin.call(
        "PUT", "/me/password", {"current": canaries.plant("mistaken"), "password": canaries.plant("next")}
    )
    admin.call("PUT", "/me/password", {"password": {"nested": canaries.plant("nested")}})
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    broken = f'{{"current": "{canaries.plant("half a body")}"'.encode()
    send(platform.address, "PUT", "/api/v1/me/password", broken, bearer)
    stranger = canaries.plant("somebody's revoked token")
    assert Caller(platform.address, f"crn_{stranger}").call("GET", "/me").status == HTTPStatus.UNAUTHORIZED
    send(platform.address, "GET", "/api/v1/me", headers={"Authorization": f"Basic {canaries.plant('basic')}"})
    send(
        platform.address, "GET", "/", headers={"Cookie": f"cairn_session={canaries.plant('an old session')}"}
    )
    links(platform, canaries, client, admin)


def links(platform: Platform, canaries: Canaries, client: MongoClient[Document], admin: Caller) -> None:
    """Invitation and reset links are mailed in vain, opened, used, and opened again."""
    admin.made("/people", {"name": "Jun Alder", "email": "jun.alder@fernhollow.example"})
    Caller(platform.address).call("POST", "/password/reset-requests", {"email": ADMIN["email"]})
    ledger = client[platform.database.name.removesuffix("gateway") + "notifier"]["ledger"]

    def facts(kind: str) -> str | None:
        row = ledger.find_one({"kind": kind, "facts.link": {"$regex": "http"}})
        return str(row["facts"]["link"]) if row else None

    for kind in ("invitation", "password_reset"):
        link = str(until(partial(facts, kind), 30, f"the {kind} is on its way"))
        secret = canaries.found(f"the link of an {kind}", link.rsplit("/", 1)[1])
        path = link.removeprefix("http://localhost:8080")
        visitor = Browser(platform)
        assert visitor.open(path).status == HTTPStatus.OK
        visitor.send(path, {"password": "short"})
        assert visitor.send(path, {"password": canaries.plant(f"a password for the {kind}")}).status == 303
        visitor.open(path)
        Caller(platform.address).call("POST", "/password/resets", {"token": secret, "password": "x" * 20})
    for path in ("/invitations/{}", "/password/{}", "/unsubscribe?token={}"):
        visitor.open(path.format(canaries.plant(path)))
    assert CSRF.search(visitor.page)


def test_no_planted_secret_stands_in_any_log_of_the_story(
    servers: Addresses,
    mongo_url: str,
    amqp_url: str,
    mongo_client: MongoClient[Document],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All roles, everything logged, while no mail server lets anybody sign in."""
    canaries, log = Canaries(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with (
        refusing_mail_server() as (port, refused),
        bus_user(servers, amqp_url, canaries.plant("the bus's password")) as bus,
    ):
        own = {
            "CAIRN_LOG_LEVEL": "debug",
            "CAIRN_LOG_FORMAT": "json",
            "CAIRN_SMTP_PORT": str(port),
            "CAIRN_SMTP_USER": "cairn",
            "CAIRN_SMTP_PASSWORD": canaries.plant("the mail server's password"),
            "CAIRN_SESSION_SECRET": canaries.plant("the session secret"),
            "CAIRN_UNSUBSCRIBE_SECRET": canaries.plant("the unsubscribe secret"),
        }
        with running(mongo_url, bus, mongo_client, **own) as platform:
            canaries.found("the signing key", platform.minter_key.splitlines()[1])
            story(platform, canaries, mongo_client)
            until(lambda: refused, 30, "the mail server refuses a sign-in")
            until(
                lambda: "sign_in_refused" in log.getvalue() or "535" in log.getvalue(), 30, "the log says so"
            )
    text = log.getvalue()
    for said in ("http.request", "event.handled", "/password/<token>", "/invitations/<token>"):
        assert said in text, "the log tells what happened, else its silence would say nothing"
    assert canaries.seen_in(text) == []
    assert len(canaries.planted) > 20


def test_no_role_that_cannot_reach_its_servers_says_with_which_password(tmp_path: Path) -> None:
    """Neither the database nor the bus is there; each role says so, and not more."""
    canaries = Canaries()
    private, public = key_pair()
    closed = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")},
        "CAIRN_ENVIRONMENT": "production",
        "CAIRN_LOG_LEVEL": "debug",
        "CAIRN_MONGO_URL": f"mongodb://cairn:{canaries.plant('mongo')}@127.0.0.1:{closed}/?authSource=admin"
        "&serverSelectionTimeoutMS=1500",
        "CAIRN_AMQP_URL": f"amqp://cairn:{canaries.plant('amqp')}@127.0.0.1:{closed}/cairn",
        "CAIRN_TOKEN_PUBLIC_KEY": public,
        "CAIRN_TOKEN_PRIVATE_KEY": canaries.found("key", private),
        "CAIRN_SESSION_SECRET": canaries.plant("session"),
        "CAIRN_UNSUBSCRIBE_SECRET": canaries.plant("unsubscribe"),
        "CAIRN_SMTP_PASSWORD": canaries.plant("smtp"),
        "CAIRN_SETUP_CODE": canaries.plant("set-up"),
        "CAIRN_WORKER_BIND": "127.0.0.1:0",
        "CAIRN_BIND": "127.0.0.1:0",
    }
    with ExitStack() as running_roles:
        logs = [tmp_path / f"{service}-{role}.log" for service, role in UNREACHING]
        for log, (service, role) in zip(logs, UNREACHING, strict=True):
            running_roles.enter_context(started([f"services.{service}", role], log, environment))
        until(lambda: all("Error" in log.read_text() for log in logs), 90, "each role says what is wrong")
    for log in logs:
        assert canaries.seen_in(log.read_text()) == [], log.name


@contextmanager
def started(arguments: list[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    """A role runs within the block and writes all it says to a file."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.kill()
            process.wait()
