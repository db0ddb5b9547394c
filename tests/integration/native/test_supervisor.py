"""The supervisor with real processes: small Pythons that wait to be told to stop."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.waiting import until

ROOT = Path(__file__).parents[3]
WAITS = "import signal; signal.pause()"
ENDS = "raise SystemExit(3)"


@dataclass
class Supervised:
    """One supervisor and its files."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    stop_with: int = 0

    def arguments(self) -> list[str]:
        """How it is started."""
        files = {"pid-file": "pid", "plan": "plan.json", "state": "state.json", "logs": "logs"}
        named = [part for option, name in files.items() for part in (f"--{option}", str(self.folder / name))]
        return [sys.executable, "-m", "deploy.native.supervisor", *named, "--stop-with", str(self.stop_with)]

    def plan(self, **programs: str) -> str:
        """The plan says so; its digest."""
        roles = [
            {
                "name": name,
                "command": [sys.executable, "-c", program],
                "directory": str(self.folder),
                "environment": {},
                "fingerprint": program,
                "is_server": name.startswith("server"),
            }
            for name, program in programs.items()
        ]
        text = json.dumps({"roles": roles})
        (self.folder / "plan.json").write_text(text)
        return hashlib.sha256(text.encode()).hexdigest()

    def follow(self, **programs: str) -> None:
        """The plan is in force."""
        digest = self.plan(**programs)
        if self.process is None:
            self.process = subprocess.Popen(self.arguments(), cwd=ROOT)
        else:
            self.process.send_signal(signal.SIGHUP)
        until(lambda: self.state().get("plan") == digest, 20, "the plan is adopted")

    def state(self) -> dict[str, Any]:
        """What it says of itself; nothing before it spoke."""
        file = self.folder / "state.json"
        said: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return said

    def role(self, name: str) -> dict[str, Any]:
        """What it says of a role."""
        said: dict[str, Any] = self.state().get("roles", {}).get(name, {})
        return said

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """It has ended; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    one = Supervised(tmp_path)
    yield one
    if one.process and one.process.poll() is None:
        one.end()


def gone(pid: int) -> Callable[[], bool]:
    """Whether no such process runs; one that only waits to be reaped does not run."""

    def look() -> bool:
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it may go at any moment, also while it is read
            return True
        return status.rpartition(")")[2].split()[0] == "Z"

    return look


def test_a_role_that_is_killed_runs_again(supervised: Supervised) -> None:
    supervised.follow(stone=WAITS)
    first = supervised.role("stone")["pid"]
    os.kill(first, signal.SIGKILL)
    until(lambda: supervised.role("stone").get("restarts") == 1 and supervised.role("stone")["pid"], 20)
    assert supervised.role("stone")["pid"] != first


def test_a_role_that_ends_by_itself_is_tried_again_with_pauses(supervised: Supervised) -> None:
    supervised.follow(stone=ENDS)
    until(lambda: supervised.role("stone")["restarts"] >= 2, 20)
    log = (supervised.folder / "logs" / "stone.log").read_text()
    assert "ended with 3; started again in 0.5 s" in log
    assert "ended with 3; started again in 1 s" in log


def test_a_changed_plan_restarts_only_what_changed(supervised: Supervised) -> None:
    supervised.follow(stone=WAITS, moss=WAITS, lichen=WAITS)
    before = {name: supervised.role(name)["pid"] for name in ("stone", "moss", "lichen")}
    supervised.follow(stone=WAITS, moss=f"{WAITS}  # changed")
    assert supervised.role("stone")["pid"] == before["stone"]
    assert supervised.role("moss")["pid"] != before["moss"]
    assert supervised.role("lichen") == {}
    assert gone(before["lichen"])()


def test_the_end_of_the_supervisor_is_the_end_of_its_roles(supervised: Supervised) -> None:
    supervised.follow(server=WAITS, stone=WAITS)
    pids = [supervised.role(name)["pid"] for name in ("server", "stone")]
    assert supervised.end() == 0
    assert [gone(pid)() for pid in pids] == [True, True]
    assert supervised.state() == {}


def test_even_a_killed_supervisor_leaves_no_orphan(supervised: Supervised) -> None:
    supervised.follow(stone=WAITS)
    pid = supervised.role("stone")["pid"]
    supervised.end(signal.SIGKILL)
    until(gone(pid), 20, "the orphan has ended")


def test_a_supervisor_can_live_as_long_as_another_process(supervised: Supervised) -> None:
    other = subprocess.Popen([sys.executable, "-c", WAITS])
    supervised.stop_with = other.pid
    supervised.follow(stone=WAITS)
    pid = supervised.role("stone")["pid"]
    other.kill()
    other.wait()
    assert supervised.process is not None
    assert supervised.process.wait(60) == 0
    assert gone(pid)()


def test_there_is_only_one_supervisor_at_a_time(supervised: Supervised) -> None:
    supervised.follow(stone=WAITS)
    second = subprocess.run(supervised.arguments(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (second.returncode, second.stderr.strip()) == (1, "another supervisor runs here")


def test_a_program_that_does_not_exist_is_told_in_its_log(supervised: Supervised) -> None:
    supervised.plan(stone=WAITS)
    plan = json.loads((supervised.folder / "plan.json").read_text())
    plan["roles"][0]["command"] = [str(supervised.folder / "nowhere")]
    (supervised.folder / "plan.json").write_text(json.dumps(plan))
    supervised.process = subprocess.Popen(supervised.arguments(), cwd=ROOT)
    log = supervised.folder / "logs" / "stone.log"
    until(lambda: log.exists() and "cannot start" in log.read_text(), 20)
    assert supervised.process.poll() is None
