"""The latest key results that were achieved."""

from __future__ import annotations

from collections.abc import Iterable

from services.gateway.domain.okr import KeyResult

ACHIEVED = "achieved"
WINS_AT_MOST = 3


def pick_wins(found: Iterable[KeyResult]) -> tuple[KeyResult, ...]:
    """Return the achieved ones that were read last, each once; the first telling of one counts."""
    achieved: dict[str, KeyResult] = {}
    for key_result in found:
        if key_result.status == ACHIEVED and key_result.as_of is not None:
            achieved.setdefault(key_result.id, key_result)
    return tuple(sorted(achieved.values(), key=lambda kr: str(kr.as_of), reverse=True)[:WINS_AT_MOST])
