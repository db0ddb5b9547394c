"""Someone names a stand-in who may check in for a key result."""

from __future__ import annotations

from services.gateway.domain.okr import KeyResult
from services.gateway.usecases.okr_ports import Services


def delegate_key_result(services: Services, key_result_id: str, delegate_id: str | None) -> KeyResult:
    """This person may check in as well; null names nobody."""
    now = services.goals.key_result(key_result_id)
    return services.goals.change_key_result(key_result_id, {"delegate_id": delegate_id}, now.rev)
