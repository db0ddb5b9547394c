"""Where one native installation lives and listens: the only reader of settings in this package."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.native.servers import LOOPBACK, Mongo, Rabbit
from libs.chassis.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]

# Role or server: its port before `CAIRN_PORT_OFFSET`, and what it is for.
PORTS = {
    "gateway": (8080, "the web UI and the public API"),
    "gateway_worker": (8110, "health and metrics of the gateway's worker"),
    "goals": (8101, "the goals service"),
    "goals_worker": (8111, "health and metrics of its worker"),
    "checkins": (8102, "the checkins service"),
    "checkins_worker": (8112, "health and metrics of its worker"),
    "notifier": (8103, "the notifier service"),
    "notifier_worker": (8113, "health and metrics of its worker"),
    "mailbox": (8025, "the development mailbox: its page and its API"),
    "mailbox_smtp": (1025, "the development mailbox: its SMTP"),
    "mongo": (27117, "MongoDB"),
    "amqp": (5673, "RabbitMQ; its management 10000 above, Erlang 20000 above and 1000 below"),
}


@dataclass(frozen=True)
class Installation:
    """Everything about one installation that a person may choose."""

    folder: Path
    listen: str
    mailbox_listen: str
    ports: Mapping[str, int]
    public_url: str
    own_mongo_url: str
    own_amqp_url: str
    with_demo: bool
    stop_with: int
    services_environment: Mapping[str, str]

    @property
    def mongo(self) -> Mongo | None:
        """The server to run, unless another one was named."""
        return None if self.own_mongo_url else Mongo(self.ports["mongo"], self.folder / "data" / "mongo")

    @property
    def rabbit(self) -> Rabbit | None:
        """The server to run, unless another one was named."""
        return (
            None if self.own_amqp_url else Rabbit.beside(self.ports["amqp"], self.folder / "data" / "rabbit")
        )

    @property
    def mongo_url(self) -> str:
        """What services connect to."""
        return self.mongo.url if self.mongo else self.own_mongo_url

    @property
    def amqp_url(self) -> str:
        """What services connect to."""
        return self.rabbit.url if self.rabbit else self.own_amqp_url

    @property
    def mailbox_url(self) -> str:
        """Where a person reads the mail."""
        return f"http://localhost:{self.ports['mailbox']}"

    @property
    def plan(self) -> Path:
        """What the supervisor is to keep running."""
        return self.folder / "plan.json"

    @property
    def state(self) -> Path:
        """What the supervisor says is running."""
        return self.folder / "state.json"

    @property
    def pid_file(self) -> Path:
        """Holds the supervisor's process id, and its lock as long as it lives."""
        return self.folder / "supervisor.pid"

    @property
    def logs(self) -> Path:
        """One file for each role."""
        return self.folder / "logs"

    @property
    def secrets(self) -> Path:
        """Keys and secrets, made once, readable by their owner alone."""
        return self.folder / "secrets"

    def local(self, port: str) -> str:
        """How processes of this machine reach that port."""
        return f"http://{LOOPBACK}:{self.ports[port]}"


def read(settings: Settings) -> Installation:
    """The installation that the environment describes.

    Raises:
        SettingsError: a setting is wrong.
    """
    folder = Path(settings.text("HOME", str(ROOT / ".cairn"), "data, logs and secrets of `make up`"))
    listen = settings.text("LISTEN", LOOPBACK, "where the gateway of `make up` listens")
    # Whoever reads its mail can reset any password, so it is opened by a setting of its own.
    mailbox_listen = settings.text("MAILBOX_LISTEN", LOOPBACK, "where the page of its mailbox listens")
    offset = settings.integer(
        "PORT_OFFSET", 0, "added to every default port of `make up`", minimum=0, maximum=9000
    )
    ports = {
        name: settings.integer(f"{name.upper()}_PORT", default + offset, f"port of {purpose}", minimum=1)
        for name, (default, purpose) in PORTS.items()
    }
    installation = Installation(
        folder=folder.resolve(),
        listen=listen,
        mailbox_listen=mailbox_listen,
        ports=ports,
        public_url=settings.url(
            "PUBLIC_URL", f"http://localhost:{ports['gateway']}", "address that users see"
        ),
        own_mongo_url=settings.text("MONGO_URL", "", "a MongoDB to use instead of an own one"),
        own_amqp_url=settings.text("AMQP_URL", "", "a RabbitMQ to use instead of an own one"),
        with_demo=settings.flag("DEMO", default=True, help="whether `make up` loads the demo company"),
        stop_with=settings.integer(
            "STOP_WITH", 0, "a process after whose end `make up` is undone", minimum=0
        ),
        services_environment=passed_on({setting.name for setting in settings.declared()} | {f"{PREFIX}DEMO"}),
    )
    settings.seal()
    return installation


def passed_on(ours: set[str]) -> dict[str, str]:
    """What the user has set for the services: every `CAIRN_*` variable that is none of this package's own."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name not in ours and not name.startswith(f"{PREFIX}TEST_")
    }
