"""The answers to "are you alive" and "can you work", the same for web and worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

Pings = Mapping[str, Callable[[], None]]
_log = structlog.get_logger(__name__)


def readiness(pings: Pings) -> tuple[bool, dict[str, str]]:
    """Whether everything answers, and what each said. A ping that raises does not answer."""
    said: dict[str, str] = {}
    for name, ping in pings.items():
        try:
            ping()
        except Exception as error:  # noqa: BLE001  # whatever a dependency throws, the answer is "not ready"
            said[name] = "does not answer"
            _log.info("health.unready", dependency=name, error=type(error).__name__)
        else:
            said[name] = "ok"
    return all(word == "ok" for word in said.values()), said
