"""Named points at which a process of a fault test can be made to die, and nothing at all anywhere else.

A process whose ``CAIRN_FAILPOINTS`` names a folder looks there at each point that it passes. A file of the
point's name is an order: at the n-th passing the process kills or stops itself. Whoever takes the file away
obeys it, so one order strikes one process once, however many pass. Without the setting a point is one ``if``;
production refuses the setting.

Between ``<what>.before`` and ``<what>.after``, each write that the same thread sends to MongoDB passes
``<what>.inside``: with an order that is carried out some microseconds later, the command is on the wire and
its answer was not read.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pymongo.monitoring import CommandListener

_WRITES: Final = frozenset({"insert", "update", "delete", "findAndModify", "bulkWrite"})
_SIGNALS: Final = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_BEFORE: Final = ".before"


def failpoint(name: str, of: str = "") -> None:
    """The process goes on, unless it is ordered to die or to stop here. ``of`` tells alike points apart."""
    if _armed is not None:
        _armed.passed(f"{name}:{of}" if of else name)


def arm(folder: str) -> None:
    """This process obeys orders in ``folder``; an empty name disarms it."""
    global _armed  # noqa: PLW0603  # the one value that every point looks at
    _armed = _Armed(Path(folder)) if folder else None


def listeners() -> list[CommandListener]:
    """What a Mongo client must be made with, so that points inside of writes are passed."""
    return [_Writes(_armed)] if _armed is not None else []


@dataclass
class _Armed:
    folder: Path
    _passings: dict[str, int] = field(default_factory=dict)
    _here: threading.local = field(default_factory=threading.local)

    def passed(self, point: str) -> None:
        name, mark, of = point.partition(":")
        self._here.inside = f"{name.removesuffix(_BEFORE)}.inside{mark}{of}" if name.endswith(_BEFORE) else ""
        self._obey(point)

    def passed_inside(self) -> None:
        inside = getattr(self._here, "inside", "")
        if inside:
            self._obey(inside)

    def _obey(self, point: str) -> None:
        order = self.folder / point
        try:
            said = json.loads(order.read_bytes())
        except FileNotFoundError:
            return
        self._passings[point] = self._passings.get(point, 0) + 1
        if self._passings[point] < said["passing"]:
            return
        try:
            order.unlink()
        except FileNotFoundError:
            return  # another process took it
        self._passings[point] = 0
        number = _SIGNALS[said["action"]]
        if said["microseconds"]:
            threading.Thread(target=_strike, args=(number, said["microseconds"]), daemon=True).start()
        else:
            os.kill(os.getpid(), number)


def _strike(number: int, microseconds: int) -> None:
    time.sleep(microseconds / 1_000_000)
    os.kill(os.getpid(), number)


class _Writes(CommandListener):
    """Tells of writes at the moment when they are sent."""

    def __init__(self, armed: _Armed) -> None:
        self._armed = armed

    def started(self, event: Any) -> None:
        if event.command_name in _WRITES:
            self._armed.passed_inside()

    def succeeded(self, event: Any) -> None:
        """Its answer is here; nothing to do."""

    def failed(self, event: Any) -> None:
        """The same."""


_armed: _Armed | None = None
