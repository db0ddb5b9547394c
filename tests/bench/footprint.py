"""What the platform holds in memory when nobody asks anything, and how long it takes to come up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from deploy.native.installation import ROOT
from tests.bench.accounting import Memory, memory
from tests.bench.debts import settled
from tests.bench.options import Options
from tests.bench.platform import WEBS, WORKERS, Platform, python
from tests.bench.table import Report, Row, markdown_table, number
from tests.fixtures.waiting import let_pass

IDLE_FOR: Final = 10.0
APART: Final = 400  # between this platform's ports and those of the one that is brought up beside it
MIB: Final = 2**20


def measure(platform: Platform, options: Options) -> Report:
    """Idle memory and CPU by role, then `make up` three times: from nothing, from its data, while it runs."""
    del options
    platform.start([*WEBS, *WORKERS])
    settled(platform)
    before = platform.cpu()
    let_pass(IDLE_FOR)
    idle = {name: (cost - before[name]) / IDLE_FOR for name, cost in platform.cpu().items()}
    held = {name: memory(process.pid) for name, process in platform.processes.items()}
    platform.stop([*WEBS, *WORKERS])
    cold, warm, again = _up(platform)
    resident = sum(each.resident for each in held.values()) / MIB
    proportional = sum(each.proportional for each in held.values()) / MIB
    rows = [
        Row(
            "Memory of all processes, idle",
            f"{resident:,.0f} MiB resident, {proportional:,.0f} MiB proportional",
        ),
        Row("CPU of all processes, idle", f"{100 * sum(idle.values()):.1f} % of a core"),
        Row(
            "`make up` with the demo company: cold, warm, running",
            f"{cold:.0f} s, {warm:.0f} s, {again:.1f} s",
        ),
    ]
    return Report(rows, [_table(held, idle)])


def _seconds(*values: float) -> str:
    return ", ".join(f"{number(value)} s" for value in values)


def _table(held: dict[str, Memory], idle: dict[str, float]) -> str:
    rows = [
        [
            name,
            str(each.processes),
            f"{each.resident / MIB:,.0f}",
            f"{each.proportional / MIB:,.0f}",
            f"{100 * idle[name]:.1f}",
        ]
        for name, each in held.items()
    ]
    return markdown_table(
        ("Role, idle", "Processes", "Resident MiB", "Proportional MiB", "% of a core"), rows
    )


def _up(platform: Platform) -> tuple[float, float, float]:
    """Seconds of `make up` in a fresh folder, in the same one after `down`, and while all of it runs."""
    home = Path(tempfile.mkdtemp(prefix="cairn-bench-up-"))
    offset = platform.at.ports["gateway"] - 8080 + APART
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")},
        "CAIRN_HOME": str(home),
        "CAIRN_PORT_OFFSET": str(offset),
    }

    def run(command: str) -> float:
        began = time.monotonic()
        subprocess.run(
            python("-m", "deploy.native", command), cwd=ROOT, env=environment, check=True, capture_output=True
        )
        return time.monotonic() - began

    try:
        cold = run("up")
        run("down")
        return cold, run("up"), run("up")
    finally:
        run("reset")
        shutil.rmtree(home, ignore_errors=True)
