"""The public API is described by one document, put together from what each service says of itself."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from services.gateway.domain.openapi import merge
from services.gateway.usecases.ports import Documents

SERVICES: Final = ("goals", "checkins", "notifier")
KEPT_SECONDS: Final = 60.0


class PublicDocument:
    """The merged document, read from the services at most once a minute. Safe to share between threads."""

    def __init__(self, own: dict[str, Any], documents: Documents, public_url: str) -> None:
        """``own`` is the gateway's part."""
        self._own, self._documents, self._public_url = own, documents, public_url
        self._merged: dict[str, Any] | None = None
        self._until = 0.0
        self._lock = threading.Lock()

    def read(self) -> dict[str, Any]:
        """The document as of a minute ago at most.

        Raises:
            Unavailable: a service does not answer, and nothing is known of it yet.
        """
        with self._lock:
            if self._merged is None or time.monotonic() >= self._until:
                parts = {"gateway": self._own, **{name: self._documents.of(name) for name in SERVICES}}
                self._merged = merge(parts, public_url=self._public_url)
                self._until = time.monotonic() + KEPT_SECONDS
            return self._merged
