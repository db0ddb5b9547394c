"""The one table at the end of a run, in Jepsen's words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.findings import Findings
from tests.fixtures.servers import RUN, notes

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "faults.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of the table -->"
HEADINGS: Final = {
    "case": "Case",
    "runs": "Runs",
    "attempted": "Attempted",
    "acknowledged": "Acknowledged",
    "stored": "Stored",
    "lost": "Lost",
    "duplicated": "Duplicated",
    "recovered": "Recovered",
    "unexpected": "Unexpected",
    "missed": "Missed",
    "mails_doubled": "Mails doubled",
    "gap": "Longest gap, s",
    "drain": "Drain, s",
    "back": "Back after, s",
}


@dataclass
class Row:
    """One case, over all its runs. Of several runs the longest time counts."""

    case: str
    runs: int = 0
    attempted: int = 0
    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    duplicated: int = 0
    recovered: int = 0
    unexpected: int = 0
    missed: int = 0
    mails_doubled: int = 0
    gap: float = 0.0
    drain: float = 0.0
    back: float = 0.0

    def add(self, findings: Findings, *, gap: float, drain: float, back: float = 0.0) -> None:
        """One more run."""
        self.runs += 1
        for name in ("attempted", "acknowledged", "stored", "lost", "duplicated", "recovered"):
            setattr(self, name, getattr(self, name) + getattr(findings, name))
        self.unexpected += len(findings.unexpected)
        self.missed += len(findings.missed)
        self.gap, self.drain, self.back = max(self.gap, gap), max(self.drain, drain), max(self.back, back)

    def keep(self) -> None:
        """The row will be in the table."""
        with _rows_file().open("a") as file:
            file.write(json.dumps(asdict(self)) + "\n")


def _rows_file() -> Path:
    notes().mkdir(parents=True, exist_ok=True)
    return notes() / "faults.jsonl"


def rows() -> list[dict[str, Any]]:
    """Those kept so far in this run."""
    if RUN not in os.environ or not notes().exists() or not _rows_file().exists():
        return []
    return [json.loads(line) for line in _rows_file().read_text().splitlines()]


def lines(kept: list[dict[str, Any]]) -> Iterator[str]:
    """The table in Markdown."""
    names = [field.name for field in fields(Row)]
    yield "| " + " | ".join(HEADINGS[name] for name in names) + " |"
    yield "|---|" + "---:|" * (len(names) - 1)
    for row in kept:
        shown = (f"{row[name]:.1f}" if isinstance(row[name], float) else str(row[name]) for name in names)
        yield "| " + " | ".join(shown) + " |"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table ends the run; with CAIRN_FAULTS_WRITE it is the document's, too."""
    kept = rows()
    if not kept:
        return
    terminalreporter.section("faults")
    for line in lines(kept):
        terminalreporter.write_line(line)
    if os.environ.get("CAIRN_FAULTS_WRITE"):
        text = DOCUMENT.read_text()
        head, _, rest = text.partition(BEGIN)
        _, _, tail = rest.partition(END)
        DOCUMENT.write_text(head + BEGIN + "\n" + "\n".join(lines(kept)) + "\n\n" + END + tail)
