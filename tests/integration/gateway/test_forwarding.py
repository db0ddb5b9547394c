"""Passing requests on: what happens when the service behind is slow, gone, or says strange things."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from libs.chassis.problems import Unavailable
from services.gateway.clients import forwarding, kept_connections
from services.gateway.clients.forwarding import HttpForwarder
from services.gateway.usecases.ports import Forwarded, Passage

Behave = Callable[[BaseHTTPRequestHandler], None]


class Behind:
    """A service that behaves as a test wants; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.connections = 0
        self.behave: Behave = say(200)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                outer.connections += 1

            def handle_any(self) -> None:
                outer.asked += 1
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.behave(self)

            do_GET = do_POST = handle_any  # noqa: N815  # the names are http.server's

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def say(status: int, **headers: str) -> Behave:
    """Answers so."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"{}")

    return behave


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Closes the connection without an answer, as a process does that just ends."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def behind() -> Iterator[Behind]:
    """A service behind the gateway."""
    made = Behind()
    yield made
    made.server.shutdown()
    made.server.server_close()


def ask(forwarder: HttpForwarder, method: str = "GET", **headers: str) -> Forwarded:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return forwarder.forward(
        Passage(service="goals", method=method, target="/api/v1/cycles?q=a%20b", headers=sent, body=b"")
    )


def test_an_answer_comes_back_whatever_its_status(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
    behind.behave = say(412, ETag='"7"')
    answer = ask(forwarder)
    assert (answer.status, answer.headers["etag"], answer.body) == (412, '"7"', b"{}")


def test_a_redirect_is_passed_back_not_followed(behind: Behind) -> None:
    behind.behave = say(302, Location="http://127.0.0.1:1/elsewhere")
    assert ask(HttpForwarder({"goals": behind.address}, seconds=5)).status == 302


def test_a_read_on_a_connection_closed_meanwhile_is_asked_again(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
    answers = iter((hang_up, say(200)))

    def first_one_then_the_other(handler: BaseHTTPRequestHandler) -> None:
        next(answers)(handler)

    behind.behave = first_one_then_the_other
    assert ask(forwarder).status == 200
    assert behind.asked == 2


def test_a_write_with_a_key_on_a_connection_closed_meanwhile_is_sent_again(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
    answers = iter((hang_up, say(201)))

    def first_one_then_the_other(handler: BaseHTTPRequestHandler) -> None:
        next(answers)(handler)

    behind.behave = first_one_then_the_other
    assert ask(forwarder, "POST", Idempotency_Key="one").status == 201
    assert behind.asked == 2


def test_a_connection_is_kept_but_not_for_good(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
    for _ in range(3):
        ask(forwarder)
    assert behind.connections == 1
    monkeypatch.setattr(kept_connections, "KEPT_SECONDS", 0.0)
    another = HttpForwarder({"goals": behind.address}, seconds=5)
    for _ in range(3):
        ask(another)
    assert behind.connections == 4


def test_a_write_without_a_key_is_never_asked_twice_and_its_outcome_is_called_unknown(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
    behind.behave = hang_up
    with pytest.raises(Unavailable, match="same Idempotency-Key") as unknown:
        ask(forwarder, "POST")
    assert behind.asked == 1
    assert int(unknown.value.headers["Retry-After"]) >= 1


def test_an_answer_that_takes_too_long_is_not_awaited(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=0.1)
    released = threading.Event()

    def linger(_: BaseHTTPRequestHandler) -> None:
        released.wait(10)

    behind.behave = linger
    with pytest.raises(Unavailable):
        ask(forwarder)
    released.set()


def test_a_service_that_is_gone_is_left_alone_for_a_while_and_asked_again_after_it(
    behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given_up(pause: float) -> HttpForwarder:
        monkeypatch.setattr(forwarding, "PAUSE_SECONDS", pause)
        forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
        behind.behave = hang_up
        for _ in range(forwarding.FAILURES):
            with pytest.raises(Unavailable):
                ask(forwarder, "POST")
        return forwarder

    forwarder = given_up(3600)  # longer than any machine takes for the next line
    before = behind.asked
    with pytest.raises(Unavailable):
        ask(forwarder, "POST")
    assert behind.asked == before, "nobody asked"
    forwarder = given_up(0.2)
    before = behind.asked
    behind.behave = say(200)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            assert ask(forwarder, "POST").status == 200
        except Unavailable:
            continue
        break
    assert behind.asked == before + 1


def test_refusals_do_not_count_as_being_gone(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=5)
    behind.behave = say(503, Retry_After="1")
    for _ in range(forwarding.FAILURES * 2):
        assert ask(forwarder).status == 503


def test_requests_to_one_service_are_under_way_at_the_same_time(behind: Behind) -> None:
    forwarder = HttpForwarder({"goals": behind.address}, seconds=10)
    together = threading.Barrier(4, timeout=10)

    def wait_for_the_others(handler: BaseHTTPRequestHandler) -> None:
        together.wait()
        say(200)(handler)

    behind.behave = wait_for_the_others
    with ThreadPoolExecutor(4) as clients:
        answers = [clients.submit(ask, forwarder, "POST") for _ in range(4)]
        assert [answer.result().status for answer in answers] == [200] * 4
