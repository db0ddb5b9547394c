"""Check-ins through the public API beside one bare insert: 8 and 32 clients, with and without workers."""

from __future__ import annotations

import secrets
import socket
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.native.installation import ROOT
from deploy.native.servers import LOOPBACK, free_port
from tests.bench import organisation
from tests.bench.accounting import spent
from tests.bench.debts import behind, settled
from tests.bench.load import Load, wrk
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import WEBS, WORKERS, Platform, python
from tests.bench.table import Report, Row, markdown_table, median, spread
from tests.fixtures.waiting import until

SHAPE: Final = Shape(teams=20, personal=19)
YARDSTICK: Final = "yardstick"
BARE, ALONE, WHOLE = "bare insert", "web path", "end to end"
REACH: Final = 0.35


@dataclass
class Rounds:
    """All runs of one side with one number of clients, and what they cost in CPU seconds by role."""

    loads: list[Load] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def rates(self) -> list[float]:
        """Answers a second, by round."""
        return [load.rate for load in self.loads]

    @property
    def requests(self) -> int:
        """All answers."""
        return sum(load.requests for load in self.loads)

    @property
    def errors(self) -> int:
        """All that were not good."""
        return sum(load.errors for load in self.loads)


def measure(platform: Platform, options: Options) -> Report:
    """Rounds in turn: the bare insert, the web path with the workers stopped, the whole with them at work."""
    made = organisation.make(platform, SHAPE, "Check-ins")
    targets = _written(platform, made)
    bare = start_yardstick(platform)
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


def start_yardstick(platform: Platform) -> str:
    """The bare application answers at the returned address, in the same shape as every web role."""
    port = free_port()
    environment = {
        "CAIRN_BIND": f"{LOOPBACK}:{port}",
        "CAIRN_WEB_WORKERS": "2",
        "CAIRN_WEB_THREADS": "8",
        "YARDSTICK_MONGO_URL": platform.at.mongo_url,
    }
    command = python(
        *("-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.conf.py"), "--worker-class=gthread"),
        "tests.bench.yardsticks.check_in:application()",
    )
    platform.run(YARDSTICK, command, environment)
    until(lambda: _listens(port), 60, "the yardstick answers")
    return f"http://{LOOPBACK}:{port}"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _written(platform: Platform, made: Made) -> Path:
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
        rounds.loads.append(load)
        if address == self._platform.address and any(name in self._platform.processes for name in WORKERS):
            settled(self._platform)  # what was owed afterwards is part of the price
        for name, cost in {**spent(before, self._platform.cpu()), "client": load.client_cpu}.items():
            rounds.cpu[name] += cost


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
    """CPU milliseconds per check-in by process, and latencies."""
    columns = [(side, clients) for clients in options.clients for side in (BARE, ALONE, WHOLE)]
    roles = [name for name in _roles(found, columns) if any(_cost(found[each], name) for each in columns)]
    rows = [[name, *(f"{_cost(found[each], name):.2f}" for each in columns)] for name in roles]
    rows.append(
        ["**all**", *(f"**{sum(_cost(found[each], name) for name in roles):.2f}**" for each in columns)]
    )
    for label, latency in (("p50, ms", "p50"), ("p99, ms", "p99")):
        values = [median(getattr(load, latency) for load in found[each].loads) for each in columns]
        rows.append([label, *(f"{value:.1f}" for value in values)])
    heads = ["CPU ms per check-in", *(f"{side}, {clients}" for side, clients in columns)]
    return markdown_table(heads, rows)


def _roles(found: Mapping[tuple[str, int], Rounds], columns: Sequence[tuple[str, int]]) -> list[str]:
    return list(dict.fromkeys(name for each in columns for name in found[each].cpu))


def _cost(rounds: Rounds, name: str) -> float:
    return 1000 * rounds.cpu.get(name, 0.0) / max(1, rounds.requests)
