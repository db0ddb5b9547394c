"""Debian packages that the platform needs.

Run by the machine's own Python, so it uses the standard library alone:
`python3 -m deploy.native.packages run test` installs what is missing for these purposes, asking nothing.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq")
OUTPUT_SHOWN = 3000


def has_program(*names: str) -> Callable[[], bool]:
    """Whether one of these programs is there."""
    return lambda: any(shutil.which(name) for name in names)


def has_file(pattern: str) -> Callable[[], bool]:
    """Whether a file below /usr matches."""
    return lambda: any(Path("/usr").glob(pattern))


@dataclass(frozen=True)
class Package:
    """One Debian package, what needs it, and how to see without apt that it is there."""

    name: str
    purpose: str
    why: str
    present: Callable[[], bool]


PACKAGES = (
    Package("rabbitmq-server", "run", "the broker", has_file("lib/rabbitmq/bin/rabbitmq-server")),
    Package("libcurl4", "run", "mongod links to it", has_file("lib/*/libcurl.so.4")),
    Package("chromium", "test", "end-to-end tests drive it", has_program("chromium", "chromium-browser")),
    Package("libatomic1", "test", "what drives it links to it", has_file("lib/*/libatomic.so.1")),
    Package("fonts-inter", "test", "pages look alike everywhere", has_file("share/fonts/**/*Inter*")),
    Package("fonts-noto-color-emoji", "test", "so do reactions", has_file("share/fonts/**/NotoColorEmoji*")),
    Package("wrk", "bench", "the load client that costs least", has_program("wrk")),
)


def missing(purposes: Iterable[str]) -> list[Package]:
    """What is not there, of what these purposes need."""
    wanted = set(purposes)
    return [package for package in PACKAGES if package.purpose in wanted and not package.present()]


def obstacle() -> str:
    """Why this machine will not let us install packages; empty when it will."""
    if not shutil.which("apt-get"):
        return "this system has no apt-get"
    if os.geteuid() != 0:
        return "installing needs root"
    return ""


def install(purposes: Iterable[str]) -> None:
    """All packages of these purposes are there, or the reader knows exactly what to do."""
    absent = missing(purposes)
    if not absent:
        return
    names = [package.name for package in absent]
    for package in absent:
        print(f"· {package.name} is missing ({package.why})", flush=True)
    if reason := obstacle():
        sys.exit(
            f"Not installed, because {reason}. As root on Debian:\n"
            f"    apt-get update && apt-get install {' '.join(names)}\n"
            "Elsewhere the whole platform runs in containers: docker compose up"
        )
    started = time.monotonic()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ((*APT, "update"), (*APT, "install", "-y", "--no-install-recommends", *names)):
        print(f"· apt-get {command[len(APT)]}", flush=True)
        said = subprocess.run(
            command, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if said.returncode:
            sys.exit(f"{said.stdout[-OUTPUT_SHOWN:]}\n`{' '.join(command)}` failed; its words stand above.")
    print(f"✓ installed {', '.join(names)} ({time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    install(sys.argv[1:])
