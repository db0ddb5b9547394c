"""The load client: wrk, one thread, the cheapest there is, because its CPU time dilutes every ratio."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Load:
    """What a run of the client saw. Latencies in milliseconds; ``refused`` are answers of 400 and above."""

    requests: int
    seconds: float
    refused: int
    broken: int
    p50: float
    p99: float
    client_cpu: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds

    @property
    def errors(self) -> int:
        """Everything that was not a good answer."""
        return self.refused + self.broken


def wrk(address: str, script: str, clients: int, seconds: float, *arguments: str) -> Load:
    """``clients`` connections ask one request after the other for so many seconds.

    Raises:
        RuntimeError: wrk is not installed, or failed; the text says so.
    """
    program = shutil.which("wrk")
    if program is None:
        message = "wrk is not installed: python3 -m deploy.native.packages bench"
        raise RuntimeError(message)
    before = os.times()
    done = subprocess.run(
        [
            program,
            *("-t", "1"),
            *("-c", str(clients)),
            *("-d", f"{round(seconds)}s"),
            *("--timeout", "20s"),
            *("-s", str(HERE / script)),
            address,
            "--",
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    after = os.times()
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Load(
        requests=said["requests"],
        seconds=said["microseconds"] / 1e6,
        refused=said["refused"],
        broken=said["broken"],
        p50=said["p50"] / 1000,
        p99=said["p99"] / 1000,
        client_cpu=cpu,
    )
