"""What each service's user may do on the bus: its own queues, its own words, and what it hears.

    configure, read, write   names: queues that begin with the service's name, and the exchanges it uses
    topic write and read     routing keys: what it says; what its queues may be bound with

The broker refuses everything else: publishing in another's name, another's queue, the default exchange (which
reaches any queue), and hearing what is not meant for it. A service declares its own topology, so it must be
allowed to configure the three exchanges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

VIRTUAL_HOST = "cairn"
EXCHANGES = ("cairn.events", "cairn.retry", "cairn.dlx")


@dataclass(frozen=True)
class Voice:
    """What one service says and hears on `cairn.events`, as routing keys."""

    hears: tuple[str, ...]
    says: bool = True
    hears_while_it_runs: bool = False  # on a queue that the broker names and that goes with the connection


VOICES = {
    "goals": Voice(
        hears=("checkins.progress.recorded", "checkins.standing.changed", "gateway.account.activated")
    ),
    "checkins": Voice(
        hears=(
            "goals.organisation.changed",
            "goals.person.changed",
            "goals.team.changed",
            "goals.cycle.changed",
            "goals.key_result.changed",
        )
    ),
    "notifier": Voice(
        says=False,
        hears=(
            "goals.organisation.changed",
            "goals.person.changed",
            "goals.team.changed",
            "goals.objective.changed",
            "goals.objective.progressed",
            "goals.objective.achieved",
            "goals.key_result.changed",
            "checkins.progress.recorded",
            "checkins.standing.changed",
            "checkins.key_result.at_risk",
            "checkins.key_result.recovered",
            "checkins.key_result.achieved",
            "checkins.check_in.due",
            "checkins.check_in.overdue",
            "gateway.account.activated",
            "gateway.account.invited",
            "gateway.account.password_reset_requested",
        ),
    ),
    "gateway": Voice(
        hears=(
            "goals.organisation.changed",
            "goals.person.changed",
            "goals.objective.changed",
            "goals.objective.progressed",
            "goals.key_result.changed",
            "checkins.progress.recorded",
            "checkins.standing.changed",
        ),
        hears_while_it_runs=True,
    ),
}


def permissions(service: str) -> dict[str, str]:
    """Which names the service's user may configure, write to and read from."""
    voice = VOICES[service]
    own = [rf"{service}\..+"] + ([r"amq\.gen-.+"] if voice.hears_while_it_runs else [])
    exchanges = [re.escape(name) for name in EXCHANGES]
    writable = exchanges if voice.says else exchanges[1:]
    return {
        "user": service,
        "vhost": VIRTUAL_HOST,
        "configure": _whole(own + exchanges),
        "write": _whole(own + writable),
        "read": _whole(own + exchanges),
    }


def topic_permissions(service: str) -> list[dict[str, str]]:
    """Which routing keys it may publish and bind with, exchange by exchange."""
    voice = VOICES[service]
    own = rf"^{service}\..+$"
    heard = _whole(re.escape(key) for key in voice.hears)
    says = own if voice.says else "^$"
    return [
        _topic(service, "cairn.events", write=says, read=heard),
        _topic(service, "cairn.retry", write=own, read=own),
        _topic(service, "cairn.dlx", write=own, read=own),
    ]


def _topic(service: str, exchange: str, *, write: str, read: str) -> dict[str, str]:
    return {"user": service, "vhost": VIRTUAL_HOST, "exchange": exchange, "write": write, "read": read}


def _whole(alternatives: Iterable[str]) -> str:
    return rf"^({'|'.join(alternatives)})$"
