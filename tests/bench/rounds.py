"""The runs of one side of a comparison under load, and what each of them cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.bench.load import Load
from tests.bench.table import markdown_table, median

SHOWN = 0.01  # milliseconds; less is a process that only breathes


@dataclass
class Rounds:
    """All runs of one side with one number of clients, and what they cost in CPU seconds by role."""

    loads: list[Load] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, load: Load, cpu: Mapping[str, float]) -> None:
        """One more run; the client's own cost is its own affair, and shown."""
        self.loads.append(load)
        for name, cost in {**cpu, "client": load.client_cpu}.items():
            self.cpu[name] += cost

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

    def cost(self, name: str) -> float:
        """CPU milliseconds of a role for each answer."""
        return 1000 * self.cpu.get(name, 0.0) / max(1, self.requests)

    def by_role(self) -> dict[str, float]:
        """The same for all roles."""
        return {name: self.cost(name) for name in self.cpu}


def costs(head: str, sides: Mapping[str, Rounds]) -> str:
    """CPU milliseconds per answer by role, and latencies, one column a side (Markdown)."""
    names = dict.fromkeys(name for rounds in sides.values() for name in rounds.cpu)
    roles = [name for name in names if any(rounds.cost(name) >= SHOWN for rounds in sides.values())]
    rows = [[name, *(f"{rounds.cost(name):.2f}" for rounds in sides.values())] for name in roles]
    sums = (sum(rounds.cost(name) for name in names) for rounds in sides.values())
    rows.append(["**all**", *(f"**{each:.2f}**" for each in sums)])
    for label, latency in (("p50, ms", "p50"), ("p99, ms", "p99")):
        values = [median(getattr(load, latency) for load in rounds.loads) for rounds in sides.values()]
        rows.append([label, *(f"{value:.1f}" for value in values)])
    return markdown_table([head, *sides], rows)
