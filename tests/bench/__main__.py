"""`python -m tests.bench [measure …]`: one run, one table, printed and written to `build/bench.md`.

Without a name every measure is taken. Each works alone.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.native.installation import ROOT
from tests.bench.options import Options
from tests.bench.platform import Platform, running
from tests.bench.sizing import sized
from tests.bench.table import Report, rendered

MEASURES: Final = ("check_ins", "roll_up", "mail", "okrs_page", "sustained", "cost", "footprint")
WRITTEN: Final = ROOT / "build" / "bench.md"
OFFSET: Final = 3000
DOCUMENT: Final = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- the last published run -->", "<!-- its end -->"
LOAD: Final = os.getloadavg()


def take(names: Sequence[str], options: Options, offset: int) -> Report:
    """These measures, one after the other on the same servers."""
    report = Report()
    with running(offset) as platform:
        for name in names:
            began = time.monotonic()
            print(f"· {name}", file=sys.stderr, flush=True)
            measure: Callable[[Platform, Options], Report] = importlib.import_module(
                f"tests.bench.{name}"
            ).measure
            report += measure(platform, options)
            print(f"✓ {name} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    return report


def main() -> None:
    """Measure what the command line names."""
    plain = Options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what runs is taken away as after Ctrl-C
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("measures", nargs="*", metavar="measure", choices=[*MEASURES, []])
    options.add_argument("--rounds", type=int, default=plain.rounds, help="of each side, in turn")
    options.add_argument("--seconds", type=float, default=plain.seconds, help="of load a round")
    options.add_argument("--clients", type=_numbers, default=plain.clients, help="8,32")
    options.add_argument("--events", type=int, default=plain.events, help="pre-filled for the roll-up")
    options.add_argument("--alerts", type=int, default=plain.alerts, help="pre-filled for the ledger")
    options.add_argument("--mails", type=int, default=plain.mails, help="pre-filled for the sender")
    options.add_argument("--sustained", type=float, default=plain.sustained, help="seconds of steady load")
    options.add_argument("--rate", type=float, default=plain.rate, help="check-ins a second of that load")
    options.add_argument("--sizes", type=_numbers, default=plain.sizes, help="objectives, 1000,10000,…")
    options.add_argument("--offset", type=int, default=int(os.environ.get("CAIRN_PORT_OFFSET", OFFSET)))
    options.add_argument("--output", type=Path, default=WRITTEN)
    options.add_argument("--publish", action="store_true", help="into docs/performance.md")
    given = vars(options.parse_args())
    names = given.pop("measures") or MEASURES
    offset, output, published = (given.pop(name) for name in ("offset", "output", "publish"))
    report = take(names, Options(**given), offset)
    if report.check_in and report.page and report.stored:
        report.details.append(sized(report.check_in, report.page, report.stored))
    text = rendered(report)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text)
    print(text)
    if published:
        publish(text)


def publish(text: str) -> None:
    """The document shows this run, and on which day and on how many processors it was taken."""
    head, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    taken = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, load before {LOAD[0]:.1f}."
    DOCUMENT.write_text(f"{head}{BEGIN}\n{taken}\n\n{text}{END}{tail}")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    main()
