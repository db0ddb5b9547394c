"""The real roles and the real servers as child processes of one supervisor, and ways to harm them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient

from deploy.native import daemon, keys
from deploy.native.installation import PORTS, ROOT, Installation
from deploy.native.roles import SERVICES, Role, answers_ready, server, service_environment, web, worker
from deploy.native.servers import LOOPBACK, Rabbit, free_port
from tests.faults.mail_sink import MailSink
from tests.faults.replica_set import ReplicaSet
from tests.fixtures.waiting import until

Document = dict[str, Any]
READY_WITHIN: Final = 240.0  # three platforms may be starting at once
ALL: Final = os.environ.get("CAIRN_FAULTS") == "all"
# For each reply; a row of the ledger is claimed for six of them, and from DATA on leased for three.
# Short where nothing else is on the machine; in `make test` a server that is only kept waiting is not silent.
SMTP_SECONDS: Final = 0.5 if ALL else 3.0
RESTART_PAUSE: Final = 0.2


@dataclass(frozen=True)
class Shape:
    """What one platform of the fault tests is made of."""

    mongo_nodes: int = 1
    worker_copies: int = 1
    lease: str = "10s"


@dataclass
class Platform:
    """A platform that runs, with everything needed to break it."""

    at: Installation
    shape: Shape
    mongo: ReplicaSet
    sink: MailSink
    client: MongoClient[Document] = field(init=False)

    def __post_init__(self) -> None:
        """The client is the tests' own; it bears a lost primary."""
        self.client = MongoClient(self.mongo.url, tz_aware=True, w="majority", timeoutMS=20_000)

    @property
    def rabbit(self) -> Rabbit:
        """The broker."""
        rabbit = self.at.rabbit
        assert rabbit is not None
        return rabbit

    @property
    def setup_code(self) -> str:
        """What the first visit is asked for."""
        return (self.at.secrets / keys.SETUP_CODE).read_text()

    def roles(self) -> tuple[Role, ...]:
        """Everything that should run."""
        services = [
            role for name in SERVICES for role in (self._armed(web(self.at, name)), *self._workers(name))
        ]
        return (*self.mongo.roles(), server(self.rabbit), *services)

    def _workers(self, service: str) -> Iterator[Role]:
        first = self._armed(worker(self.at, service))
        yield first
        for number in range(2, self.shape.worker_copies + 1):
            port = self.at.ports[f"{service}_worker"] + 1000 * (number - 1)
            address = f"{LOOPBACK}:{port}"
            yield replace(
                first,
                name=f"{first.name}-{number}",
                ready=partial(answers_ready, f"http://{address}"),
                environment={**first.environment, "CAIRN_WORKER_BIND": address},
            )

    def _armed(self, role: Role) -> Role:
        folder = self.orders(role.name)
        folder.mkdir(parents=True, exist_ok=True)
        return replace(role, environment={**role.environment, "CAIRN_FAILPOINTS": str(folder)})

    def orders(self, role: str) -> Path:
        """Where processes of this role find their orders."""
        return self.at.folder / "orders" / role

    def order(
        self, role: str, point: str, *, passing: int = 1, action: str = "kill", microseconds: int = 0
    ) -> Path:
        """The next process of the role that passes the point obeys; its file is gone once it has."""
        said = json.dumps({"passing": passing, "action": action, "microseconds": microseconds})
        path = self.orders(role) / point
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_text(said)
        unfinished.replace(path)
        return path

    def start(self, without: Iterable[str] = ()) -> None:
        """Exactly these roles run; the others are stopped."""
        missing = set(without)
        daemon.follow(self.at, [daemon.planned(role) for role in self.roles() if role.name not in missing])

    def wait_ready(self, names: Iterable[str] | None = None, within: float = READY_WITHIN) -> None:
        """These roles, or all, are ready."""
        wanted = None if names is None else set(names)
        waiting = [role for role in self.roles() if wanted is None or role.name in wanted]

        def all_ready() -> bool:
            waiting[:] = [role for role in waiting if not role.ready()]
            return not waiting

        until(all_ready, within, f"ready: {[role.name for role in waiting]}; logs in {self.at.logs}")

    def process(self, role: str) -> int:
        """The id of the role's process; it leads a group of its own."""
        return until(lambda: daemon.state(self.at)["roles"].get(role, {}).get("pid") or 0, 30, f"{role} runs")

    def running(self) -> Mapping[str, int]:
        """Role by role, the process that the supervisor knows."""
        return {name: said["pid"] for name, said in daemon.state(self.at)["roles"].items() if said["pid"]}

    def kill(self, *roles: str) -> None:
        """These are struck down with everything they started, at one moment."""
        for role in [self.process(role) for role in roles]:
            with suppress(ProcessLookupError):
                os.killpg(role, signal.SIGKILL)

    def send(self, role: str, number: int) -> None:
        """A signal for all processes of the role."""
        with suppress(ProcessLookupError):
            os.killpg(self.process(role), number)

    @staticmethod
    def signal(process: int, number: int) -> None:
        """A signal for one process."""
        with suppress(ProcessLookupError):
            os.kill(process, number)

    def stopped(self, role: str) -> int:
        """The process of the role that stands still; 0 where none does."""
        for name, process in self.running().items():
            if name.startswith(role) and _state_of(process) == "T":
                return process
        return 0

    def control_broker(self, *arguments: str) -> str:
        """What ``rabbitmqctl`` says, which has done this."""
        program = self.rabbit.program().with_name("rabbitmqctl")
        environment = {**os.environ, **self.rabbit.environment()}
        done = subprocess.run(
            [str(program), *arguments],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout


def _state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def _installation(folder: Path, shape: Shape, mongo_url: str, sink: MailSink) -> Installation:
    ports = {name: free_port() for name in PORTS}
    return Installation(
        folder=folder,
        listen=LOOPBACK,
        mailbox_listen=LOOPBACK,
        ports={**ports, "amqp": _amqp_port(), "mailbox_smtp": sink.port},
        public_url=f"http://{LOOPBACK}:{ports['gateway']}",
        own_mongo_url=mongo_url,
        own_amqp_url="",
        with_demo=True,
        stop_with=os.getpid(),
        services_environment={
            "CAIRN_ALERT_HOLD": "0s",
            "CAIRN_CELEBRATION_BATCH": "0s",
            "CAIRN_LEASE": shape.lease,
            "CAIRN_LOG_LEVEL": "info",
            "CAIRN_MAIL_FROM": "Cairn <cairn@localhost.localdomain>",
            "CAIRN_RATE_LIMIT_API": "10000000",
            "CAIRN_SMTP_TIMEOUT": f"{SMTP_SECONDS}s",
            "CAIRN_WEB_THREADS": "16",
            "CAIRN_WEB_WORKERS": "2",
        },
    )


def _amqp_port() -> int:
    """A port whose neighbours, which `Rabbit.beside` takes, exist as well."""
    return (
        until(lambda: port if 3000 < (port := free_port()) < 45_000 else 0, 30, "a free port for RabbitMQ")
        or 0
    )


@contextmanager
def running(shape: Shape) -> Iterator[Platform]:
    """A platform of this shape runs inside the block and is gone, with its data, after it."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-faults-"))
    sink = MailSink()
    sink.start()
    mongo = ReplicaSet.anywhere(folder / "data" / "mongo", shape.mongo_nodes)
    platform = Platform(_installation(folder, shape, mongo.url, sink), shape, mongo, sink)
    supervisor = None
    try:
        keys.ensure(platform.at.secrets)
        supervisor = _supervise(platform.at)
        names = [role.name for role in platform.roles() if not role.is_server]
        platform.start(without=names)
        platform.wait_ready([role.name for role in platform.roles() if role.is_server])
        _migrate(platform.at)
        platform.start()
        platform.wait_ready()
        yield platform
    finally:
        platform.client.close()
        daemon.stop(platform.at)
        if supervisor is not None:
            supervisor.wait(30)
        platform.rabbit.forget_names()
        sink.stop()
        if not os.environ.get("CAIRN_FAULTS_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


def _supervise(at: Installation) -> subprocess.Popen[bytes]:
    """Our own supervisor: one that restarts at once, however often a process has died before."""
    at.logs.mkdir(parents=True, exist_ok=True)
    at.plan.write_text(json.dumps({"roles": []}))
    files = {"--pid-file": at.pid_file, "--plan": at.plan, "--state": at.state, "--logs": at.logs}
    arguments = [str(part) for pair in files.items() for part in pair]
    arguments += ["--stop-with", str(at.stop_with), "--longest-pause", str(RESTART_PAUSE)]
    with (at.logs / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.native.supervisor", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until(lambda: daemon.state(at), 20, "the supervisor runs")
    return process


def _migrate(at: Installation) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", f"services.{service}", "migrate"],
            cwd=ROOT,
            env={**os.environ, **service_environment(at, service)},
            stdout=subprocess.DEVNULL,
        )
        for service in SERVICES
    ]
    assert [process.wait(120) for process in running] == [0] * len(SERVICES)
