"""What was measured, as the table that `docs/performance.md` shows."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SMALL = 100


@dataclass(frozen=True)
class Row:
    """One line: ours beside the yardstick of the same minutes, and what should be reached."""

    measure: str
    ours: str
    yardstick: str = "—"
    ratio: float | None = None
    reach: str = "—"

    def cells(self) -> list[str]:
        """The line's cells."""
        ratio = "—" if self.ratio is None else f"**{self.ratio:.2f}**"
        return [self.measure, self.ours, self.yardstick, ratio, self.reach]


@dataclass
class Report:
    """The rows of one measure, and what is worth telling below the table (Markdown).

    ``check_in`` and ``page`` are CPU milliseconds by role, ``stored`` is bytes a check-in: for the sizing.
    """

    rows: list[Row] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    check_in: dict[str, float] = field(default_factory=dict)
    page: dict[str, float] = field(default_factory=dict)
    stored: float = 0.0

    def __add__(self, other: Report) -> Report:
        return Report(
            [*self.rows, *other.rows],
            [*self.details, *other.details],
            self.check_in | other.check_in,
            self.page | other.page,
            self.stored or other.stored,
        )


def median(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)


def spread(values: Sequence[float]) -> str:
    """The median with the lowest and the highest value: how far to trust it."""
    return f"{number(median(values))} ({number(min(values))}–{number(max(values))})"


def number(value: float) -> str:
    """As many digits as are worth reading."""
    return f"{value:,.0f}" if value >= SMALL else f"{value:.1f}"


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join('---' for _ in heads)}|"]
    lines += [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join(lines)


def rendered(report: Report) -> str:
    """The whole report in Markdown."""
    heads = ("Measure", "Cairn", "Yardstick", "Ratio", "Reach")
    table = markdown_table(heads, [row.cells() for row in report.rows])
    return "\n\n".join([table, *report.details]) + "\n"
