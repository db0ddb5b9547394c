"""The supervisor as others see it: is it there, what does it say, make it do this."""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any, Final

from deploy.native.installation import ROOT, Installation
from deploy.native.roles import Role

OBEYS_WITHIN: Final = 90.0
LOOK_EVERY: Final = 0.1


class PlatformError(Exception):
    """The platform cannot do what was asked; the text says why and what to do."""


def pid(at: Installation) -> int | None:
    """The supervisor's process id; None when none runs. Its lock decides, not the file."""
    if not at.pid_file.exists():
        return None
    with at.pid_file.open("r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = held.read().strip()
            return int(text) if text else None
    return None


def state(at: Installation) -> dict[str, Any]:
    """What the supervisor says of each role; empty when none runs."""
    if pid(at) is None or not at.state.exists():
        return {}
    said: dict[str, Any] = json.loads(at.state.read_text())
    return said


def planned(role: Role) -> dict[str, Any]:
    """The role as the plan has it."""
    return {
        "name": role.name,
        "command": list(role.command),
        "directory": str(ROOT),
        "environment": dict(role.environment),
        "fingerprint": role.fingerprint(),
        "is_server": role.is_server,
    }


def previous(at: Installation) -> list[dict[str, Any]]:
    """The roles of the plan that the supervisor follows now; none when none runs."""
    if pid(at) is None:
        return []
    roles: list[dict[str, Any]] = json.loads(at.plan.read_text())["roles"]
    return roles


def follow(at: Installation, roles: list[dict[str, Any]]) -> None:
    """The supervisor runs exactly these roles; it was started if need be.

    Raises:
        PlatformError: it did not obey in time.
    """
    at.folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"roles": roles}, indent=1)
    unfinished = at.plan.with_suffix(".part")
    unfinished.touch(mode=0o600)  # it carries the addresses of databases
    unfinished.write_text(text)
    unfinished.replace(at.plan)
    running = pid(at)
    if running is None:
        start(at)
    else:
        os.kill(running, signal.SIGHUP)
    wanted = hashlib.sha256(text.encode()).hexdigest()
    deadline = time.monotonic() + OBEYS_WITHIN
    while state(at).get("plan") != wanted:
        if time.monotonic() > deadline:
            message = f"the supervisor does not obey; see {at.logs / 'supervisor.log'}"
            raise PlatformError(message)
        time.sleep(LOOK_EVERY)


def start(at: Installation) -> None:
    """A supervisor begins to run, in a session of its own."""
    at.logs.mkdir(parents=True, exist_ok=True)
    files = {"--pid-file": at.pid_file, "--plan": at.plan, "--state": at.state, "--logs": at.logs}
    arguments = [str(part) for pair in files.items() for part in pair]
    arguments += ["--stop-with", str(at.stop_with)]
    with (at.logs / "supervisor.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "deploy.native.supervisor", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(at: Installation) -> bool:
    """No supervisor runs, nor any of its roles. Whether one ran before.

    Raises:
        PlatformError: it did not end in time.
    """
    running = pid(at)
    if running is None:
        return False
    os.kill(running, signal.SIGTERM)
    deadline = time.monotonic() + OBEYS_WITHIN
    while pid(at) is not None:
        if time.monotonic() > deadline:
            message = f"the supervisor (process {running}) does not end; see {at.logs / 'supervisor.log'}"
            raise PlatformError(message)
        time.sleep(LOOK_EVERY)
    if at.rabbit:
        at.rabbit.forget_names()
    return True
