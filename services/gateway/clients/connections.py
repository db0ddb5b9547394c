"""Kept connections to the services behind, none of them for good.

A connection that is kept makes a request cheap, and pins it to the one copy of a service that it was opened
to: copies that are added would never be asked, and one that is to go would be asked to its last moment.
"""

from __future__ import annotations

import random
import time
from typing import Final

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError

CONNECT_SECONDS: Final = 1.0
KEPT_SECONDS: Final = 20.0
REPEATS: Final = 2


class AgeingConnection(HTTPConnection):
    """A connection that counts as dropped when it is old, so that its pool opens another."""

    _until = 0.0

    def connect(self) -> None:
        """Connected, for a while; not all for the same while, so that they don't end all at once."""
        super().connect()
        self._until = time.monotonic() + KEPT_SECONDS * random.uniform(0.5, 1.0)  # noqa: S311  # jitter

    @property
    def is_connected(self) -> bool:
        """Whether it can be used for one more request."""
        return time.monotonic() < self._until and super().is_connected


class AgeingPool(urllib3.HTTPConnectionPool):
    """Keeps such connections."""

    ConnectionCls = AgeingConnection


def keeping(connections: int, *, services: int = 1, read_seconds: float) -> urllib3.PoolManager:
    """A pool of so many connections to each service, that repeats and follows nothing by itself."""
    pool = urllib3.PoolManager(
        num_pools=services,
        maxsize=connections,
        retries=False,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds),
    )
    pool.pool_classes_by_scheme = {**pool.pool_classes_by_scheme, "http": AgeingPool}
    return pool


def may_repeat(error: Exception, *, harmless_twice: bool) -> bool:
    """Whether the request may be sent again after this.

    Always when it was never sent, as to a copy that is gone. When a kept connection broke, only what does no
    harm twice: the other side may have closed it at the very moment when it was used, or after it had done
    what it was asked.
    """
    if isinstance(error, NewConnectionError | ConnectTimeoutError):
        return True
    return harmless_twice and isinstance(error, ProtocolError)
