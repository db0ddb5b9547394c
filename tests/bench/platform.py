"""The whole platform as plain processes, each role of which can be stopped and started during a measurement.

The roles, their commands and their settings are those of `make up`; only the shape of the web roles is the
yardsticks' (two gunicorn workers of eight threads), the log is JSON, and the API's rate limit is out of
the way.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient
from pymongo.database import Database

from deploy.native import keys
from deploy.native.installation import ROOT, Installation, read
from deploy.native.roles import SERVICES, Role, all_roles
from deploy.native.supervisor import die_with_supervisor
from deploy.native.up import migrate
from libs.chassis.settings import Settings
from tests.bench.accounting import cpu_seconds
from tests.fixtures.waiting import until

Document = dict[str, Any]
SERVERS: Final = ("mongo", "rabbit")
WEBS: Final = tuple(f"{service}-web" for service in SERVICES)
WORKERS: Final = tuple(f"{service}-worker" for service in SERVICES)
SHAPE: Final = {"CAIRN_WEB_WORKERS": "2", "CAIRN_WEB_THREADS": "8"}
SETTINGS: Final = {
    **SHAPE,
    "CAIRN_LOG_FORMAT": "json",
    "CAIRN_RATE_LIMIT_API": "100000000",
    "CAIRN_ALERT_HOLD": "0s",
    "CAIRN_CELEBRATION_BATCH": "1s",
}
READY_WITHIN, STOPS_WITHIN = 120.0, 40.0


@dataclass
class Platform:
    """What runs. ``settings`` are told to every service that starts from now on."""

    at: Installation
    client: MongoClient[Document]
    settings: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The gateway."""
        return self.at.local("gateway")

    def database(self, service: str) -> Database[Document]:
        """That service's own database."""
        return self.client[f"cairn_{service}"]

    def roles(self) -> dict[str, Role]:
        """Every role by its name, as it would be started now."""
        told = {**SETTINGS, **self.settings}
        return {role.name: role for role in all_roles(replace(self.at, services_environment=told))}

    def start(self, names: Iterable[str], *, ready: bool = True) -> None:
        """These roles run, and are ready unless nobody wants to wait for that."""
        roles = self.roles()
        fresh = [roles[name] for name in names if name not in self.processes]
        for role in fresh:
            self.run(role.name, role.command, role.environment)
        for role in fresh if ready else ():
            until(role.ready, READY_WITHIN, f"{role.name} is ready; its log: {self.at.logs / role.name}.log")

    def run(self, name: str, command: Iterable[str], environment: Mapping[str, str]) -> None:
        """This command runs as a session of its own; its words are in a log of its name."""
        self.at.logs.mkdir(parents=True, exist_ok=True)
        with (self.at.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                list(command),
                cwd=ROOT,
                env={**_surroundings(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # One thread runs here, so nothing can be half done in the fork.
                preexec_fn=die_with_supervisor,  # noqa: PLW1509
            )

    def stop(self, names: Iterable[str]) -> None:
        """These roles have ended as at a deployment: they finished what they had begun."""
        ending = [self.processes.pop(name) for name in names if name in self.processes]
        for process in ending:
            process.terminate()
        for process in ending:
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @contextmanager
    def told(self, settings: Mapping[str, str]) -> Iterator[None]:
        """What starts within the block is told these settings too."""
        before = dict(self.settings)
        self.settings |= settings
        try:
            yield
        finally:
            self.settings = before

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far, by role."""
        return {name: cpu_seconds(process.pid) for name, process in self.processes.items()}


def _surroundings() -> dict[str, str]:
    """The environment of this process without anything that is meant for a platform."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}


@contextmanager
def running(offset: int) -> Iterator[Platform]:
    """Both servers run, migrated and empty, and nothing else; all of it is gone after the block."""
    home = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    settings = {"CAIRN_HOME": str(home), "CAIRN_PORT_OFFSET": str(offset), "CAIRN_DEMO": "0"}
    at = replace(read(Settings(settings)), services_environment={})
    (home / "data").mkdir(parents=True)
    keys.ensure(at.secrets)
    client: MongoClient[Document] = MongoClient(at.mongo_url, tz_aware=True, w="majority", journal=True)
    platform = Platform(at, client)
    try:
        platform.start(SERVERS)
        migrate(at)
        yield platform
    finally:
        platform.stop([name for name in platform.processes if name not in SERVERS])
        client.close()
        platform.stop(["mongo"])
        platform.stop(["rabbit"])
        if at.rabbit:
            at.rabbit.forget_names()
        shutil.rmtree(home, ignore_errors=True)


def python(*arguments: str) -> tuple[str, ...]:
    """A command line of this Python."""
    return (sys.executable, *arguments)
