"""Someone names a stand-in who may check in for a key result."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.domain.okr import KeyResult
from services.gateway.domain.typed import Reader
from services.gateway.usecases.okr_ports import Services


def delegate_key_result(
    services: Services, key_result_id: str, typed: Mapping[str, str], rev: int
) -> KeyResult:
    """Let the chosen person check in as well; an empty choice names nobody.

    Raises:
        Problem: somebody changed the key result since ``rev``, or the person cannot be named.
    """
    reader = Reader(typed)
    fields = reader.changes({"delegate_id": lambda: reader.choice("delegate_id")})
    if not fields:
        return services.goals.key_result(key_result_id)
    return services.goals.change_key_result(key_result_id, fields, rev)
