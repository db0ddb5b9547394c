"""How every web role is served; `libs.chassis.web.serve` starts gunicorn with this file.

Threads, not processes, wait for other services. The application is loaded after the fork (`preload_app`
off), so that no Mongo client, broker connection or lock is ever inherited.
"""

import os
import shutil
import socket
import struct
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

MEMORY = Path("/dev/shm")  # noqa: S108 - a heartbeat file in memory cannot be delayed by a busy disk  # nosec B108

bind = os.environ.get("CAIRN_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("CAIRN_WEB_WORKERS", "1"))
threads = int(os.environ.get("CAIRN_WEB_THREADS", "8"))
worker_class = "libs.chassis.web.http_worker.BufferingWorker"
logger_class = "libs.chassis.web.gunicorn_log.Log"
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None
preload_app = False
control_socket_disable = True
# Nobody's word on schemes and addresses is taken here: whom to trust is a setting of the gateway's own.
forwarded_allow_ips = ""

# A request ends within its own deadlines long before this; it finds a worker that hangs as a whole.
timeout = 60
graceful_timeout = 25
keepalive = 15
# A request has arrived, head and body, within so many seconds, and an answer is read within as many as the
# second says. Both are totals: who sends or reads a byte now and then gains nothing by it.
REQUEST_SECONDS = float(os.environ.get("CAIRN_GUNICORN_REQUEST_SECONDS", "20"))
ANSWER_SECONDS = float(os.environ.get("CAIRN_GUNICORN_ANSWER_SECONDS", "60"))
# Whoever reads nothing of an answer gives the thread back after so many seconds.
SILENCE = int(os.environ.get("CAIRN_GUNICORN_SILENCE", "15"))

# The application writes one canonical line a request; gunicorn tells only of itself.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("CAIRN_GUNICORN_LOG_LEVEL", "warning")
proc_name = f"cairn:{bind}"


def when_ready(server: Any) -> None:
    """No connection waits longer for its client to send or to read: on Linux they inherit it from here.

    Without it an answer that nobody reads holds a thread until the total above is over.
    """
    deadline = struct.pack("ll", SILENCE, 0)
    for listener in server.LISTENERS:
        for direction in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, direction, deadline)


def post_fork(server: Any, worker: Any) -> None:
    """Tell the worker how long it waits."""
    del server
    worker.request_seconds, worker.answer_seconds = REQUEST_SECONDS, ANSWER_SECONDS


def on_exit(server: Any) -> None:
    """The numbers end with the process that they are about."""
    del server
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def child_exit(server: Any, worker: Any) -> None:
    """A worker that ended no longer counts in the gauges of those that live."""
    del server
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
