"""The two ways to run, as real processes: a worker that drains, a web role that becomes gunicorn."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import request

from deploy.native.servers import free_port
from libs.chassis.settings import CoreSettings
from libs.chassis.web import Part, create_app, run_worker
from tests.fixtures.waiting import WaitUntil

ROOT = Path(__file__).parents[3]
CORE = CoreSettings(
    environment="test",
    service="tests",
    log_format="json",
    log_level="info",
    mongo_url="mongodb://127.0.0.1:1/",
    mongo_database="tests",
    amqp_url="amqp://127.0.0.1:1/",
    bind="127.0.0.1:0",
    worker_bind="127.0.0.1:0",
    web_workers=2,
    web_threads=2,
    public_url="http://localhost:8080",
    token_public_key="",
)
Ask = Callable[[str], tuple[int, str]]


def asking(port: int) -> Ask:
    def ask(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    return ask


@pytest.fixture
def work() -> Iterator[Callable[..., Ask]]:
    """`work(parts, pings)` runs a worker in this process and returns a way to ask its health."""
    stop = threading.Event()
    threads = []

    def begin(parts: list[Part], pings: dict[str, Callable[[], None]] | None = None) -> Ask:
        port = free_port()
        core = replace(CORE, worker_bind=f"127.0.0.1:{port}")
        thread = threading.Thread(
            target=run_worker, args=(core, parts, pings or {}), kwargs={"stop": stop}, daemon=True
        )
        thread.start()
        threads.append(thread)
        return asking(port)

    yield begin
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_part_that_fails_is_started_again(work: Callable[..., Ask], wait_until: WaitUntil) -> None:
    runs: list[int] = []

    def run(stop: threading.Event) -> None:
        runs.append(1)
        if len(runs) < 3:
            raise RuntimeError("not yet")
        stop.wait()

    ask = work([Part("clock", run)])
    wait_until(lambda: len(runs) == 3)
    assert 'cairn_worker_part_restarts_total{part="clock",service="tests"} 2.0' in ask("/metrics")[1]


def test_a_part_that_returns_before_its_time_is_started_again(
    work: Callable[..., Ask], wait_until: WaitUntil
) -> None:
    runs: list[int] = []
    work([Part("relay", lambda _: runs.append(1))])
    wait_until(lambda: len(runs) >= 2)


def test_a_worker_is_ready_when_its_parts_and_what_they_need_are(
    work: Callable[..., Ask], wait_until: WaitUntil
) -> None:
    consuming = threading.Event()

    def ping() -> None:
        if not consuming.is_set():
            raise ConnectionError

    def consume(stop: threading.Event) -> None:
        stop.wait()

    ask = work([Part("consumer", consume, consuming.is_set)], {"mongo": ping})
    wait_until(lambda: ask("/livez")[0] == 200)
    status, body = ask("/readyz")
    assert status == 503
    assert json.loads(body)["checks"] == {"mongo": "does not answer", "consumer": "not ready"}
    consuming.set()
    wait_until(lambda: ask("/readyz")[0] == 200)  # the part's thread begins after health is answered
    assert ask("/nowhere")[0] == 404


def test_a_worker_whose_part_waits_to_be_started_again_is_not_ready(
    work: Callable[..., Ask], wait_until: WaitUntil
) -> None:
    mended = threading.Event()

    def run(stop: threading.Event) -> None:
        if not mended.is_set():
            raise RuntimeError("not yet")
        stop.wait()

    ask = work([Part("clock", run)])
    wait_until(lambda: '"clock": "not ready"' in ask("/readyz")[1])
    mended.set()
    wait_until(lambda: ask("/readyz")[0] == 200)


WORKER = """
import sys, threading
from dataclasses import replace
from libs.chassis import telemetry
from libs.chassis.web import Part, create_app, run_worker
from tests.integration.chassis.test_running import CORE

telemetry.configure("tests", "json", "info")

def run(stop):
    stop.wait()
    print("put in order", flush=True)

run_worker(replace(CORE, worker_bind=f"127.0.0.1:{sys.argv[1]}"), [Part("part", run)], {})
print("drained", flush=True)
"""

WEB = """
import sys
from dataclasses import replace
from libs.chassis.web import serve
from tests.integration.chassis.test_running import CORE

serve("tests.integration.chassis.test_running:small_app()", replace(CORE, bind=f"127.0.0.1:{sys.argv[1]}"))
"""


def small_app() -> Any:
    """What gunicorn serves in these tests."""
    app = create_app("tests", CORE, api_blueprints=[], pings={}, title="Tests")

    def echo() -> bytes:
        return request.get_data()

    def large() -> bytes:
        return bytes(16 * 1024 * 1024)

    def where() -> str:
        return request.url

    app.add_url_rule("/api/v1/echo", view_func=echo, methods=["POST"])
    app.add_url_rule("/api/v1/where", view_func=where)
    app.add_url_rule("/api/v1/large", view_func=large)
    return app


@pytest.fixture
def process() -> Iterator[Callable[[str, int], "subprocess.Popen[str]"]]:
    running: list[subprocess.Popen[str]] = []

    def begin(script: str, port: int) -> "subprocess.Popen[str]":
        begun = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CAIRN_GUNICORN_SILENCE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(begun)
        return begun

    yield begin
    for one in running:
        if one.poll() is None:
            one.kill()
        one.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_worker_that_is_told_to_end_puts_its_work_in_order_and_exits_with_0(
    process: Callable[[str, int], "subprocess.Popen[str]"], wait_until: WaitUntil, number: signal.Signals
) -> None:
    port = free_port()
    worker = process(WORKER, port)
    wait_until(lambda: asking(port)("/readyz")[0] == 200, 60)
    worker.send_signal(number)
    out, _ = worker.communicate(timeout=15)
    assert out.split("\n")[:2] == ["put in order", "drained"]
    assert worker.returncode == 0


def test_the_web_role_serves_counts_over_all_its_processes_and_exits_with_0(
    process: Callable[[str, int], "subprocess.Popen[str]"], wait_until: WaitUntil
) -> None:
    port = free_port()
    web = process(WEB, port)
    ask = asking(port)
    wait_until(lambda: ask("/livez")[0] == 200, 60)
    for _ in range(40):
        assert ask("/nowhere")[0] == 404
    counted = [
        line
        for line in ask("/metrics")[1].splitlines()
        if line.startswith("cairn_http_request_seconds_count") and 'status="404"' in line
    ]
    assert [float(line.rpartition(" ")[2]) for line in counted] == [40.0]
    web.send_signal(signal.SIGTERM)
    web.communicate(timeout=40)
    assert web.returncode == 0


@pytest.mark.parametrize(
    "half",
    [
        b"GET /livez HTTP/1.1\r\nHost: cairn.example\r\nX-Never",
        b"POST /api/v1/echo HTTP/1.1\r\nHost: cairn.example\r\nContent-Length: 9\r\n\r\nhalf",
    ],
    ids=["headers", "body"],
)
def test_who_sends_half_a_request_holds_no_thread_for_good(
    process: Callable[[str, int], "subprocess.Popen[str]"], wait_until: WaitUntil, half: bytes
) -> None:
    port = free_port()
    process(WEB, port)
    ask = asking(port)
    wait_until(lambda: ask("/livez")[0] == 200, 60)
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
    for connection in silent:
        connection.sendall(half)
    try:
        wait_until(lambda: ask("/livez")[0] == 200, 60)
    finally:
        for connection in silent:
            connection.close()


def test_who_does_not_read_the_answer_holds_no_thread_for_good(
    process: Callable[[str, int], "subprocess.Popen[str]"], wait_until: WaitUntil
) -> None:
    port = free_port()
    process(WEB, port)
    ask = asking(port)
    wait_until(lambda: ask("/livez")[0] == 200, 60)
    deaf = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
    for connection in deaf:
        connection.sendall(b"GET /api/v1/large HTTP/1.1\r\nHost: cairn.example\r\n\r\n")
    try:
        for connection in deaf:
            assert connection.recv(1) == b"H"
        wait_until(lambda: ask("/livez")[0] == 200, 60)
    finally:
        for connection in deaf:
            connection.close()


def test_requests_that_follow_each_other_on_a_connection_are_answered_in_turn(
    process: Callable[[str, int], "subprocess.Popen[str]"], wait_until: WaitUntil
) -> None:
    """Apart, and three in one breath; while as many connections as threads, and one more, are kept."""
    port = free_port()
    process(WEB, port)
    wait_until(lambda: asking(port)("/livez")[0] == 200, 60)
    kept = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(5)]
    try:
        for number in range(20):
            for connection in kept:
                connection.request("POST", "/api/v1/echo", body=f"number {number}")
                assert connection.getresponse().read() == f"number {number}".encode()
        together = socket.create_connection(("127.0.0.1", port), 10)
        with together, together.makefile("rb") as answers:
            together.sendall(
                b"".join(
                    b"POST /api/v1/echo HTTP/1.1\r\nHost: cairn.example\r\nContent-Length: 1\r\n\r\n" + each
                    for each in (b"1", b"2", b"3")
                )
            )
            bodies: list[bytes] = []
            while len(bodies) < 3:
                if answers.readline() == b"\r\n":
                    bodies.append(answers.read(1))
            assert bodies == [b"1", b"2", b"3"]
    finally:
        for connection in kept:
            connection.close()


def test_a_neighbours_word_on_where_a_request_came_from_is_not_taken(
    process: Callable[[str, int], "subprocess.Popen[str]"], wait_until: WaitUntil
) -> None:
    port = free_port()
    process(WEB, port)
    wait_until(lambda: asking(port)("/livez")[0] == 200, 60)
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "SCRIPT_NAME": "/api"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", "/api/v1/where", headers=claims)
        assert connection.getresponse().read() == f"http://127.0.0.1:{port}/api/v1/where".encode()
