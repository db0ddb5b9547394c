"""Gunicorn's threaded worker, except that a request takes a thread only once all of it has arrived.

The worker's main loop reads heads and bodies, of all connections at once. So a slow sender holds a socket and
some memory, never a thread, and not even those for long: a request that is not complete in time is answered
408. ``/livez`` is answered by the loop itself, whatever the threads do. Gunicorn alone gives a thread to each
connection that has sent one byte.
"""

from __future__ import annotations

import errno
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog
from gunicorn import http
from gunicorn.http.unreader import Unreader
from gunicorn.workers import gthread

from libs.chassis import problems
from libs.chassis.web import metrics, refusals
from libs.chassis.web.arrival import Arrival

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

READ_SIZE: Final = 64 * 1024
BUFFERED_LIMIT: Final = 32 * 1024 * 1024
LINGER_SECONDS: Final = 2.0
LINGER_BYTES: Final = 1024 * 1024
ROOM: Final = 20
"""So many connections below the most, whoever comes is told to come again."""
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
ALIVE: Final = b'{"status":"alive"}'
# Only what every parser reads alike, and what ends with its head; gunicorn judges the rest.
_LIVEZ: Final = re.compile(
    rb"(GET|HEAD) /livez HTTP/1\.([01])\r\n"
    rb"(?:(?!(?i:content-length|transfer-encoding):)[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*\r\n)*"
)
_CLOSE: Final = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)
_log = structlog.get_logger("http")


class Connection(gthread.TConn):  # type: ignore[misc]  # gunicorn carries no types
    """A connection and the request that is arriving on it."""

    def __init__(self, *args: Any) -> None:
        """As gunicorn makes it."""
        super().__init__(*args)
        self.arrival = Arrival()
        self.answer_until: float | None = None
        self.is_told_to_go_on = False
        self.drained = 0


class Arrived(Unreader):  # type: ignore[misc]  # the same
    """What gunicorn reads a request from: what has arrived, and never the socket.

    It is given in pieces, because gunicorn copies for each chunk of a body what it holds behind it.
    """

    PIECE = 8 * 1024

    def __init__(self, arrived: bytes) -> None:
        """Hold what ``arrived``."""
        super().__init__()
        self.arrived, self.position = arrived, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece; none where a socket would be waited for."""
        begin, self.position = self.position, self.position + max(self.PIECE, size_hint or 0)
        return self.arrived[begin : self.position]

    def take_buffered(self) -> bytes:
        """Return all that was not read."""
        taken: bytes = super().take_buffered()
        return taken + self.arrived[self.position :]


class BufferingWorker(gthread.ThreadWorker):  # type: ignore[misc]  # the same
    """See the module. ``request_seconds`` and ``answer_seconds`` are set by the configuration."""

    request_seconds = 20.0
    answer_seconds = 60.0

    def __init__(self, *args: Any, **options: Any) -> None:
        """As gunicorn makes it."""
        super().__init__(*args, **options)
        # In the order of their deadlines, which are all equally long.
        self.arriving: dict[Connection, None] = {}
        self.lingering: dict[Connection, None] = {}
        self.in_threads: dict[socket.socket, Connection] = {}
        self.service = str(self.cfg.proc_name).removeprefix("cairn-")
        self.own_headers: Iterable[tuple[str, str]] = ()
        self.silent_until: float | None = None

    # What arrives

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection. Where there is no room, the one that has been slow for longest goes."""
        try:
            connected, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._make_room()  # the process has no file descriptor left
            return
        connection = Connection(self.cfg, connected, address, listener.getsockname())
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._await_request(connection)
        self._guarded(connection, self._read)

    def _await_request(self, connection: Connection) -> None:
        """Read what comes next on this connection, until its deadline."""
        connection.sock.settimeout(0)
        connection.timeout = time.monotonic() + self.request_seconds
        self.arriving[connection] = None
        callback = partial(self._guarded, connection, self._read)
        self.poller.register(connection.sock, selectors.EVENT_READ, lambda _socket: callback())

    def _guarded(self, connection: Connection, step: Callable[[Connection], None]) -> None:
        """Do ``step``; whatever goes wrong ends this connection and not the worker."""
        try:
            step(connection)
        except OSError:
            self._drop(connection)
        except Exception:  # noqa: BLE001  # the loop serves all other connections too
            _log.exception("http.connection_failed")
            self._drop(connection)

    def _read(self, connection: Connection) -> None:
        with suppress(BlockingIOError):
            received = connection.sock.recv(READ_SIZE)
            if received:
                connection.arrival.feed(received)
                self._go_on(connection)
            elif connection.arrival.received:
                self._refuse(connection, problems.BadRequest("The request ended early."))
            else:
                self._drop(connection)

    def _go_on(self, connection: Connection) -> None:
        arrival = connection.arrival
        if arrival.problem is not None:
            self._refuse(connection, arrival.problem)
        elif arrival.is_complete:
            self._answer(connection)
        elif arrival.expects_continue and not connection.is_told_to_go_on:
            connection.is_told_to_go_on = True
            connection.sock.send(CONTINUE)

    def _answer(self, connection: Connection) -> None:
        alive = _LIVEZ.fullmatch(connection.arrival.head or b"")
        if alive is not None:
            self._say_alive(connection, alive)
        elif len(self.in_threads) >= self.worker_connections - ROOM:
            self._refuse(connection, problems.Unavailable("Too many requests are under way.", retry_after=1))
        else:
            self._forget(connection)
            self.in_threads[connection.sock] = connection
            self._hand_over(connection)

    def _hand_over(self, connection: Connection) -> None:
        if connection.parser is None:
            connection.parser = http.get_parser(self.cfg, connection.sock, connection.client)
        connection.initialized = connection.data_ready = True
        connection.parser.unreader = Arrived(bytes(connection.arrival.received))
        self.enqueue_req(connection)

    def _say_alive(self, connection: Connection, asked: re.Match[bytes]) -> None:
        arrival = connection.arrival
        head = arrival.head or b""
        # Not in turn with what was sent behind it: a thousand such requests would be a thousand calls deep.
        is_last = arrival.end != len(arrival.received)
        closes = asked[2] == b"0" or _CLOSE.search(head) is not None or is_last or not self.alive
        self._send(
            connection,
            refusals.answer(
                200,
                [("Content-Type", "application/json")],
                ALIVE,
                refusals.correlation_of(head),
                self.own_headers,
                closes=closes,
                bodyless=asked[1] == b"HEAD",
            ),
        )
        self._forget(connection)
        if closes:
            self._linger(connection)
        else:
            self._await_next(connection, b"")

    def _refuse(self, connection: Connection, problem: problems.Problem) -> None:
        """Answer without a thread, and end the connection."""
        self._send(connection, refusals.refusal(problem, connection.arrival.head, self.own_headers))
        self._note(problem)
        self._forget(connection)
        self._linger(connection)

    def _send(self, connection: Connection, answer: bytes) -> None:
        """Send an answer that is short enough for any socket.

        Raises:
            OSError: it is not: the client reads nothing.
        """
        if connection.sock.send(answer) < len(answer):
            raise BrokenPipeError

    def _note(self, problem: problems.Problem, **more: Any) -> None:
        metrics.REQUESTS.labels(self.service, "other", "unread", str(problem.status)).observe(0)
        _log.info("http.refused", status=problem.status, problem=problem.type, reason=problem.detail, **more)

    # What is over

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Wait for the next request on this connection, or end it."""
        self.in_threads.pop(conn.sock, None)
        conn.answer_until = None
        is_kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if is_kept:
            left = conn.parser.unreader.take_buffered()
            self._guarded(conn, partial(self._await_next, received=left))
        else:
            self._linger(conn)

    def _await_next(self, connection: Connection, received: bytes) -> None:
        connection.arrival = Arrival()
        connection.is_told_to_go_on = False
        if received:
            self._await_request(connection)
            connection.arrival.feed(received)
            self._guarded(connection, self._go_on)
            return
        connection.sock.settimeout(0)
        connection.set_timeout()
        if not self.alive:
            connection.timeout = min(connection.timeout, time.monotonic() + gthread.STOP_KEEPALIVE_LINGER)
        self.keepalived_conns.append(connection)
        self.poller.register(
            connection.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, connection)
        )

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Read the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_request(conn)
        self._guarded(conn, self._read)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:  # noqa: FBT001  # gunicorn's
        """Whether the connection can be used again; gunicorn would wait here for the rest of the body."""
        return not conn.arrival.is_cut and bool(super()._keepalive_after(conn, keepalive))

    def _linger(self, connection: Connection) -> None:
        """End our side, and let the client read before the rest of what it sent resets the connection.

        Gunicorn waits for that in its main loop, up to two seconds for each connection.
        """
        try:
            connection.sock.settimeout(0)
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(connection)
            return
        connection.timeout = time.monotonic() + LINGER_SECONDS
        self.lingering[connection] = None
        callback = partial(self._guarded, connection, self._drain)
        self.poller.register(connection.sock, selectors.EVENT_READ, lambda _socket: callback())

    def _drain(self, connection: Connection) -> None:
        with suppress(BlockingIOError):
            received = connection.sock.recv(READ_SIZE)
            connection.drained += len(received)
            if not received or connection.drained > LINGER_BYTES:
                self._drop(connection)

    def _forget(self, connection: Connection) -> None:
        """Read no more of this connection."""
        if connection in self.arriving or connection in self.lingering:
            self.arriving.pop(connection, None)
            self.lingering.pop(connection, None)
            with suppress(KeyError, ValueError):
                self.poller.unregister(connection.sock)

    def _drop(self, connection: Connection) -> None:
        self._forget(connection)
        self.nr_conns -= 1
        connection.close()

    def _make_room(self) -> None:
        if self.keepalived_conns:
            idle = self.keepalived_conns.popleft()
            with suppress(KeyError, ValueError):
                self.poller.unregister(idle.sock)
            self._drop(idle)
        elif oldest := next(iter(self.lingering), None) or next(iter(self.arriving), None):
            self._drop(oldest)

    def murder_pending(self) -> None:
        """End what is too slow: requests that do not arrive, answers that nobody reads."""
        now = time.monotonic()
        for connection in _late(self.arriving, now):
            if connection.arrival.received:
                late = problems.RequestTimeout(
                    f"A request must arrive within {self.request_seconds:g} seconds."
                )
                self._guarded(connection, partial(self._refuse, problem=late))
            else:
                self._drop(connection)
        for connection in _late(self.lingering, now):
            self._drop(connection)
        if not self.alive:
            self._end_silent(now)
        buffered = sum(len(connection.arrival.received) for connection in self.arriving)
        while buffered > BUFFERED_LIMIT:
            oldest = next(iter(self.arriving))
            buffered -= len(oldest.arrival.received)
            self._drop(oldest)
        for connection in list(self.in_threads.values()):
            if connection.answer_until is not None and connection.answer_until <= now:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that writes to it

    def _end_silent(self, now: float) -> None:
        """End the connections on which nothing came, soon after the worker was told to stop.

        Browsers open connections that they may never use; no stop waits for those.
        """
        if self.silent_until is None:
            self.silent_until = now + gthread.STOP_KEEPALIVE_LINGER
        elif now >= self.silent_until:
            for connection in [each for each in self.arriving if not each.arrival.received]:
                self._drop(connection)

    # What a thread does

    def load_wsgi(self) -> None:
        """Load the app, and watch how long its answers take to be read."""
        app: Any = self.app.wsgi()
        self.own_headers = getattr(app, "extensions", {}).get(refusals.HEADERS, ())
        self.wsgi = partial(self._watched, app)

    def _watched(
        self, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        connection = self.in_threads.get(environ["gunicorn.socket"])

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if connection is not None and not any("event-stream" in value for _, value in headers):
                connection.answer_until = time.monotonic() + self.answer_seconds
            return start_response(status, headers, *rest)

        return app(environ, begin)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer a request. The loop has said "100 Continue" already, where it was asked."""
        req._expected_100_continue = False  # noqa: SLF001  # gunicorn keeps it there
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what gunicorn cannot read with a problem."""
        del req, addr
        problem = refusals.problem_of(exc)
        connection = self.in_threads.get(client)
        head = connection.arrival.head if connection is not None else None
        if isinstance(problem, problems.InternalError):
            _log.error("http.failed", exc_info=exc)
        self._note(problem, error=type(exc).__name__)
        with suppress(OSError):
            client.sendall(refusals.refusal(problem, head, self.own_headers))


def _late(connections: Iterable[Connection], now: float) -> list[Connection]:
    """Return those whose deadline has passed; they are in the order of their deadlines."""
    found = []
    for connection in connections:
        if connection.timeout > now:
            break
        found.append(connection)
    return found
