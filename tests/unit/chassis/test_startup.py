"""What an operator is warned of when a process starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from libs.chassis.settings import CoreSettings, Settings, core_settings
from libs.chassis.startup import unsafe
from tests.fixtures.waiting import until

ROOT = Path(__file__).parents[3]
HTTPS = "https://okr.fernhollow.example"


def core(environment: str = "production", public_url: str = HTTPS) -> CoreSettings:
    given = {"CAIRN_ENVIRONMENT": environment, "CAIRN_PUBLIC_URL": public_url}
    return core_settings(Settings(given), "tests")


def settings_of(core: CoreSettings, mail_server: tuple[str, int] | None = None) -> list[str]:
    return [warned.setting for warned in unsafe(core, mail_server)]


def test_a_safe_installation_is_not_warned() -> None:
    assert settings_of(core(), ("smtp.fernhollow.example", 587)) == []


@pytest.mark.parametrize("address", ["http://okr.fernhollow.example", "http://localhost:8080", ""])
def test_a_plain_address_is_warned_of(address: str) -> None:
    assert settings_of(core(public_url=address)) == ["CAIRN_PUBLIC_URL"]


@pytest.mark.parametrize(
    "server", [("mailpit", 25), ("tasks.mailpit", 1025), ("127.0.0.1", 1025), ("MailHog.test", 25)]
)
def test_a_mail_catcher_is_warned_of(server: tuple[str, int]) -> None:
    assert settings_of(core(), server) == ["CAIRN_SMTP_HOST"]


@pytest.mark.parametrize("environment", ["development", "test"])
def test_nobody_is_warned_outside_production(environment: str) -> None:
    assert settings_of(core(environment, "http://localhost"), ("mailpit", 1025)) == []


def test_the_gateway_warns_in_its_log(key_pair: tuple[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")},
        "CAIRN_AMQP_URL": "amqp://127.0.0.1:1/",
        "CAIRN_MONGO_URL": "mongodb://127.0.0.1:1/",
        "CAIRN_BIND": "127.0.0.1:0",
        "CAIRN_SESSION_SECRET": "a secret of this test",
        "CAIRN_TOKEN_PRIVATE_KEY": key_pair[0],
        "CAIRN_TOKEN_PUBLIC_KEY": key_pair[1],
        "CAIRN_WEB_WORKERS": "1",
    }
    with log.open("wb") as standard_error:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.gateway", "web"],
            cwd=ROOT,
            env=environment,
            stderr=standard_error,
        )
    try:
        until(lambda: b"startup.unsafe" in log.read_bytes(), 30, "the gateway warns")
    finally:
        process.kill()
        process.wait(10)
    line = json.loads(next(line for line in log.read_text().splitlines() if "startup.unsafe" in line))
    assert (line["level"], line["setting"], line["service"]) == ("warning", "CAIRN_PUBLIC_URL", "gateway")
    assert line["remedy"]
