"""Clients that are slow, cut off, too large or malformed; over real sockets, to real gunicorn."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Response, request

from deploy.native.servers import free_port
from libs.chassis import telemetry
from libs.chassis.web import BODY_LIMIT, HEADERS, create_app
from tests.fixtures.waiting import until
from tests.integration.chassis.test_running import CORE, asking

ROOT = Path(__file__).parents[3]
WEB = """
import sys
from dataclasses import replace
from libs.chassis.web import serve
from tests.integration.chassis.test_running import CORE

core = replace(CORE, bind=f"127.0.0.1:{sys.argv[1]}", web_workers=1)
serve("tests.integration.chassis.test_wire:app()", core)
"""
REQUEST_SECONDS = 3
POLICY = ("Content-Security-Policy", "default-src 'none'")
FORM = "application/x-www-form-urlencoded"


def app() -> Any:
    """An app that remembers what it was asked to do."""
    telemetry.configure("tests", "json", "info")
    made = create_app("tests", CORE, api_blueprints=[], pings={}, title="Tests")
    made.extensions[HEADERS] = [POLICY]

    def add_policy(response: Response) -> Response:
        response.headers.extend([POLICY])
        return response

    made.after_request(add_policy)
    done: list[int] = []

    def write() -> str:
        body = request.form["text"] if request.mimetype == FORM else request.get_json()["text"]
        done.append(len(body))
        return f"{len(body)}"

    def read() -> dict[str, list[int]]:
        return {"done": done}

    def slow() -> str:
        threading.Event().wait(float(request.args["seconds"]))
        return "done"

    def large() -> bytes:
        return bytes(16 * 1024 * 1024)

    made.add_url_rule("/api/v1/things", view_func=write, methods=["POST"])
    made.add_url_rule("/api/v1/things", view_func=read)
    made.add_url_rule("/api/v1/slow", view_func=slow)
    made.add_url_rule("/api/v1/large", view_func=large)
    return made


class Server:
    """The web role as a process."""

    def __init__(self) -> None:
        self.port = free_port()
        limits = {"REQUEST_SECONDS": str(REQUEST_SECONDS), "ANSWER_SECONDS": "2", "LOG_LEVEL": "info"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", WEB, str(self.port)],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                **{f"CAIRN_GUNICORN_{name}": value for name, value in limits.items()},
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log: list[str] = []
        self.listening = threading.Thread(target=self._listen, daemon=True)
        self.listening.start()
        until(lambda: asking(self.port)("/livez")[0] == 200, 60, "the web role answers")

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.log.extend(lines)

    def stop(self) -> None:
        """End it, in order."""
        self.process.terminate()
        assert self.process.wait(40) == 0
        self.listening.join()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def exchange(self, sent: bytes, *, ends: bool = True) -> tuple[int, dict[str, str], bytes]:
        """The answer to these bytes; the client sends no more after them where it ``ends``."""
        with self.connect() as connection:
            connection.sendall(sent)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            return answer(connection)

    def done(self) -> list[int]:
        """The lengths of the texts that were written."""
        return list(json.loads(asking(self.port)("/api/v1/things")[1])["done"])


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """One answer: status, headers in lower case, body."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        lines = iter(lambda: stream.readline().strip().decode(), "")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return status, headers, stream.read(int(headers.get("content-length", 0)))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


def head(kind: str, *more: str) -> bytes:
    lines = ["POST /api/v1/things HTTP/1.1", "Host: cairn.example", f"Content-Type: {kind}", *more, "", ""]
    return "\r\n".join(lines).encode()


def body_of(kind: str, length: int) -> bytes:
    return b"text=" + b"x" * length if kind == FORM else b'{"text": "' + b"x" * length + b'"}'


def chunked(body: bytes, size: int = 8000) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def is_our_problem(found: tuple[int, dict[str, str], bytes], status: int, slug: str) -> None:
    said, headers, body = found
    assert (said, headers["content-type"]) == (status, "application/problem+json"), found
    problem = json.loads(body)
    assert (problem["type"], problem["status"]) == (f"/problems/{slug}", status)
    assert problem["correlation_id"] == headers["x-correlation-id"]
    assert headers["content-security-policy"] == "default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_a_chunked_body_over_the_limit_executes_nothing(server: Server, kind: str) -> None:
    before = server.done()
    for size in (1, 8000, 10_000_000):
        sent = head(kind, "Transfer-Encoding: chunked") + chunked(body_of(kind, 2 * BODY_LIMIT), size)
        status, headers, body = server.exchange(sent, ends=False)
        assert (status, headers["content-type"]) == (413, "application/problem+json"), body
    assert server.done() == before


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_a_chunked_body_within_the_limit_is_read_whole(server: Server, kind: str) -> None:
    length = BODY_LIMIT - len(body_of(kind, 0))
    sent = head(kind, "Transfer-Encoding: chunked") + chunked(body_of(kind, length))
    assert server.exchange(sent, ends=False)[0] == 200
    assert server.done()[-1] == length


@pytest.mark.parametrize("kind", [FORM, "application/json"])
@pytest.mark.parametrize("missing", [1, 500, "all"])
def test_a_body_shorter_than_it_says_executes_nothing(server: Server, kind: str, missing: int | str) -> None:
    before, body = server.done(), body_of(kind, 1000)
    sent = b"" if missing == "all" else body[: -int(missing)]
    found = server.exchange(head(kind, f"Content-Length: {len(body)}") + sent)
    is_our_problem(found, 400, "bad-request")
    assert server.done() == before


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_chunks_without_an_end_execute_nothing(server: Server, kind: str) -> None:
    before = server.done()
    for cut in (1, 2, 5, 7, 400):
        sent = head(kind, "Transfer-Encoding: chunked") + chunked(body_of(kind, 1000))[:-cut]
        is_our_problem(server.exchange(sent), 400, "bad-request")
    assert server.done() == before


def test_a_body_that_says_it_is_too_large_is_not_awaited(server: Server) -> None:
    began = time.monotonic()
    found = server.exchange(head(FORM, "Content-Length: 1000000000"), ends=False)
    assert found[0] == 413
    assert time.monotonic() - began < 1


def test_who_asks_whether_to_go_on_is_told_so(server: Server) -> None:
    body = body_of(FORM, 10)
    with server.connect() as connection:
        connection.sendall(head(FORM, f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert answer(connection)[0] == 200


WRONG = {
    "a request line that is none": (b"HELLO\r\n\r\n", 400, "bad-request"),
    "a method that is none": (b"GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"),
    "a version that is none": (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400, "bad-request"),
    "a header without a colon": (b"GET / HTTP/1.1\r\nHost\r\n\r\n", 400, "bad-request"),
    "a name with a space": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "bad-request"),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: a\n\n", 400, "bad-request"),
    "two lengths": (head(FORM, "Content-Length: 1", "Content-Length: 2") + b"ab", 400, "bad-request"),
    "length and chunks": (head(FORM, "Content-Length: 1", "Transfer-Encoding: chunked"), 400, "bad-request"),
    "a length that is none": (head(FORM, "Content-Length: many"), 400, "bad-request"),
    "a chunk that is none": (head(FORM, "Transfer-Encoding: chunked") + b"zz\r\n", 400, "bad-request"),
    "a long address": (b"GET /" + b"a" * 4100 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri-too-long"),
    "an address without end": (b"GET /" + b"a" * 9000, 414, "uri-too-long"),
    "a long header": (b"GET / HTTP/1.1\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers-too-large"),
    "many headers": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 101 + b"\r\n", 431, "headers-too-large"),
    "headers without end": (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 9000, 431, "headers-too-large"),
    "a coding in a coding": (head(FORM, "Transfer-Encoding: gzip, chunked"), 501, "not-implemented"),
    "an unknown coding": (head(FORM, "Transfer-Encoding: zip, chunked"), 501, "not-implemented"),
    "an expectation": (head(FORM, "Expect: a-miracle", "Content-Length: 0"), 417, "expectation-failed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_a_problem_like_any_other(server: Server, case: str) -> None:
    sent, status, slug = WRONG[case]
    is_our_problem(server.exchange(sent, ends=False), status, slug)


def test_a_refusal_keeps_the_correlation_id_of_its_request(server: Server) -> None:
    sent = head(FORM, "X-Correlation-Id: from-outside-1", "Content-Length: many")
    assert server.exchange(sent, ends=False)[1]["x-correlation-id"] == "from-outside-1"


def trickle(server: Server, number: int) -> Iterator[socket.socket]:
    """Connections that send a byte now and then: half of them of a head, half of a body."""
    for index in range(number):
        connection = server.connect()
        start = b"GET /api/v1/things HTTP/1.1\r\nHost: a\r\nX-Slow: "
        connection.sendall(start if index % 2 else head(FORM, "Content-Length: 60000"))
        yield connection


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
        assert max(waited) < 0.1, max(waited)
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
    for _ in range(10):
        asked = time.monotonic()
        assert asking(server.port)("/livez") == (200, '{"status":"alive"}')
        assert time.monotonic() - asked < 0.1
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
    assert time.monotonic() - asked < 0.1
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
    asked = time.monotonic()
    server.done()
    assert time.monotonic() - asked < 1
    for connection in slow:
        connection.close()


def test_liveness_says_what_every_answer_says(server: Server) -> None:
    with server.connect() as connection:
        for method in (b"GET", b"HEAD", b"GET"):
            connection.sendall(
                method + b" /livez HTTP/1.1\r\nHost: a\r\nX-Correlation-Id: watch-dog-1\r\n\r\n"
            )
            status, headers, _ = answer(connection) if method == b"GET" else bodyless(connection)
            assert (status, headers["x-correlation-id"]) == (200, "watch-dog-1")
            assert headers["content-security-policy"] == "default-src 'none'"


def bodyless(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """An answer to HEAD."""
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += connection.recv(1)
    lines = received.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    return int(lines[0].split()[1]), headers, b""


def test_every_line_of_its_log_is_json(server: Server) -> None:
    server.exchange(b"HELLO\r\n\r\n", ends=False)
    until(lambda: any("http.refused" in line for line in server.log), 10, "the refusal is logged")
    lines = [json.loads(line) for line in server.log]
    assert {line["service"] for line in lines} == {"tests"}
    assert any("Booting worker" in line["event"] for line in lines), "gunicorn's own lines are among them"
