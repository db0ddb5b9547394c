"""Clients that are slow, or many, or never end a connection: nobody else waits for them."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator

import pytest

from tests.integration.chassis.raw_server import (
    FORM,
    REQUEST_SECONDS,
    Server,
    answer,
    body_of,
    head,
    is_our_problem,
)
from tests.integration.chassis.test_running import asking


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


def trickle(server: Server, number: int) -> Iterator[socket.socket]:
    """Connections that send a byte now and then: half of them of a head, half of a body."""
    for index in range(number):
        connection = server.connect()
        start = b"GET /api/v1/things HTTP/1.1\r\nHost: a\r\nX-Slow: "
        connection.sendall(start if index % 2 else head(FORM, "Content-Length: 60000"))
        yield connection


def is_quick(waited: list[float]) -> None:
    """Whether answers came at once, but for what a busy machine adds now and then."""
    assert statistics.median(waited) < 0.1, waited
    assert max(waited) < 1, waited


def test_slow_senders_hold_up_nobody(server: Server) -> None:
    """160 of them: `/livez` under 100 ms, honest clients answered, and each is ended in time."""
    stop = threading.Event()
    slow = list(trickle(server, 160))
    began = time.monotonic()

    def send_bytes() -> None:
        while not stop.wait(0.3):
            for connection in slow:
                try:
                    connection.send(b"x")
                except OSError:
                    continue

    thread = threading.Thread(target=send_bytes)
    thread.start()
    try:
        waited, before = [], server.done()
        while time.monotonic() - began < REQUEST_SECONDS - 1:
            asked = time.monotonic()
            assert asking(server.port)("/livez")[0] == 200
            waited.append(time.monotonic() - asked)
            assert server.exchange(head(FORM, "Content-Length: 15") + body_of(FORM, 10), ends=False)[0] == 200
        is_quick(waited)
        assert len(server.done()) - len(before) == len(waited)
        for connection in slow:
            connection.settimeout(REQUEST_SECONDS + 3)
            is_our_problem(answer(connection), 408, "request-timeout")
        assert time.monotonic() - began < REQUEST_SECONDS + 4
    finally:
        stop.set()
        thread.join()
        for connection in slow:
            connection.close()


def test_liveness_answers_while_every_thread_is_busy(server: Server) -> None:
    busy = [server.connect() for _ in range(6)]
    for connection in busy:
        connection.sendall(b"GET /api/v1/slow?seconds=0.5 HTTP/1.1\r\nHost: a\r\n\r\n")
    waited = []
    for _ in range(10):
        asked = time.monotonic()
        assert asking(server.port)("/livez") == (200, '{"status":"alive"}')
        waited.append(time.monotonic() - asked)
    is_quick(waited)
    for connection in busy:
        assert answer(connection)[2] == b"done"
        connection.close()


def test_who_ends_no_connection_holds_up_nobody(server: Server) -> None:
    """Gunicorn waits in its main loop for the end of each connection that it closes."""
    closing = b"GET /api/v1/things HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    kept = [server.connect() for _ in range(20)]
    for connection in kept:
        connection.sendall(closing)
        assert answer(connection)[0] == 200
    asked = time.monotonic()
    assert asking(server.port)("/livez")[0] == 200
    assert time.monotonic() - asked < 1
    for connection in kept:
        connection.close()


def test_who_reads_a_byte_now_and_then_holds_no_thread(server: Server) -> None:
    slow = [server.connect() for _ in range(4)]
    for connection in slow:
        connection.sendall(b"GET /api/v1/large HTTP/1.1\r\nHost: a\r\n\r\n")
    began = time.monotonic()
    pause = threading.Event()
    while time.monotonic() - began < 4:
        for connection in slow:
            connection.recv(1)
        pause.wait(0.1)
    assert isinstance(server.done(), list)
    for connection in slow:
        connection.close()


def test_there_is_room_where_connections_run_out() -> None:
    """Of thirty, slow ones are ended for new ones; what no thread can take soon is told to come again."""
    small = Server("--worker-connections=30")
    try:
        idle = [small.connect() for _ in range(60)]
        assert small.done() == []
        busy = [small.connect() for _ in range(14)]
        for connection in busy:
            connection.sendall(b"GET /api/v1/slow?seconds=0.2 HTTP/1.1\r\nHost: a\r\n\r\n")
        assert asking(small.port)("/livez")[0] == 200
        found = [answer(connection) for connection in busy]
        assert {status for status, _, _ in found} == {200, 503}
        assert all("retry-after" in headers for status, headers, _ in found if status == 503)
        for connection in [*idle, *busy]:
            connection.close()
    finally:
        small.stop()


def test_a_stop_does_not_wait_for_connections_on_which_nothing_comes() -> None:
    made = Server(request_seconds=60)
    silent = [made.connect() for _ in range(3)]
    assert made.done() == []
    began = time.monotonic()
    made.stop()
    assert time.monotonic() - began < 15
    for connection in silent:
        connection.close()
