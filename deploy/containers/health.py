"""The container's health: this process answers on `/livez`, whichever role it runs.

A bare socket, and nothing imported beyond it: this is started anew every few seconds beside each role.
"""

from __future__ import annotations

import os
import socket
import sys

SECONDS = 3.0
ASKED = b"GET /livez HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
HEALTHY = b" 200 "


def main() -> int:
    """0 when the web or the worker address answers, else 1."""
    return 0 if any(answers(name) for name in ("CAIRN_BIND", "CAIRN_WORKER_BIND")) else 1


def answers(name: str) -> bool:
    """Whether this process says that it is alive on the port of that setting."""
    port = int(os.environ[name].rpartition(":")[2])
    try:
        with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
            connection.sendall(ASKED)
            return HEALTHY in connection.makefile("rb").read()  # to the end: a reset would be logged
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
