"""`checkins` told how key results stand."""

from __future__ import annotations

from collections.abc import Iterable

from services.goals.usecases.ports import Applied, Ports


def apply_progress(news: Iterable[Applied], ports: Ports) -> int:
    """Each known key result has its newest standing, whatever the order and however often it was told.

    Closed cycles too: what was recorded before the close may arrive after it.
    """
    newest: dict[tuple[str, str], Applied] = {}
    for told in news:
        key = (told.organisation_id, told.key_result_id)
        known = newest.get(key)
        if known is None or known.standing.order < told.standing.order:
            newest[key] = told
    return ports.key_results.apply(list(newest.values())) if newest else 0
