"""Compose and swarm describe one platform, told the same; the bus obeys the subscriptions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.containers.bus_permissions import VOICES
from libs.chassis.bus import Subscription
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
