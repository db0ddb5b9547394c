"""Someone looks at their tokens."""

from __future__ import annotations

from collections.abc import Sequence

from services.gateway.domain.tokens import ApiToken
from services.gateway.usecases.ports import Ports


def list_tokens(person_id: str, ports: Ports) -> Sequence[ApiToken]:
    """The person's tokens, newest first, expired ones among them."""
    return ports.tokens.list(person_id)
