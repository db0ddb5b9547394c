"""What the tests of bus, outbox and leases share: running parts, recorders, and a wire that can be cut."""

import select
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from libs.chassis.bus import Event, Publisher
from tests.fixtures.waiting import until

TYPE = "tests.thing.changed.v1"
Start = Callable[[Any], None]


def event(number: int = 0, type: str = TYPE, **data: Any) -> Event:
    """An event about thing `number`."""
    return Event.new(
        type=type, source="tests", subject=f"thing-{number}", organisation_id="org", seq=number, data=data
    )


class Recorder:
    """A handler that remembers what it was given, and fails where it is told to."""

    def __init__(self, fail: Callable[[Event], Exception | None] = lambda _: None) -> None:
        self.events: list[Event] = []
        self.batches: list[list[Event]] = []
        self._fail = fail

    def __call__(self, events: Sequence[Event]) -> None:
        for one in events:
            error = self._fail(one)
            if error is not None:
                raise error
        self.batches.append(list(events))
        self.events.extend(events)

    def one(self, event: Event) -> None:
        self([event])

    @property
    def ids(self) -> set[str]:
        return {one.id for one in self.events}


class Patient(Publisher):
    """A publisher that gives its first connection all the time that a busy machine takes to make it."""

    def publish(self, events: Sequence[Event]) -> set[str]:
        self.start()
        until(self.ready, 30, "the publisher is connected")
        return super().publish(events)


@contextmanager
def running(part: Any) -> Iterator[None]:
    """The part runs in a thread, and has come to its end afterwards."""
    stop = threading.Event()
    thread = threading.Thread(target=part.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive(), f"{part} did not stop"


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(part)` runs a part until the end of the test."""
    with ExitStack() as stack:
        yield lambda part: stack.enter_context(running(part))


class Wire:
    """A TCP relay before a server: it can be cut, held down, and restored on the same port."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: socket.socket | None = None
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]

    def restore(self) -> None:
        """New connections pass from now on."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Every connection is gone and none can be made."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for end in pairs:
            end.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._pairs |= {near, far}
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while True:
                for end in select.select([near, far], [], [], 0.2)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    (far if end is near else near).sendall(data)
        except (OSError, ValueError):
            return
        finally:
            near.close()
            far.close()


@pytest.fixture
def wire(amqp_url: str) -> Iterator[tuple[Wire, str]]:
    """A wire to the broker, not yet connected, and the URL that goes through it."""
    before, _, rest = amqp_url.partition("@")
    address, _, path = rest.partition("/")
    host, _, port = address.partition(":")
    wire = Wire(host, int(port))
    yield wire, f"{before}@127.0.0.1:{wire.port}/{path}"
    wire.cut()
