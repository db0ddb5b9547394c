"""A web role as a real process, and bytes to and from it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Response, request

from deploy.native.servers import free_port
from libs.chassis import telemetry
from libs.chassis.web import HEADERS, create_app
from tests.fixtures.waiting import until
from tests.integration.chassis.test_running import CORE, asking

ROOT = Path(__file__).parents[3]
WEB = """
import sys
from dataclasses import replace
from libs.chassis.web import serve
from tests.integration.chassis.test_running import CORE

core = replace(CORE, bind=f"127.0.0.1:{sys.argv[1]}", web_workers=1)
serve("tests.integration.chassis.raw_server:app()", core)
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

    def __init__(self, *arguments: str, request_seconds: int = REQUEST_SECONDS) -> None:
        self.port = free_port()
        limits = {"REQUEST_SECONDS": str(request_seconds), "ANSWER_SECONDS": "2", "LOG_LEVEL": "info"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", WEB, str(self.port)],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "GUNICORN_CMD_ARGS": " ".join(arguments),
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
