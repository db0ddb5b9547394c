"""All four services as they run, in this process: real HTTP between them, real MongoDB and RabbitMQ."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import urllib3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from pymongo import MongoClient
from pymongo.database import Database
from werkzeug.serving import WSGIRequestHandler, make_server

from libs.chassis.settings import Settings
from services.checkins import app as checkins
from services.gateway import app as gateway
from services.goals import app as goals
from services.notifier import app as notifier

Document = dict[str, Any]
SETUP_CODE = "the code of this test"
SERVICES: dict[str, ModuleType] = {
    "goals": goals,
    "checkins": checkins,
    "notifier": notifier,
    "gateway": gateway,
}


class SilentHandler(WSGIRequestHandler):
    """Answers without a line for each request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """The services' own log is enough."""


@dataclass
class Platform:
    """Where the public side answers, and what is behind it."""

    address: str
    app: Flask
    database: Database[Document]
    minter_key: str
    addresses: dict[str, str]


def key_pair() -> tuple[str, str]:
    """A private and a public key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@contextmanager
def running(mongo_url: str, amqp_url: str, client: MongoClient[Document], **own: str) -> Iterator[Platform]:
    """All four services answer within the block; their databases are gone after it."""
    private, public = key_pair()
    prefix = f"test_{uuid.uuid4().hex[:12]}"
    addresses: dict[str, str] = {}

    def environment(service: str) -> Settings:
        return Settings(
            {
                "CAIRN_ENVIRONMENT": "test",
                "CAIRN_LOG_LEVEL": "error",
                "CAIRN_MONGO_URL": mongo_url,
                "CAIRN_MONGO_DATABASE": f"{prefix}_{service}",
                "CAIRN_AMQP_URL": amqp_url,
                "CAIRN_TOKEN_PUBLIC_KEY": public,
                "CAIRN_TOKEN_PRIVATE_KEY": private,
                "CAIRN_WORKER_BIND": "127.0.0.1:0",
                "CAIRN_PUBLIC_URL": "http://localhost:8080",
                "CAIRN_SESSION_SECRET": "a secret of this test",
                "CAIRN_SETUP_CODE": SETUP_CODE,
                "CAIRN_PASSWORD_MEMORY_KIB": "19456",
                "CAIRN_RATE_LIMIT_API": "100000",
                "CAIRN_UNSUBSCRIBE_SECRET": "another secret of this test",
                "CAIRN_SMTP_HOST": "127.0.0.1",
                "CAIRN_SMTP_PORT": "9",
                "CAIRN_SMTP_TLS": "none",
                "CAIRN_MAIL_FROM": "Cairn <cairn@fernhollow.example>",
                **{f"CAIRN_{name.upper()}_URL": address for name, address in addresses.items()},
                **own,
            }
        )

    with ExitStack() as held:
        for service in SERVICES:
            held.callback(client.drop_database, f"{prefix}_{service}")
        for service, module in SERVICES.items():
            module.migrate(environment(service))
            app = module.build_web(environment(service))
            held.callback(app.extensions["mongo"].close)
            addresses[service] = held.enter_context(served(app))
        for service, module in SERVICES.items():
            held.enter_context(worker(module.run_worker, environment(service)))
        yield Platform(addresses["gateway"], app, client[f"{prefix}_gateway"], private, addresses)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app answers at the address, within the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=SilentHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]  # of ThreadingMixIn
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@contextmanager
def worker(run: Callable[..., None], settings: Settings) -> Iterator[None]:
    """The worker role runs within the block."""
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(settings, stop), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(30)


@dataclass
class Answer:
    """What the public API said."""

    status: int
    body: Any
    headers: Any


class Caller:
    """Calls the public API over HTTP, as a program does: with a token, or as a stranger."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._address, self.token = address, token
        self._pool = urllib3.PoolManager(retries=False, timeout=20, maxsize=8)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The answer of ``/api/v1`` + path. Underscores in header names stand for dashes."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        answer = (
            self._pool.request(
                method, f"{self._address}/api/v1{path}", json=body, headers=sent, redirect=False
            )
            if body is not None
            else self._pool.request(method, f"{self._address}/api/v1{path}", headers=sent, redirect=False)
        )
        return Answer(answer.status, answer.json() if answer.data else None, answer.headers)

    def made(self, path: str, body: Any, **headers: str) -> Any:
        """What a POST made."""
        answer = self.call("POST", path, body, **headers)
        assert answer.status == 201, (path, answer.status, answer.body)
        return answer.body
