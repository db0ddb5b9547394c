"""Compose and swarm describe one platform, told the same; the bus obeys the subscriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.containers.bus_permissions import VOICES
from libs.chassis.bus import Subscription
from libs.chassis.settings import Settings, core_settings
from libs.contracts import checkins, gateway, goals
from services.checkins.events import subscriptions as checkins_hears
from services.gateway.events import live as gateway_shows
from services.gateway.events import subscriptions as gateway_hears
from services.goals.events import subscriptions as goals_hears
from services.notifier.events import subscriptions as notifier_hears
from tests.fixtures.descriptions import ROLES, compose, settings_of, swarm


def test_compose_and_swarm_have_the_same_services() -> None:
    assert set(compose()) - {"secrets"} == set(swarm())
    assert set(compose()) >= ROLES


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_is_told_the_same_by_compose_and_swarm(role: str) -> None:
    assert settings_of(compose(), role) == settings_of(swarm(), role)


def test_the_mail_that_is_caught_is_for_this_machine_alone() -> None:
    """Whoever reads it can reset any password."""
    assert compose()["mailpit"]["ports"] == ["127.0.0.1:${CAIRN_MAILBOX_PORT:-8025}:8025"]
    assert "ports" not in swarm()["mailpit"]


def test_only_the_gateway_is_published() -> None:
    for services in (compose(), swarm()):
        published = {name for name, service in services.items() if "ports" in service}
        assert published - {"mailpit"} == {"gateway-web"}


@pytest.mark.parametrize("port", ["", "18480"])
@pytest.mark.parametrize("address", ["", "https://okr.fernhollow.example"])
def test_the_public_address_follows_the_published_port(address: str, port: str) -> None:
    for services in (compose(), swarm()):
        told = services["gateway-web"]["environment"]
        wanted = {"CAIRN_PUBLIC_URL": address, "CAIRN_PORT": port}
        given = {
            name: filled_in(str(told[name]), wanted) for name in ("CAIRN_PUBLIC_URL", "CAIRN_PUBLISHED_PORT")
        }
        core = core_settings(Settings(given), "gateway")
        assert core.public_url == (address or f"http://localhost:{port or 8080}")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_description_nests_variables(role: str) -> None:
    """`docker stack deploy` takes the first brace for the end of a default."""
    for services in (compose(), swarm()):
        nested = [value for value in services[role]["environment"].values() if str(value).count("${") > 1]
        assert nested == []


def filled_in(value: str, environment: Mapping[str, str]) -> str:
    """The value as compose gives it to a container."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environment.get(found[1]) or found[2], value)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_secret_a_role_is_told_of_is_mounted_by_the_swarm(role: str) -> None:
    mounted = {f"/run/secrets/{secret['target']}" for secret in swarm()[role]["secrets"]}
    wanted = {value for name, value in settings_of(swarm(), role).items() if name.endswith("_FILE")}
    assert mounted == wanted


def test_a_service_may_hear_what_it_subscribes_to_and_nothing_else() -> None:
    """The broker's permissions are the subscriptions, no more and no less."""
    heard = {
        "goals": named_in(goals_hears),
        "checkins": named_in(checkins_hears),
        "notifier": named_in(notifier_hears),
        "gateway": named_in(gateway_hears)
        | {Subscription(kind, print).binding_key for kind in gateway_shows.CHANGES},
    }
    assert {service: set(voice.hears) for service, voice in VOICES.items()} == heard


def named_in(module: Any) -> set[str]:
    """The routing keys of the events that a table of subscriptions names."""
    text = Path(module.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r"\b([A-Z]\w+)\.TYPE\b", text))
    events = {
        name: value.TYPE
        for source in (checkins, gateway, goals)
        for name, value in vars(source).items()
        if hasattr(value, "TYPE")
    }
    return {events[name].removesuffix(".v1") for name in named}
