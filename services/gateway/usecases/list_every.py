"""All key results that a query finds, not only its first page."""

from __future__ import annotations

from dataclasses import replace

from services.gateway.domain.okr import KeyResult
from services.gateway.usecases.okr_ports import KeyResultQuery, Services

PAGES_AT_MOST = 10
"""For an organisation beyond all measure."""


def list_every(services: Services, query: KeyResultQuery) -> tuple[KeyResult, ...]:
    """Return all that the query finds, read page by page."""
    page = services.goals.key_results(query)
    found = list(page.items)
    for _ in range(PAGES_AT_MOST - 1):
        if page.next is None:
            break
        page = services.goals.key_results(replace(query, cursor=page.next))
        found += page.items
    return tuple(found)
