"""What a check-in costs the database as that fills up: its write, standing, roll-up and copies together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.bench import organisation
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import WEBS, WORKERS, Platform
from tests.bench.rounds import Rounds
from tests.bench.table import Report, Row, markdown_table
from tests.bench.walk import Walk, written
from tests.fixtures.waiting import let_pass

TREE: Final = (
    1_001  # objectives under one root, the root included: the shape around a check-in stays the same
)
TARGETS: Final = 1_000  # key results, all beneath the first root
IDLE_FOR, WARM_UP = 5.0, 2.0
CLIENTS: Final = 8
OPERATIONS: Final = ("insert", "query", "update", "delete", "getmore", "command")


@dataclass(frozen=True)
class Counters:
    """The server's own books at one instant."""

    at: float
    operations: int
    documents: int
    keys: int
    collection_scans: int
    stored: int

    def per(self, before: Counters, name: str) -> float:
        """How much of that happened a second since then."""
        return float(getattr(self, name) - getattr(before, name)) / (self.at - before.at)


def measure(platform: Platform, options: Options) -> Report:
    """One organisation of each size after the other, in the same database; idle work is taken off."""
    rows = []
    platform.start([*WEBS, *WORKERS])
    for size in options.sizes:
        shape = Shape(teams=20, personal=49, key_results=1, roots=max(1, round(size / TREE)))
        made = organisation.make(platform, shape, f"{size} objectives")
        rows.append([f"{shape.objectives:,}", *_cost(platform, made, options.seconds)])
    platform.stop([*WEBS, *WORKERS])
    heads = (
        "Objectives",
        "Check-ins",
        "Operations a check-in",
        "Documents examined",
        "Index keys examined",
        "Bytes stored",
        "Idle: operations a second",
        "Idle: documents a second",
        "Collection scans",
    )
    documents = [row[3] for row in rows]
    summary = Row(
        f"Documents examined per check-in at {', '.join(row[0] for row in rows)} objectives",
        " · ".join(documents),
        reach="flat",
    )
    operations = Row(
        "Mongo operations per check-in at the same sizes", " · ".join(row[2] for row in rows), reach="flat"
    )
    table = markdown_table(heads, rows)
    return Report([summary, operations], [table], stored=float(rows[-1][5].replace(",", "")))


def _cost(platform: Platform, made: Made, seconds: float) -> list[str]:
    """One size's row: idle first, then under check-ins until all that follows from them is done."""
    walk = Walk(platform, written(platform, made, TARGETS))
    walk.run(platform.address, CLIENTS, WARM_UP, Rounds())
    idle_from = counters(platform)
    let_pass(IDLE_FOR)
    before = counters(platform)
    rounds = Rounds()
    walk.run(platform.address, CLIENTS, seconds, rounds)
    after = counters(platform)
    checked = max(1, rounds.requests)

    def each(name: str) -> float:
        """What came on top of idle work, by check-in."""
        spare = before.per(idle_from, name) * (after.at - before.at)
        return float(getattr(after, name) - getattr(before, name) - spare) / checked

    return [
        f"{checked:,}",
        f"{each('operations'):.1f}",
        f"{each('documents'):.1f}",
        f"{each('keys'):.1f}",
        f"{(after.stored - before.stored) / checked:,.0f}",
        f"{before.per(idle_from, 'operations'):.0f}",
        f"{before.per(idle_from, 'documents'):.0f}",
        f"{after.collection_scans - before.collection_scans:,}",
    ]


def counters(platform: Platform) -> Counters:
    """The server's books now."""
    said: Mapping[str, Any] = platform.client.admin.command("serverStatus")
    executor = said["metrics"]["queryExecutor"]
    stored = sum(
        int(platform.database(service).command("dbStats")["dataSize"])
        for service in ("checkins", "goals", "notifier")
    )
    return Counters(
        at=time.monotonic(),
        operations=sum(int(said["opcounters"][name]) for name in OPERATIONS),
        documents=int(executor["scannedObjects"]),
        keys=int(executor["scanned"]),
        collection_scans=int(executor["collectionScans"]["total"]),
        stored=stored,
    )
