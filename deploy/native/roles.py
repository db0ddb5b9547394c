"""What runs on one machine: every process of the platform, in one table.

A role is started with the environment of whoever ran `make up`, narrowed to `CAIRN_*`, and the settings
named here.
"""

import hashlib
import http.client
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.native import keys
from deploy.native.installation import ROOT, Installation
from deploy.native.servers import LOOPBACK, Mongo, Rabbit

SERVICES = ("goals", "checkins", "notifier", "gateway")
SHARED_SOURCES = ("libs", "deploy/gunicorn.conf.py", "requirements/dev.txt")
ANSWERS_WITHIN = 2.0


@dataclass(frozen=True)
class Role:
    """One supervised process."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()  # a change below these restarts it
    is_server: bool = False  # started before all services, stopped after them

    def fingerprint(self) -> str:
        """Differs whenever the running process would not be what a new one is."""
        digest = hashlib.sha256(repr((self.command, sorted(self.environment.items()))).encode())
        for path in sorted(source_files(self.sources)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
        return digest.hexdigest()


def source_files(sources: tuple[str, ...]) -> Iterator[Path]:
    """Every file below the sources that a person wrote."""
    for source in sources:
        start = ROOT / source
        found = start.rglob("*") if start.is_dir() else [start]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def answers_ready(address: str) -> bool:
    """Whether `/readyz` at this address says 200."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=ANSWERS_WITHIN)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        response.read()
        return response.status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def all_roles(at: Installation) -> tuple[Role, ...]:
    """The table, servers first."""
    servers = [server(kind) for kind in (at.mongo, at.rabbit) if kind]
    return (*servers, mailbox(at), *(role for name in SERVICES for role in (web(at, name), worker(at, name))))


def server(kind: Mongo | Rabbit) -> Role:
    """MongoDB or RabbitMQ."""
    return Role(
        name=type(kind).__name__.lower(),
        command=tuple(kind.command()),
        ready=kind.ready,
        environment=kind.environment(),
        is_server=True,
    )


def mailbox(at: Installation) -> Role:
    """The development mailbox: SMTP on one side, a page and Mailpit's API on the other."""
    return Role(
        name="mailbox",
        command=(
            sys.executable,
            *("-m", "deploy.native.mailbox"),
            *("--smtp", f"{LOOPBACK}:{at.ports['mailbox_smtp']}"),
            *("--http", f"{at.mailbox_listen}:{at.ports['mailbox']}"),
            *("--folder", str(at.folder / "data" / "mailbox")),
        ),
        ready=lambda: answers_ready(at.local("mailbox")),
        sources=("deploy/native/mailbox",),
        is_server=True,
    )


def web(at: Installation, service: str) -> Role:
    """The HTTP side of a service, under gunicorn."""
    listen = at.listen if service == "gateway" else LOOPBACK
    return of_service(at, service, "web", {"CAIRN_BIND": f"{listen}:{at.ports[service]}"}, service)


def worker(at: Installation, service: str) -> Role:
    """The consumer, relay and clock of a service."""
    port = f"{service}_worker"
    return of_service(at, service, "worker", {"CAIRN_WORKER_BIND": f"{LOOPBACK}:{at.ports[port]}"}, port)


def of_service(at: Installation, service: str, kind: str, bind: Mapping[str, str], port: str) -> Role:
    """A process of that service whose health answers on the port of that name."""
    name = f"{service}-{kind}"
    return Role(
        name=name,
        command=(sys.executable, "-m", f"services.{service}", kind),
        ready=lambda: answers_ready(at.local(port)),
        environment={**service_environment(at, service), **bind},
        sources=(*SHARED_SOURCES, f"services/{service}"),
    )


def service_environment(at: Installation, service: str) -> dict[str, str]:
    """The settings of one service; what its user has set wins over the defaults named here."""
    return {**defaults(at), **own_defaults(at)[service], **at.services_environment}


def defaults(at: Installation) -> dict[str, str]:
    """What all services are told."""
    return {
        "CAIRN_AMQP_URL": at.amqp_url,
        "CAIRN_ENVIRONMENT": "development",
        "CAIRN_MONGO_URL": at.mongo_url,
        "CAIRN_PUBLIC_URL": at.public_url,
        "CAIRN_TOKEN_PUBLIC_KEY_FILE": str(at.secrets / keys.PUBLIC_KEY),
        "CAIRN_WEB_WORKERS": "1",
    }


def own_defaults(at: Installation) -> dict[str, dict[str, str]]:
    """What only one service is told."""
    return {
        "goals": {"CAIRN_CHECKINS_URL": at.local("checkins")},
        "checkins": {"CAIRN_GOALS_URL": at.local("goals")},
        "notifier": {
            "CAIRN_ALERT_HOLD": "2s",
            "CAIRN_CELEBRATION_BATCH": "5s",
            "CAIRN_MAIL_FROM": "Cairn <cairn@localhost.localdomain>",
            "CAIRN_SMTP_HOST": LOOPBACK,
            "CAIRN_SMTP_PORT": str(at.ports["mailbox_smtp"]),
            "CAIRN_SMTP_TLS": "none",
            "CAIRN_UNSUBSCRIBE_SECRET_FILE": str(at.secrets / keys.UNSUBSCRIBE_SECRET),
        },
        "gateway": {
            "CAIRN_CHECKINS_URL": at.local("checkins"),
            "CAIRN_GOALS_URL": at.local("goals"),
            "CAIRN_NOTIFIER_URL": at.local("notifier"),
            "CAIRN_SESSION_SECRET_FILE": str(at.secrets / keys.SESSION_SECRET),
            "CAIRN_TOKEN_PRIVATE_KEY_FILE": str(at.secrets / keys.PRIVATE_KEY),
            "CAIRN_PASSWORD_MEMORY_KIB": "19456",  # the least still sound: forty people come in at once
            "CAIRN_WEB_THREADS": "64",  # a live page holds one for as long as it is open
            "CAIRN_WEB_WORKERS": "2",
            **({"CAIRN_SETUP_CODE_FILE": str(at.secrets / keys.SETUP_CODE)} if at.with_demo else {}),
        },
    }


def demo_environment(at: Installation) -> dict[str, str]:
    """What `deploy.demo` is told: addresses, the code that opens the first visit, and where it remembers."""
    return {
        "CAIRN_DEMO_STATE": str(at.folder / "data" / "demo.json"),
        "CAIRN_MAILBOX_URL": at.local("mailbox"),
        "CAIRN_PUBLIC_URL": at.public_url,
        "CAIRN_SETUP_CODE": (at.secrets / keys.SETUP_CODE).read_text(),
    }
