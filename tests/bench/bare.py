"""Starting a yardstick's web application in the very shape of our own web roles."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from deploy.native.installation import ROOT
from deploy.native.servers import LOOPBACK, free_port
from tests.bench.platform import SHAPE, Platform, python
from tests.fixtures.waiting import until

YARDSTICK = "yardstick"


def start(platform: Platform, module: str, environment: Mapping[str, str]) -> str:
    """The application of ``tests.bench.yardsticks.<module>`` answers at the returned address."""
    port = free_port()
    own = {"CAIRN_BIND": f"{LOOPBACK}:{port}", "YARDSTICK_MONGO_URL": platform.at.mongo_url}
    command = python(
        *("-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.conf.py")),
        f"tests.bench.yardsticks.{module}:application()",
    )
    platform.run(YARDSTICK, command, {**SHAPE, **own, **environment})
    until(lambda: _listens(port), 60, "the yardstick answers")
    return f"http://{LOOPBACK}:{port}"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
