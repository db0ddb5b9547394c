"""`make up`: from whatever state the machine is in to a platform that answers."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from deploy.native import daemon, keys
from deploy.native.daemon import PlatformError
from deploy.native.installation import PORTS, ROOT, Installation
from deploy.native.roles import SERVICES, Role, all_roles, demo_environment, service_environment
from deploy.native.servers import LOOPBACK
from deploy.native.terminal import note, step

READY_WITHIN: Final = 120.0
GIVES_UP_AFTER: Final = 4  # starts that failed; by then it is no race any more
LOOK_EVERY: Final = 0.1
LINES_SHOWN: Final = 25


def up(at: Installation) -> None:
    """Every role runs and is ready, the demo company is there if wanted, and its addresses are printed.

    Raises:
        PlatformError: something stands in the way; the text says what.
        MissingServerError: a server's program is not installed.
    """
    began = time.monotonic()
    keys.ensure(at.secrets)
    roles = all_roles(at)
    check_ports(at)
    servers = [role for role in roles if role.is_server]
    with step("MongoDB, RabbitMQ and the mailbox"):
        settled = {role.name for role in servers}
        others = [role for role in daemon.previous(at) if role["name"] not in settled]
        daemon.follow(at, [*map(daemon.planned, servers), *others])
        wait_ready(at, servers)
    migrate(at)
    services = [role for role in roles if not role.is_server]
    with step(f"{len(services)} roles of {len(SERVICES)} services"):
        daemon.follow(at, [daemon.planned(role) for role in roles])
        wait_ready(at, services)
    if at.with_demo:
        with step("demo company"):
            demo(at, "load")
    print(f"✓ ready after {time.monotonic() - began:.0f} s\n", flush=True)
    greet(at)


def check_ports(at: Installation) -> None:
    """No port that a fresh start needs is somebody else's.

    Raises:
        PlatformError: one is.
    """
    if daemon.pid(at) is not None:
        return
    for name, (_, purpose) in PORTS.items():
        if (name == "mongo" and not at.mongo) or (name == "amqp" and not at.rabbit):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, at.ports[name]))
            except OSError as error:
                message = (
                    f"port {at.ports[name]} ({purpose}) is taken by another program: "
                    f"set CAIRN_{name.upper()}_PORT, or move all ports with CAIRN_PORT_OFFSET=100"
                )
                raise PlatformError(message) from error


def wait_ready(at: Installation, roles: Iterable[Role]) -> None:
    """All these roles are ready.

    Raises:
        PlatformError: one ends again and again, or the time is over; the text ends with its log.
    """
    waiting = list(roles)
    deadline = time.monotonic() + READY_WITHIN
    while waiting:
        waiting = [role for role in waiting if not role.ready()]
        said = daemon.state(at).get("roles", {})
        lost = [role for role in waiting if said.get(role.name, {}).get("restarts", 0) >= GIVES_UP_AFTER]
        if lost or (waiting and time.monotonic() > deadline):
            worst = (lost or waiting)[0].name
            log = at.logs / f"{worst}.log"
            names = ", ".join(role.name for role in waiting)
            message = f"not ready: {names}. The end of {log}:\n{last_lines(log)}"
            raise PlatformError(message)
        if waiting:
            time.sleep(LOOK_EVERY)


def last_lines(log: Path) -> str:
    """The end of a log."""
    if not log.exists():
        return "(empty)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-LINES_SHOWN:])


def migrate(at: Installation) -> None:
    """Each service's database has the form that its code expects.

    Raises:
        PlatformError: a migration failed; the text ends with what it said.
    """
    done = at.folder / "data" / "migrated"
    wanted = migration_fingerprint(at)
    if done.exists() and done.read_text() == wanted:
        return
    with step("migrations"):
        once(at, "migrate", SERVICES)
    done.write_text(wanted)


def once(at: Installation, command: str, services: Iterable[str]) -> None:
    """These services have done what the command says, side by side, with the settings of their roles.

    Raises:
        PlatformError: one failed; the text ends with what it said.
    """
    running = {
        service: subprocess.Popen(
            [sys.executable, "-m", f"services.{service}", command],
            cwd=ROOT,
            env={**os.environ, **service_environment(at, service)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for service in services
    }
    said = {service: process.communicate()[0] for service, process in running.items()}
    for service, process in running.items():
        if process.returncode:
            message = f"`{command}` of {service} failed:\n{said[service]}"
            raise PlatformError(message)


def migration_fingerprint(at: Installation) -> str:
    """Differs whenever a migration may have something to do."""
    code = [role.fingerprint() for role in all_roles(at) if role.name.endswith("-worker")]
    return hashlib.sha256("".join([at.mongo_url, *code]).encode()).hexdigest()


def demo(at: Installation, command: str) -> None:
    """`deploy.demo` has done what the command says.

    Raises:
        PlatformError: it has not; it said why.
    """
    done = subprocess.run(
        [sys.executable, "-m", "deploy.demo", command],
        cwd=ROOT,
        env={**os.environ, **demo_environment(at)},
        check=False,
    )
    if done.returncode:
        message = f"`python -m deploy.demo {command}` failed with {done.returncode}"
        raise PlatformError(message)


def greet(at: Installation) -> None:
    """Where to go from here is printed."""
    note(f"Cairn      {at.public_url}")
    note(f"Mailbox    {at.mailbox_url}")
    note(f"API        {at.public_url}/api/docs   (a token: make token)")
    note(f"Logs       {at.logs}   (make logs, make status)")
    print(flush=True)
    if at.with_demo:
        demo(at, "sign-ins")
    else:
        note(f"First visit: {at.public_url}/welcome asks for a one-time code; it stands in")
        note(f"{at.logs / 'gateway-web.log'}")
