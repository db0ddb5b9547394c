"""The public API is described by one document, put together from what each service says of itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from libs.chassis.problems import Unavailable
from services.gateway.domain.openapi import merge
from services.gateway.usecases.ports import Documents

SERVICES: Final = ("goals", "checkins", "notifier")
KEPT_SECONDS: Final = 60.0
FAILURE_KEPT_SECONDS: Final = 5.0
FIRST_WAIT_SECONDS: Final = 1.0
FIRST = "The document is being put together. Ask again in a moment."


class PublicDocument:
    """The merged document, read from the services at most once a minute. Safe to share between threads."""

    def __init__(
        self,
        own: dict[str, Any],
        documents: Documents,
        public_url: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``own`` is the gateway's part; ``clock`` counts seconds."""
        self._own, self._documents, self._public_url, self._clock = own, documents, public_url, clock
        self._merged: dict[str, Any] | None = None
        self._failure = FIRST
        self._until = clock()
        self._reading = False
        self._changed = threading.Condition()

    def read(self) -> dict[str, Any]:
        """The document as of a minute ago, or the last one that could be read.

        One caller asks the services; meanwhile others get the last one, or wait a second for the first.

        Raises:
            Unavailable: a service does not answer, and nothing is known of it yet.
        """
        with self._changed:
            if self._reading and self._merged is None:
                self._changed.wait_for(lambda: not self._reading, FIRST_WAIT_SECONDS)
            if self._reading or self._clock() < self._until:
                return self._known()
            self._reading = True
        merged, failure = None, FIRST
        try:
            merged = self._merge()
        except Unavailable as error:
            failure = error.detail
        finally:
            self._keep(merged, failure)
        with self._changed:
            return self._known()

    def _merge(self) -> dict[str, Any]:
        parts = {"gateway": self._own, **{name: self._documents.of(name) for name in SERVICES}}
        return merge(parts, public_url=self._public_url)

    def _keep(self, merged: dict[str, Any] | None, failure: str) -> None:
        with self._changed:
            self._merged, self._failure = merged or self._merged, failure
            self._until = self._clock() + (KEPT_SECONDS if merged else FAILURE_KEPT_SECONDS)
            self._reading = False
            self._changed.notify_all()

    def _known(self) -> dict[str, Any]:
        if self._merged is None:
            raise Unavailable(self._failure)
        return self._merged
