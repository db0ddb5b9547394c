"""Check-ins through the public API beside one bare insert: 8 and 32 clients, with and without workers."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.bench import organisation
from tests.bench.accounting import spent
from tests.bench.bare import YARDSTICK, start
from tests.bench.debts import behind, settled
from tests.bench.load import wrk
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import WEBS, WORKERS, Platform
from tests.bench.rounds import Rounds, costs
from tests.bench.table import Report, Row, median, spread

SHAPE: Final = Shape(teams=20, personal=19)
BARE, ALONE, WHOLE = "bare insert", "web path", "end to end"
REACH: Final = 0.35


def measure(platform: Platform, options: Options) -> Report:
    """Rounds in turn: the bare insert, the web path with the workers stopped, the whole with them at work."""
    made = organisation.make(platform, SHAPE, "Check-ins")
    targets = written(platform, made)
    bare = start(platform, "check_in", {})
    found: dict[tuple[str, int], Rounds] = defaultdict(Rounds)
    walk = _Walk(platform, targets, len(made.key_results))
    platform.start(WEBS)
    for address in (bare, platform.address):
        walk.run(address, 8, 2, Rounds())
    for _ in range(options.rounds):
        for clients in options.clients:
            walk.run(bare, clients, options.seconds, found[BARE, clients])
            walk.run(platform.address, clients, options.seconds, found[ALONE, clients])
        platform.start(WORKERS)
        settled(platform)
        for clients in options.clients:
            walk.run(platform.address, clients, options.seconds, found[WHOLE, clients])
        platform.stop(WORKERS)
    late = behind(platform, made.id)
    platform.stop([*WEBS, YARDSTICK])
    return _report(found, options, late)


def written(platform: Platform, made: Made) -> Path:
    """The file that tells the client whom to check in on, and as whom."""
    targets = platform.at.folder / "targets.txt"
    targets.write_text("".join(f"{key_result} {token}\n" for key_result, token in made.pairs()))
    return targets


class _Walk:
    """Goes over all key results again and again, so that none is met twice within a second."""

    def __init__(self, platform: Platform, targets: Path, length: int) -> None:
        self._platform, self._targets, self._length = platform, targets, length
        self._sent = 0

    def run(self, address: str, clients: int, seconds: float, rounds: Rounds) -> None:
        """One run is added to the rounds, with what it cost."""
        before = self._platform.cpu()
        arguments = (str(self._targets), str(self._sent), secrets.token_hex(8))
        load = wrk(address, "check_ins.lua", clients, seconds, *arguments)
        self._sent += load.requests + clients
        if address == self._platform.address and any(name in self._platform.processes for name in WORKERS):
            settled(self._platform)  # what was owed afterwards is part of the price
        rounds.add(load, spent(before, self._platform.cpu()))


def _report(found: Mapping[tuple[str, int], Rounds], options: Options, late: int) -> Report:
    report = Report()
    for clients in options.clients:
        bare = found[BARE, clients]
        for side in (ALONE, WHOLE):
            ours = found[side, clients]
            report.rows.append(
                Row(
                    f"Check-ins a second, {clients} clients, {side}"
                    + (" (workers stopped)" if side == ALONE else " (workers running)"),
                    f"{spread(ours.rates)}, {ours.errors} errors",
                    f"{spread(bare.rates)}, {bare.errors} errors",
                    median(ours.rates) / median(bare.rates),
                    f"≥ {REACH}",
                )
            )
    report.details.append(_costs(found, options))
    report.details.append(f"Key results whose standing was behind their last check-in at the end: {late}.")
    return report


def _costs(found: Mapping[tuple[str, int], Rounds], options: Options) -> str:
    sides = {
        f"{side}, {clients}": found[side, clients]
        for clients in options.clients
        for side in (BARE, ALONE, WHOLE)
    }
    return costs("CPU ms per check-in", sides)
