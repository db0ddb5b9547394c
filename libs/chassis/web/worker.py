"""The worker role: consumers, relay and clock as supervised threads, with health and metrics over HTTP."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, Final

import structlog

from libs.chassis.settings import CoreSettings
from libs.chassis.web import metrics
from libs.chassis.web.health import Pings, readiness

_DRAIN_SECONDS: Final = 25.0
_BACKOFF_FIRST: Final = 0.5
_BACKOFF_LAST: Final = 30.0
_HEALTHY_AFTER: Final = 60.0
_log = structlog.get_logger("worker")


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Part:
    """One supervised thread of a worker.

    ``run`` returns soon after ``stop`` is set, with its work put in order.
    """

    name: str
    run: Callable[[threading.Event], None]
    ready: Callable[[], bool] = _always


def run_worker(
    core: CoreSettings, parts: Sequence[Part], pings: Pings, *, stop: threading.Event | None = None
) -> None:
    """Every part has run until SIGTERM or SIGINT, and what was in flight is finished.

    A part that raises is started again after a growing pause. Call it from the main thread; ``stop`` is for
    tests.
    """
    stopping = stop or threading.Event()
    # A handler may not set an event: the thread that it interrupts may hold the event's lock.
    told: SimpleQueue[int] = SimpleQueue()
    if stop is None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _frame: told.put(number))
    running: set[str] = set()
    server = _health_server(core, parts, pings, running, stopping)
    threads = [
        threading.Thread(
            target=_supervise, args=(core.service, part, running, stopping), name=part.name, daemon=True
        )
        for part in parts
    ]
    for thread in threads:
        thread.start()
    _log.info("worker.started", parts=[part.name for part in parts], bind=core.worker_bind)
    if stop is None:
        told.get()
        stopping.set()
    else:
        stop.wait()
    _log.info("worker.draining")
    deadline = time.monotonic() + _DRAIN_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    stuck = [thread.name for thread in threads if thread.is_alive()]
    server.shutdown()
    server.server_close()
    _log.info("worker.stopped", stuck=stuck)


def _supervise(service: str, part: Part, running: set[str], stop: threading.Event) -> None:
    pause = _BACKOFF_FIRST
    while not stop.is_set():
        began = time.monotonic()
        running.add(part.name)
        try:
            part.run(stop)
        except Exception as error:  # noqa: BLE001  # supervision is for whatever goes wrong
            metrics.PART_RESTARTS.labels(service, part.name).inc()
            _log.exception("worker.part_failed", part=part.name, error=type(error).__name__)
        else:
            if not stop.is_set():
                _log.error("worker.part_returned", part=part.name)
        finally:
            running.discard(part.name)
        if time.monotonic() - began > _HEALTHY_AFTER:
            pause = _BACKOFF_FIRST
        stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311  # jitter, not a secret
        pause = min(pause * 2, _BACKOFF_LAST)


def _ready(
    parts: Sequence[Part], pings: Pings, running: set[str], stop: threading.Event
) -> tuple[bool, dict[str, str]]:
    answered, said = readiness(pings)
    for part in parts:
        said[part.name] = "ok" if part.name in running and part.ready() else "not ready"
    if stop.is_set():
        said["worker"] = "draining"
    return answered and all(word == "ok" for word in said.values()), said


def _health_server(
    core: CoreSettings, parts: Sequence[Part], pings: Pings, running: set[str], stop: threading.Event
) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is http.server's
            if self.path == "/livez":
                self._answer(200, {"status": "alive"})
            elif self.path == "/readyz":
                ready, said = _ready(parts, pings, running, stop)
                self._answer(
                    200 if ready else 503, {"status": "ready" if ready else "unready", "checks": said}
                )
            elif self.path == "/metrics":
                text, content_type = metrics.exposition()
                self._send(200, text, content_type)
            else:
                self._answer(404, {"status": "nothing here"})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            self._send(status, json.dumps(body).encode(), "application/json")

        def _send(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Health checks are not worth a line."""

    host, _, port = core.worker_bind.rpartition(":")
    server = ThreadingHTTPServer((host.strip("[]"), int(port)), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server
