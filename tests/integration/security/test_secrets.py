"""Outside development no process of any role starts with a secret that everybody knows, or without one."""

from __future__ import annotations

import importlib
import os
import socket
from itertools import product
from typing import Any

import pytest

from services.gateway.settings import DEVELOPMENT_SECRET as GATEWAYS
from services.notifier.settings import DEVELOPMENT_SECRET as NOTIFIERS

SERVICES = ("goals", "checkins", "notifier", "gateway")
ROLES = ("web", "worker", "migrate", "republish")
EVERY_ROLE = list(product(SERVICES, ROLES))
WELL_KNOWN: dict[str, dict[str, str]] = {
    "goals": {},
    "checkins": {},
    "notifier": {"CAIRN_UNSUBSCRIBE_SECRET": NOTIFIERS},
    "gateway": {"CAIRN_SESSION_SECRET": GATEWAYS},
}
GIVEN = {
    "CAIRN_MONGO_URL": "mongodb://127.0.0.1:1/?replicaSet=none",
    "CAIRN_AMQP_URL": "amqp://127.0.0.1:1/none",
    "CAIRN_TOKEN_PUBLIC_KEY": "a key of this test",
    "CAIRN_TOKEN_PRIVATE_KEY": "another key of this test",
    "CAIRN_SESSION_SECRET": "a secret of this test",
    "CAIRN_UNSUBSCRIBE_SECRET": "another secret of this test",
}
Environment = dict[str, str]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the machine's own settings is there, and whoever listens or calls somebody fails."""

    def refuse(*_: Any) -> None:
        msg = "this process should have ended before"
        raise AssertionError(msg)

    for name in [name for name in os.environ if name.startswith("CAIRN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def started(service: str, role: str, environment: Environment, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of the process, begun as its container begins it."""
    with monkeypatch.context() as only:
        for name, value in environment.items():
            only.setenv(name, value)
        code: int = importlib.import_module(f"services.{service}.__main__").main([role])
    return code


def complaints(
    service: str,
    role: str,
    environment: Environment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> set[str]:
    """The settings that the process names when it refuses to start."""
    assert started(service, role, environment, monkeypatch) == 1
    said = capsys.readouterr().err
    return {name for name in (*GIVEN, "CAIRN_FAILPOINTS") if name in said}


@pytest.mark.parametrize("environment", ["production", "staging", ""])
@pytest.mark.parametrize(
    ("service", "role", "name", "value"),
    [
        (service, role, name, value)
        for service, role in EVERY_ROLE
        for name, value in WELL_KNOWN[service].items()
    ],
)
def test_no_role_starts_with_a_secret_that_everybody_knows(  # each is a dimension
    service: str,
    role: str,
    name: str,
    value: str,
    environment: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {"CAIRN_ENVIRONMENT": environment, **GIVEN, name: value}
    assert name in complaints(service, role, given, monkeypatch, capsys)


@pytest.mark.parametrize(("service", "role"), EVERY_ROLE)
def test_no_role_starts_without_its_secrets_and_none_has_a_default_that_is_not_tested_here(
    service: str, role: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_production = complaints(service, role, {"CAIRN_ENVIRONMENT": "production"}, monkeypatch, capsys)
    assert in_production >= {"CAIRN_MONGO_URL", "CAIRN_AMQP_URL", "CAIRN_TOKEN_PUBLIC_KEY"}
    at_home = complaints(service, role, {"CAIRN_ENVIRONMENT": "development"}, monkeypatch, capsys)
    assert in_production - at_home == set(WELL_KNOWN[service])
    for name in in_production:
        rest = {key: value for key, value in GIVEN.items() if key != name}
        given = {"CAIRN_ENVIRONMENT": "production", **rest}
        assert complaints(service, role, given, monkeypatch, capsys) == {name}


@pytest.mark.parametrize(("service", "role"), EVERY_ROLE)
def test_no_role_takes_orders_to_die_in_production(
    service: str, role: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"CAIRN_ENVIRONMENT": "production", **GIVEN, "CAIRN_FAILPOINTS": "anywhere"}
    assert "CAIRN_FAILPOINTS" in complaints(service, role, given, monkeypatch, capsys)
