"""Stopping a kind of mail, on the word of the signed token that the mail carried."""

from __future__ import annotations

from services.gateway.clients.organisations import SYSTEM
from services.gateway.clients.upstream import Upstream
from services.gateway.usecases.ports import Subscription


class UnsubscribingClient:
    """The notifier's answer to an unsubscribe link. Implements the port ``Unsubscribing``."""

    def __init__(self, upstream: Upstream) -> None:
        """``upstream`` is the notifier."""
        self._upstream = upstream

    def describe(self, token: str) -> Subscription:
        """What the link would stop."""
        return _subscription(self._upstream.get(SYSTEM, "/internal/unsubscribe", token=token))

    def stop(self, token: str) -> Subscription:
        """That kind of mail is no longer sent to that person."""
        return _subscription(
            self._upstream.ask(SYSTEM, "POST", "/internal/unsubscribe", body={"token": token})
        )


def _subscription(body: dict[str, object] | None) -> Subscription:
    said = body or {}
    return Subscription(kind=str(said.get("kind", "")), email=str(said.get("email") or ""))
