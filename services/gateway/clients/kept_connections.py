"""Requests to one service over connections that are kept for a while, and none of them for good.

A connection that is kept makes a request cheap, and pins it to the one copy of a service that it was opened
to: copies that are added would never be asked, and one that is to go would be asked to its last moment.

Every page and every request of the public API takes this way, so it does little: one write, one or two reads,
and llhttp to understand them. (urllib3 does more, and costs as much as all the rest of a request that passes
through.)
"""

from __future__ import annotations

import random
import re
import select
import socket
import ssl
import time
import weakref
from collections import deque
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httptools

from services.gateway.usecases.ports import Forwarded

CONNECT_SECONDS: Final = 1.0
KEPT_SECONDS: Final = 20.0
REPEATS: Final = 2
CHUNK: Final = 64 * 1024
_BREAKS_A_LINE: Final = re.compile(r"[\r\n\0]")


class NotConnectedError(OSError):
    """The service could not be reached: nothing was sent."""


class BrokenOffError(OSError):
    """The other side closed the connection before the answer was whole."""


class _Reading:
    """An answer as it comes in."""

    def __init__(self, method: str) -> None:
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.complete = False
        self._bodyless = method == "HEAD"

    # As httptools calls them.

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.complete = self._bodyless

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        self.complete = True


class _Connection:
    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._poll = select.poll()
        self._poll.register(connected, select.POLLIN)
        # Not all for the same while, so that they don't end all at once.
        self.until = time.monotonic() + KEPT_SECONDS * random.uniform(0.5, 1.0)  # noqa: S311  # jitter

    def is_usable(self) -> bool:
        """Whether it is young and open: what can be read between two answers is its end."""
        return time.monotonic() < self.until and not self._poll.poll(0)

    def exchange(self, method: str, request: bytes) -> tuple[Forwarded, bool]:
        """The answer, and whether the connection can be used again.

        Raises:
            OSError: it broke, or the answer did not come in time.
        """
        self._socket.sendall(request)
        reading = _Reading(method)
        parser = httptools.HttpResponseParser(reading)
        while not reading.complete:
            received = self._socket.recv(CHUNK)
            if not received:
                raise BrokenOffError
            try:
                parser.feed_data(received)
            except httptools.HttpParserError as error:
                raise BrokenOffError from error
        answer = Forwarded(
            status=parser.get_status_code(), headers=reading.headers, body=b"".join(reading.body)
        )
        ends = reading.headers.get("connection", "").lower() == "close"
        return answer, parser.get_http_version() == "1.1" and not ends

    def close(self) -> None:
        self._socket.close()


def _close_all(connections: deque[_Connection]) -> None:
    while connections:
        connections.pop().close()


class KeptConnections:
    """Connections to one service. Safe to share between threads."""

    def __init__(self, address: str, *, at_most: int, seconds: float) -> None:
        """``at_most`` connections are kept to ``address``; ``seconds`` is the longest silence."""
        parts = urlsplit(address)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._path = parts.path.rstrip("/")
        self._named = parts.netloc.rpartition("@")[2]
        self._seconds = seconds
        self._at_most = at_most
        self._idle: deque[_Connection] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, *, harmless_twice: bool
    ) -> Forwarded:
        """The service's answer, whatever its status; the names of its headers are in lower case.

        What was never sent, as to a copy that is gone, is sent again. Where a connection broke, only what is
        ``harmless_twice``: the other side may have closed it at the very moment when it was used, or after it
        had done what it was asked.

        Raises:
            ValueError: a header or the target holds what would end its line; nothing was sent.
            NotConnectedError: nothing was sent.
            OSError: something was sent, and no whole answer came.
        """
        message = self._message(method, target, headers, body)
        for _ in range(REPEATS):
            try:
                return self._exchanged(method, message)
            except NotConnectedError:
                continue
            except (BrokenOffError, ConnectionError):
                if not harmless_twice:
                    raise
        return self._exchanged(method, message)

    def _exchanged(self, method: str, message: bytes) -> Forwarded:
        connection = self._kept() or self._connected()
        try:
            answer, reusable = connection.exchange(method, message)
        except BaseException:
            connection.close()
            raise
        if reusable and len(self._idle) < self._at_most:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _message(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [f"{method} {self._path}{target} HTTP/1.1", f"Host: {self._named}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body or method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
            lines.append(f"Content-Length: {len(body)}")
        if any(_BREAKS_A_LINE.search(line) for line in lines):
            msg = "a header must not hold a line break"
            raise ValueError(msg)
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def _kept(self) -> _Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_usable():
                return connection
            connection.close()

    def _connected(self) -> _Connection:
        try:
            connected = socket.create_connection((self._host, self._port), CONNECT_SECONDS)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connected.settimeout(self._seconds)
            if self._tls is not None:
                connected = self._tls.wrap_socket(connected, server_hostname=self._host)
        except OSError as error:
            raise NotConnectedError(str(error)) from error
        return _Connection(connected)
