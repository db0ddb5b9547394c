"""The peak of a million employees, held: every queue stays short, and what people see stays fresh."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.bench import organisation
from tests.bench.accounting import cpu_seconds, memory, spent
from tests.bench.debts import behind, owed, queued, settled
from tests.bench.mail import Sink
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import WEBS, WORKERS, Document, Platform, python
from tests.bench.table import Report, Row, markdown_table
from tests.bench.walk import written
from tests.fixtures.waiting import let_pass

SHAPE: Final = Shape(teams=200, personal=19, people=1_000, clients=64, owners=64)
CLIENT: Final = "client"
LOOK_EVERY, COUNT_EVERY, TAIL = 0.02, 2.0, 3.0
WEIGHED_EVERY: Final = 10
ROOT_WITHIN, MAIL_WITHIN = 1.0, 5.0


@dataclass
class Watched:
    """What was seen while the load ran.

    ``root``: an instant, and the newest check-in that the root counted then. ``depths``: what was owed and
    queued in all, by time since the beginning.
    """

    root: list[tuple[float, float]] = field(default_factory=list)
    depths: list[tuple[float, int, int]] = field(default_factory=list)
    client_cpu: float = 0.0
    resident: int = 0
    proportional: int = 0

    def look(self, platform: Platform, made: Made) -> None:
        """The root was looked at once more."""
        objectives = platform.database("goals")["objectives"]
        root = objectives.find_one({"_id": made.root_id}, {"measured.read_at": 1})
        newest = root["measured"]["read_at"] if root else None
        if newest is not None:
            self.root.append((time.time(), newest.timestamp()))

    def count(self, platform: Platform, at: float) -> None:
        """So were debts and queues, and now and then the memory of all processes."""
        self.depths.append((at, sum(owed(platform).values()), sum(queued(platform).values())))
        if len(self.depths) % WEIGHED_EVERY == 1:
            held = [memory(process.pid) for process in platform.processes.values()]
            self.resident = max(self.resident, sum(each.resident for each in held))
            self.proportional = max(self.proportional, sum(each.proportional for each in held))


@dataclass(frozen=True)
class Answer:
    """One line of the client: when it was due, when it came, its status, and what moment it counts for."""

    due: float
    came: float
    status: int
    as_of: float


def measure(platform: Platform, options: Options) -> Report:
    """The load runs its time beside everything else; then all that is owed is paid."""
    made = organisation.make(platform, SHAPE, "Sustained")
    sink = Sink(platform)
    answers = platform.at.folder / "answers.txt"
    platform.start([*WEBS, *WORKERS])
    settled(platform)
    before, delivered = platform.cpu(), sink.count()
    pace = (str(options.rate), str(options.sustained))
    command = (
        "-m",
        "tests.bench.steady",
        str(written(platform, made)),
        platform.address,
        *pace,
        str(answers),
    )
    platform.run(CLIENT, python(*command), {})
    seen = _watch(platform, made)
    cpu = spent(before, platform.cpu() | {CLIENT: seen.client_cpu})
    over = time.monotonic() - TAIL
    settled(platform)
    drained = time.monotonic() - over
    late = behind(platform, made.id)
    ledger = platform.database("notifier")["ledger"]
    mails = list(ledger.find({"organisation_id": made.id}, {"rendered": 0}))
    platform.stop([*WEBS, *WORKERS, CLIENT, "sink"])
    told = [_answer(line) for line in answers.read_text().splitlines()]
    report = _report(told, seen, mails, options)
    report.details.append(
        f"{sink.count() - delivered:,} mails; {late} standings behind in the end; nothing owed "
        f"{drained:.1f} s after the last request. CPU ms per check-in: {_shares(cpu, len(told))}. "
        f"Memory under load: {seen.resident / 2**20:,.0f} MiB resident, "
        f"{seen.proportional / 2**20:,.0f} MiB proportional."
    )
    return report


def _watch(platform: Platform, made: Made) -> Watched:
    """What is seen until the client has ended and the root has had time to follow."""
    seen = Watched()
    client = platform.processes[CLIENT]
    began = counted = ended = time.monotonic()
    while time.monotonic() - ended < TAIL:
        seen.look(platform, made)
        if client.poll() is None:
            ended = time.monotonic()
            if ended - counted >= COUNT_EVERY:
                counted = ended
                seen.client_cpu = cpu_seconds(client.pid)
                seen.count(platform, counted - began)
        let_pass(LOOK_EVERY)
    return seen


def _answer(line: str) -> Answer:
    due, came, status, as_of = line.split()
    moment = 0.0 if as_of == "-" else datetime.fromisoformat(as_of).timestamp()
    return Answer(float(due), float(came), int(status), moment)


def _report(told: Sequence[Answer], seen: Watched, mails: Sequence[Document], options: Options) -> Report:
    good = [answer for answer in told if answer.status == 201]
    name = f"{options.rate:g} check-ins a second for {options.sustained:g} s"
    waits = [1000 * (answer.came - answer.due) for answer in good]
    root = _root_lags(good, seen.root)
    mail = [_mail_lag(row) for row in mails if row["state"] == "sent"]
    rows = [
        Row(f"{name}: errors", f"{len(told) - len(good)} of {len(told):,}", reach="0"),
        Row("— from due to 201, p50 and p99", f"{share(waits, 0.5):,.0f} ms, {share(waits, 0.99):,.0f} ms"),
        Row(
            "— from 201 to the root objective, p50 and p99",
            f"{share(root, 0.5):.2f} s, {share(root, 0.99):.2f} s",
            reach=f"< {ROOT_WITHIN:g} s",
        ),
        Row(
            "— from event to accepted mail, p50 and p99",
            f"{share(mail, 0.5):.2f} s, {share(mail, 0.99):.2f} s ({len(mail):,} mails)",
            reach=f"< {MAIL_WITHIN:g} s",
        ),
        Row("— owed by documents and waiting in queues", _growth(seen.depths), reach="not growing"),
    ]
    return Report(rows, [_course(seen.depths)])


def _root_lags(good: Sequence[Answer], root: Sequence[tuple[float, float]]) -> list[float]:
    """For each 201: how long until the root counted a check-in of its moment or a later one.

    Endless for one that the root had not counted some seconds after the last.
    """
    moments = [newest for _, newest in root]
    instants = [instant for instant, _ in root]
    lags = []
    for answer in good:
        place = bisect_left(moments, answer.as_of)
        shown = instants[place] if place < len(instants) else math.inf
        lags.append(max(0.0, shown - answer.came))
    return lags


def _mail_lag(row: Document) -> float:
    """Seconds from the event to the mark after the server's 250, without the time it was held on purpose."""
    event = datetime.fromisoformat(row["facts"]["at"])
    planned = (row["created_at"] - event).total_seconds()
    return float(planned + (row["finished_at"] - row["due_at"]).total_seconds())


def share(values: Sequence[float], quantile: float) -> float:
    """The value below which this share of all lies; not a number where there is none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(quantile * len(ordered)))] if ordered else float("nan")


def _growth(depths: Sequence[tuple[float, int, int]]) -> str:
    if not depths:
        return "not looked at"
    third = max(1, len(depths) // 3)
    first, last = ([sum(each[1:]) for each in part] for part in (depths[:third], depths[-third:]))
    return f"{sum(first) / third:,.0f} in the first third, {sum(last) / third:,.0f} in the last"


def _course(depths: Sequence[tuple[float, int, int]]) -> str:
    """About a dozen looks at the depths (Markdown)."""
    step = max(1, len(depths) // 12)
    rows = [[f"{at:.0f}", f"{debts:,}", f"{messages:,}"] for at, debts, messages in depths[::step]]
    return markdown_table(("Second", "Owed by documents", "Waiting in queues"), rows)


def _shares(cpu: dict[str, float], count: int) -> str:
    return ", ".join(
        f"{name} {1000 * cost / max(1, count):.2f}"
        for name, cost in sorted(cpu.items(), key=lambda item: -item[1])
    )
