"""Passing a request of the public API on to the service that owns the resource, and its answer back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pybreaker

from libs.chassis.problems import Unavailable
from services.gateway.clients.kept_connections import KeptConnections
from services.gateway.domain.tokens import SAFE_METHODS
from services.gateway.usecases.ports import Forwarded, Passage

KEY: Final = "Idempotency-Key"
POOLED: Final = 64
FAILURES: Final = 5
PAUSE_SECONDS: Final = 5


class HttpForwarder:
    """Keeps connections to each service, and stops asking one that does not answer for a few seconds."""

    def __init__(self, addresses: Mapping[str, str], *, seconds: float) -> None:
        """``addresses`` by name of the service; ``seconds`` is the longest wait for an answer."""
        self._connections = {
            service: KeptConnections(address, at_most=POOLED, seconds=seconds)
            for service, address in addresses.items()
        }
        self._breakers = {
            service: pybreaker.CircuitBreaker(fail_max=FAILURES, reset_timeout=PAUSE_SECONDS, name=service)
            for service in addresses
        }

    def forward(self, passage: Passage) -> Forwarded:
        """The service's answer, whatever its status.

        Raises:
            Unavailable: it gave none. A write may or may not have taken place.
        """
        try:
            # Not `call`: it holds a lock for as long as the service takes to answer.
            with self._breakers[passage.service].calling():
                return self._send(passage)
        except pybreaker.CircuitBreakerError as error:
            raise _silent(passage, PAUSE_SECONDS) from error
        except OSError as error:
            raise _silent(passage, 1) from error

    def _send(self, passage: Passage) -> Forwarded:
        return self._connections[passage.service].request(
            passage.method,
            passage.target,
            passage.headers,
            passage.body,
            harmless_twice=passage.method in SAFE_METHODS or KEY in passage.headers,
        )


def _silent(passage: Passage, retry_after: int) -> Unavailable:
    detail = "A part of Cairn does not answer. Try again."
    if passage.method not in SAFE_METHODS:
        detail = (
            "A part of Cairn does not answer, so we don't know whether this took place. "
            "Repeat the request with the same Idempotency-Key; it will not count twice."
        )
    return Unavailable(detail, retry_after=retry_after)
