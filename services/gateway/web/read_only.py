"""Ports that answer questions and refuse everything else.

A form that must not be saved yet is shown again by the very view that saves it. Whatever that view tries to
change, the first attempt ends in `PressAgain`, which views show as they show any refusal. A method is refused
unless it is named here, so that a new one can never write by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from services.gateway.usecases.okr_ports import Services
from services.gateway.usecases.ports import Ports
from services.gateway.web.security import PressAgain

READS: Final[Mapping[str, frozenset[str]]] = {
    "goals": frozenset(
        {
            "organisation",
            "cycles",
            "directory",
            "people",
            "everyone",
            "tree",
            "objective",
            "objectives",
            "objective_detail",
            "key_result",
            "key_results",
        }
    ),
    "checkins": frozenset({"owed_list", "due_count", "series", "check_in", "judged", "week"}),
    "notifications": frozenset({"preferences", "mail_log", "mail"}),
    "accounts": frozenset({"get", "by_email", "by_invitation", "by_reset"}),
    "sessions": frozenset({"identity"}),
    "tokens": frozenset({"identity", "list"}),
    "audit": frozenset({"page"}),
    "setups": frozenset({"get"}),
    "skipped_steps": frozenset({"of"}),
    "organisation_names": frozenset({"get", "only"}),
    "unsubscribing": frozenset({"describe"}),
    "documents": frozenset({"of"}),
}
# Values and functions among the ports, which change nothing.
PLAIN: Final = frozenset(
    {
        "api_limit",
        "clock",
        "correlation_id",
        "mint",
        "new_id",
        "public_url",
        "session_policy",
        "session_secret",
        "setup_code",
        "sign_in_limits",
    }
)


class ReadOnlyPort:
    """One port, of which only these methods work."""

    def __init__(self, port: object, reads: frozenset[str], why: PressAgain) -> None:
        """``why`` is raised by every other method."""
        self._port, self._reads, self._why = port, reads, why

    def __getattr__(self, name: str) -> Any:
        """Return the method if it only reads, else one that refuses."""
        return getattr(self._port, name) if name in self._reads else self._refuse

    def _refuse(self, *_: object, **__: object) -> None:
        raise self._why


class _ReadOnlyPorts:
    def __init__(self, ports: Ports, why: PressAgain) -> None:
        self._ports, self._why = ports, why

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._ports, name)
        return found if name in PLAIN else ReadOnlyPort(found, READS.get(name, frozenset()), self._why)


def read_only_services(services: Services, why: PressAgain) -> Services:
    """Return the services such that every change raises ``why``."""

    def guarded(name: str) -> Any:
        return ReadOnlyPort(getattr(services, name), READS[name], why)

    return Services(
        goals=guarded("goals"), checkins=guarded("checkins"), notifications=guarded("notifications")
    )


def read_only_ports(ports: Ports, why: PressAgain) -> Ports:
    """Return the gateway's own ports such that every change raises ``why``."""
    return cast("Ports", _ReadOnlyPorts(ports, why))
