"""The table of roles: who is told what, on which port."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from deploy.native import keys
from deploy.native.installation import PORTS, Installation, read
from deploy.native.roles import SERVICES, all_roles, mailbox, service_environment, web
from libs.chassis.settings import Settings, SettingsError


@pytest.fixture
def variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with nothing but a folder of its own; what a test adds is seen by both readers."""
    for name in PORTS:
        monkeypatch.delenv(f"CAIRN_{name.upper()}_PORT", raising=False)
    return {
        "CAIRN_HOME": str(tmp_path),
        "CAIRN_MONGO_URL": "mongodb://elsewhere/",
        "CAIRN_AMQP_URL": "amqp://there/",
    }


def installation(variables: dict[str, str]) -> Installation:
    at = read(Settings(variables))
    keys.ensure(at.secrets)
    return at


def test_every_service_has_a_web_and_a_worker(variables: dict[str, str]) -> None:
    names = [role.name for role in all_roles(installation(variables))]
    assert names == ["mailbox", *(f"{service}-{kind}" for service in SERVICES for kind in ("web", "worker"))]


def test_own_servers_are_left_out_when_others_are_named(variables: dict[str, str]) -> None:
    at = installation(variables)
    assert (at.mongo, at.rabbit) == (None, None)
    assert service_environment(at, "goals")["CAIRN_MONGO_URL"] == "mongodb://elsewhere/"


def test_two_installations_share_no_port(variables: dict[str, str]) -> None:
    first, second = installation(variables), installation(variables | {"CAIRN_PORT_OFFSET": "100"})
    assert not set(first.ports.values()) & set(second.ports.values())
    assert second.public_url == "http://localhost:8180"


def test_one_port_can_be_moved_alone(variables: dict[str, str]) -> None:
    at = installation(variables | {"CAIRN_MAILBOX_PORT": "9025"})
    assert (at.ports["mailbox"], at.ports["gateway"]) == (9025, 8080)


def test_a_port_that_is_no_number_is_refused_by_name(variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="CAIRN_GATEWAY_PORT: must be a whole number"):
        read(Settings(variables | {"CAIRN_GATEWAY_PORT": "http"}))


def test_what_a_user_sets_reaches_the_services(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIRN_LOG_LEVEL", "debug")
    monkeypatch.setenv("CAIRN_SMTP_HOST", "mail.example.com")
    told = service_environment(installation(variables), "notifier")
    assert (told["CAIRN_LOG_LEVEL"], told["CAIRN_SMTP_HOST"]) == ("debug", "mail.example.com")


def test_only_the_gateway_holds_the_key_that_signs(variables: dict[str, str]) -> None:
    at = installation(variables)
    holders = [name for name in SERVICES if "CAIRN_TOKEN_PRIVATE_KEY_FILE" in service_environment(at, name)]
    assert holders == ["gateway"]


def test_without_the_demo_the_setup_code_is_the_gateways_own(variables: dict[str, str]) -> None:
    assert "CAIRN_SETUP_CODE_FILE" in service_environment(installation(variables), "gateway")
    alone = installation(variables | {"CAIRN_DEMO": "0"})
    assert "CAIRN_SETUP_CODE_FILE" not in service_environment(alone, "gateway")


def test_a_changed_setting_changes_the_fingerprint(variables: dict[str, str]) -> None:
    first = {role.name: role.fingerprint() for role in all_roles(installation(variables))}
    moved = installation(variables | {"CAIRN_GOALS_WORKER_PORT": "9111"})
    second = {role.name: role.fingerprint() for role in all_roles(moved)}
    assert [name for name in first if first[name] != second[name]] == ["goals-worker"]


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    keys.ensure(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_public_key_belongs_to_the_private_one(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    private = load_pem_private_key((tmp_path / keys.PRIVATE_KEY).read_bytes(), password=None)
    assert private.public_key() == load_pem_public_key((tmp_path / keys.PUBLIC_KEY).read_bytes())


def test_opening_the_gateway_does_not_open_the_mailbox(variables: dict[str, str]) -> None:
    """Whoever reads its mail can reset any password."""
    at = installation(variables | {"CAIRN_LISTEN": "0.0.0.0"})  # noqa: S104  # what the test is about
    assert f"127.0.0.1:{at.ports['mailbox']}" in mailbox(at).command
    assert web(at, "gateway").environment["CAIRN_BIND"] == f"0.0.0.0:{at.ports['gateway']}"
