"""How the threads of a web role serve connections: gunicorn's threaded worker, with fewer changes of hands.

Between two requests of a kept connection gunicorn gives it back to its poller: a pipe is written, two threads
wake, the poller is told twice. Where the next request is a blink away, as between the gateway and a service,
that costs up to a quarter of a small request.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

STAY_MS: Final = 25
_TELL_SECONDS: Final = 1.0
_JOINED: Final = 64 * 1024


class StayingThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """A thread stays a moment with the connection that it has answered, while there is a thread for each."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As gunicorn's."""
        super().__init__(*arguments, **options)
        self._told = 0.0

    def notify(self) -> None:
        """The arbiter knows that this process lives; once a second is enough for its time-out of a minute."""
        present = time.monotonic()
        if present - self._told >= _TELL_SECONDS:
            self._told = present
            super().notify()

    def handle(self, conn: TConn) -> Any:
        """Requests of this connection are answered until it falls silent, or others need the thread."""
        while True:
            outcome = super().handle(conn)
            if outcome is not True or not self._asks_again(conn):
                return outcome

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """One request is answered, its head and its body in one piece."""
        plain = conn.sock
        whole = conn.sock = OnePiece(plain)
        try:
            outcome = super().handle_request(req, conn)
            whole.flush()
            return outcome
        finally:
            conn.sock = plain

    def _asks_again(self, conn: TConn) -> bool:
        if self.nr_conns > self.cfg.threads or not self.alive:
            return False
        if conn.parser.unreader.buf.getvalue():
            return True  # it came together with the request before it
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        return bool(poll.poll(STAY_MS))


class OnePiece:
    """A socket that holds what is first sent, an answer's head, until the body's first bytes go with it.

    Sent apart, the head alone wakes its reader, who then finds that the body is yet to come.
    """

    def __init__(self, plain: socket.socket) -> None:
        """Nothing of the answer has been sent over ``plain`` yet."""
        self._plain = plain
        self._held: bytes | None = None
        self._begun = False

    def sendall(self, data: bytes) -> None:
        """The bytes are sent, or held where they are the first."""
        if not self._begun:
            self._begun, self._held = True, data
        elif self._held is not None and len(data) <= _JOINED:
            held, self._held = self._held, None
            self._plain.sendall(held + data)
        else:
            self.flush()
            self._plain.sendall(data)

    def flush(self) -> None:
        """Nothing is held any more."""
        held, self._held = self._held, None
        if held is not None:
            self._plain.sendall(held)

    def sendfile(self, *arguments: Any, **options: Any) -> int:
        """What is held, then the file."""
        self.flush()
        return self._plain.sendfile(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        """All else is the plain socket's."""
        return getattr(self._plain, name)
