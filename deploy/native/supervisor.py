"""Keeps running what the plan says: a daemon that starts, restarts and stops processes, and nothing else.

`plan.json` says what should run; SIGHUP makes the supervisor read it again, and what changed there is
restarted. A process that ends by itself is started again after a pause that doubles with each failure.
`state.json` says what runs. The daemon holds a lock on its pid file as long as it lives, so that a stale
file is never believed.
"""

import argparse
import ctypes
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

LOOK_EVERY: Final = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_AFTER: Final = 60.0  # seconds of running that make earlier failures forgotten
STOP_WITHIN: Final = 30.0
LONGEST_LOG: Final = 20_000_000  # bytes, after which a log is put aside at the next start
PR_SET_PDEATHSIG: Final = 1


def alive(pid: int) -> bool:
    """Whether the process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def die_with_supervisor() -> None:
    """Should the supervisor be killed, Linux ends this process too: no orphan keeps a port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Process:
    """One role as the supervisor sees it."""

    plan: Mapping[str, Any]
    log: Path
    popen: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    restarts: int = 0
    pause: float = FIRST_PAUSE
    longest_pause: float = LONGEST_PAUSE
    retry_at: float = 0.0
    last_exit: int | None = None

    def start(self) -> None:
        """The process runs, or its next attempt is planned."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            try:
                self.popen = subprocess.Popen(
                    self.plan["command"],
                    cwd=self.plan["directory"],
                    env={**os.environ, **self.plan["environment"]},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    # The supervisor has one thread, so nothing can be half done in the fork.
                    preexec_fn=die_with_supervisor,  # noqa: PLW1509
                )
            except OSError as error:
                log.write(f"cannot start: {error}\n".encode())
                self.plan_retry()
        self.since = time.time()

    def plan_retry(self) -> None:
        """It will be started again after a pause; the next pause is longer."""
        self.popen = None
        self.restarts += 1
        self.retry_at = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, self.longest_pause)

    def look(self) -> bool:
        """Whether anything changed since the last look."""
        if self.popen is None:
            if time.monotonic() < self.retry_at:
                return False
            self.start()
            return True
        self.last_exit = self.popen.poll()
        if self.last_exit is None:
            if time.time() - self.since > STEADY_AFTER:
                self.pause = FIRST_PAUSE
            return False
        with self.log.open("a") as log:
            log.write(f"--- ended with {self.last_exit}; started again in {self.pause:g} s\n")
        self.plan_retry()
        return True

    def ask_to_stop(self) -> None:
        """SIGTERM is on its way."""
        if self.popen and self.popen.poll() is None:
            self.popen.terminate()

    def wait_stopped(self, deadline: float) -> None:
        """The process has ended; its whole group was killed if it did not in time."""
        if self.popen is None:
            return
        try:
            self.popen.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()
        self.popen = None

    def state(self) -> dict[str, Any]:
        """What `make status` shows."""
        return {
            "state": "running" if self.popen else "waiting",
            "pid": self.popen.pid if self.popen else None,
            "since": datetime.fromtimestamp(self.since, UTC).isoformat(timespec="seconds"),
            "restarts": self.restarts,
            "last_exit": self.last_exit,
            "fingerprint": self.plan["fingerprint"],
        }


def stop_all(processes: Iterable[Process]) -> None:
    """All have ended: services first, then the servers that they stand on."""
    for servers in (False, True):
        those = [process for process in processes if process.plan["is_server"] is servers]
        for process in those:
            process.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN
        for process in those:
            process.wait_stopped(deadline)


class Supervisor:
    """The plan on one side, processes on the other."""

    def __init__(
        self,
        plan: Path,
        state: Path,
        logs: Path,
        stop_with: int = 0,
        *,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self.plan, self.state, self.logs, self.stop_with = plan, state, logs, stop_with
        self.longest_pause = longest_pause
        self.processes: dict[str, Process] = {}
        self.adopted = ""
        self.ending = False
        self.reread = True

    def adopt(self) -> None:
        """Exactly what the plan says runs; what did not change was not touched."""
        text = self.plan.read_bytes()
        wanted = {role["name"]: role for role in json.loads(text)["roles"]}
        leaving = [
            process
            for name, process in self.processes.items()
            if wanted.get(name, {}).get("fingerprint") != process.plan["fingerprint"]
        ]
        stop_all(leaving)
        kept = {name: process for name, process in self.processes.items() if process not in leaving}
        self.processes = {
            name: kept.get(name) or Process(role, self.logs / f"{name}.log", longest_pause=self.longest_pause)
            for name, role in wanted.items()
        }
        for process in self.processes.values():
            # A role that has failed before deserves an attempt at once: perhaps its reason has just gone.
            process.retry_at, process.pause = 0.0, FIRST_PAUSE
            process.look()
        self.adopted = hashlib.sha256(text).hexdigest()

    def publish(self) -> None:
        """`state.json` says what is so now."""
        unfinished = self.state.with_suffix(".part")
        roles = {name: process.state() for name, process in self.processes.items()}
        unfinished.write_text(
            json.dumps({"pid": os.getpid(), "plan": self.adopted, "roles": roles}, indent=1)
        )
        unfinished.replace(self.state)

    def on_signal(self, number: int, _frame: object) -> None:
        """The signal is noted. Nothing here may take a lock: the main thread may be holding it."""
        if number == signal.SIGHUP:
            self.reread = True
        else:
            self.ending = True

    def run(self) -> None:
        """Everything has run until a signal said otherwise, and has stopped."""
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.on_signal)
        while not self.ending and (not self.stop_with or alive(self.stop_with)):
            changed = self.reread
            if changed:
                self.reread = False
                self.adopt()
            looked = [process.look() for process in self.processes.values()]
            if changed or any(looked):
                self.publish()
            time.sleep(LOOK_EVERY)
        stop_all(self.processes.values())
        self.state.unlink(missing_ok=True)


def main() -> None:
    """Supervise until SIGTERM, unless somebody already does."""
    options = argparse.ArgumentParser(description=__doc__)
    for name in ("pid-file", "plan", "state", "logs"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--stop-with", type=int, default=0, metavar="PID", help="stop when this has ended")
    options.add_argument("--longest-pause", type=float, default=LONGEST_PAUSE, metavar="SECONDS")
    given = options.parse_args()
    with given.pid_file.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("another supervisor runs here")
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        Supervisor(
            given.plan, given.state, given.logs, given.stop_with, longest_pause=given.longest_pause
        ).run()


if __name__ == "__main__":
    main()
