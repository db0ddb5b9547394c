"""Check-ins through the public API beside one bare insert: 8 and 32 clients, with and without workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from tests.bench import organisation
from tests.bench.bare import YARDSTICK, start
from tests.bench.debts import behind, settled
from tests.bench.options import Options
from tests.bench.organisation import Shape
from tests.bench.platform import WEBS, WORKERS, Platform
from tests.bench.rounds import Rounds, costs
from tests.bench.table import Report, Row, median, spread
from tests.bench.walk import Walk, written

# 7,500 key results: no round meets one twice before it is settled, as no week of an organisation does.
SHAPE: Final = Shape(teams=60, personal=24)
BARE, ALONE, WHOLE = "bare insert", "web path", "end to end"
REACH: Final = 0.35


def measure(platform: Platform, options: Options) -> Report:
    """Rounds in turn: the bare insert, the web path with the workers stopped, the whole with them at work."""
    made = organisation.make(platform, SHAPE, "Check-ins")
    bare = start(platform, "check_in", {})
    found: dict[tuple[str, int], Rounds] = defaultdict(Rounds)
    walk = Walk(platform, written(platform, made))
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
    report.check_in = found[WHOLE, options.clients[-1]].by_role()
    return report


def _costs(found: Mapping[tuple[str, int], Rounds], options: Options) -> str:
    sides = {
        f"{side}, {clients}": found[side, clients]
        for clients in options.clients
        for side in (BARE, ALONE, WHOLE)
    }
    return costs("CPU ms per check-in", sides)
