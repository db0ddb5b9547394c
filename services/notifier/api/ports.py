"""What the blueprints are given by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.usecases.ports import Copies, MailLog, Preferences


@dataclass(frozen=True)
class ApiPorts:
    """Stores and the secret that unsubscribe links are signed with."""

    copies: Copies
    preferences: Preferences
    log: MailLog
    unsubscribe_secret: str
