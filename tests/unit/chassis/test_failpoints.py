"""A point is nothing, unless this process was armed and an order of that name waits in its folder."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from libs.chassis.settings import Settings, SettingsError, core_settings

PASSES = """
import sys
from libs.chassis import failpoints
failpoints.arm(sys.argv[1])
for number in range(5):
    failpoints.failpoint("relay.after_publish", "queue")
    print(number, flush=True)
"""


def order(folder: Path, point: str, passing: int = 1, action: str = "kill") -> None:
    (folder / point).write_text(json.dumps({"passing": passing, "action": action, "microseconds": 0}))


def passed(folder: str) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, "-c", PASSES, folder], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.split()


def test_without_a_folder_nothing_happens(tmp_path: Path) -> None:
    order(tmp_path, "relay.after_publish:queue")
    assert passed("") == (0, ["0", "1", "2", "3", "4"])


def test_without_an_order_nothing_happens(tmp_path: Path) -> None:
    order(tmp_path, "relay.after_publish:another")
    assert passed(str(tmp_path)) == (0, ["0", "1", "2", "3", "4"])


def test_an_order_kills_at_the_nth_passing_and_strikes_once(tmp_path: Path) -> None:
    order(tmp_path, "relay.after_publish:queue", passing=3)
    assert passed(str(tmp_path)) == (-signal.SIGKILL, ["0", "1"])
    assert passed(str(tmp_path)) == (0, ["0", "1", "2", "3", "4"])


def test_an_order_can_stop_a_process_until_it_is_continued(tmp_path: Path) -> None:
    order(tmp_path, "relay.after_publish:queue", passing=2, action="stop")
    with subprocess.Popen([sys.executable, "-c", PASSES, str(tmp_path)], stdout=subprocess.PIPE) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate()
    assert said.split() == [b"0", b"1", b"2", b"3", b"4"]


def test_production_refuses_to_be_armed() -> None:
    needed = {
        "CAIRN_MONGO_URL": "mongodb://db/?replicaSet=rs",
        "CAIRN_AMQP_URL": "amqp://bus/%2F",
        "CAIRN_TOKEN_PUBLIC_KEY": "-----BEGIN PUBLIC KEY-----",
        "CAIRN_FAILPOINTS": "/srv/orders",
    }
    for unarmed in ({}, {"CAIRN_ENVIRONMENT": "production"}):
        settings = Settings({**needed, **unarmed})
        core_settings(settings, "goals")
        with pytest.raises(SettingsError, match="CAIRN_FAILPOINTS"):
            settings.seal()
    settings = Settings({**needed, "CAIRN_ENVIRONMENT": "test"})
    assert core_settings(settings, "goals").failpoints == "/srv/orders"
    settings.seal()
