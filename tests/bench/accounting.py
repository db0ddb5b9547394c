"""What processes cost: CPU time and memory, read from the kernel's own books."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICKS: Final = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat counted from behind the name, which may hold blanks.
_SESSION, _UTIME, _CSTIME = 3, 11, 14


def members(session: int) -> Iterator[tuple[int, list[str]]]:
    """The living processes of a session, each with its fields of ``stat``; a role is a session of its own."""
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[_SESSION]) == session:
            yield int(folder.name), fields


def cpu_seconds(session: int) -> float:
    """User and system time of the session's living processes and of the children they have waited for."""
    ticks = sum(sum(map(int, fields[_UTIME : _CSTIME + 1])) for _, fields in members(session))
    return ticks / TICKS


@dataclass(frozen=True)
class Memory:
    """In bytes. ``proportional`` counts a page shared by n processes as its nth part."""

    resident: int
    proportional: int
    processes: int


def memory(session: int) -> Memory:
    """What the session's living processes hold."""
    resident = proportional = count = 0
    for pid, _ in members(session):
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {
            name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines[1:])
        }
        resident += sizes["Rss"]
        proportional += sizes["Pss"]
        count += 1
    return Memory(resident, proportional, count)


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """The CPU seconds between two readings, by role; a role that was not there before began at nothing."""
    return {name: after[name] - before.get(name, 0.0) for name in after}
