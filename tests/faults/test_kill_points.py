"""A process kills itself at a named point of its work, again and again, and nothing comes of it."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.faults.auditor import described
from tests.faults.clients import Told, check_in_together
from tests.faults.conftest import SEED, Scene
from tests.faults.findings import Findings
from tests.faults.platform import ALL
from tests.faults.table import Row
from tests.fixtures.waiting import until

RUNS: Final = int(os.environ.get("CAIRN_FAULTS_RUNS", "20" if ALL else "1"))
# What a story leaves behind is often settled in one go, by either of two workers: a third passing takes time.
STORIES: Final = 20


def check_ins(scene: Scene, chance: random.Random) -> Told:
    """Three leads check in twice each."""
    return check_in_together(scene.address, chance.sample(scene.company.leads, 3), 2, chance)


def definitions(scene: Scene, chance: random.Random) -> Told:
    """The admin renames key results, and a lead checks in beside it."""
    admin = scene.company.admin
    for name in chance.sample(scene.company.key_result_ids, 4):
        path = f"/key-results/{name}"
        admin.call("PATCH", path, {"title": f"Stones {chance.random()}"}, If_Match=admin.revision(path))
    return check_in_together(scene.address, chance.sample(scene.company.leads, 1), 1, chance)


def invitations(scene: Scene, chance: random.Random) -> Told:
    """Two people are invited by mail and accept, and a lead checks in beside it."""
    names = [scene.company.someone() for _ in range(2)]
    for name in names:
        scene.company.invite(name)
    for name in names:
        scene.company.accept(name)
    return check_in_together(scene.address, chance.sample(scene.company.leads, 1), 1, chance)


Story = Callable[[Scene, random.Random], Told]


@dataclass(frozen=True)
class Point:
    """Where a process dies. ``late``: up to so many microseconds after it has passed the point."""

    role: str
    name: str
    story: Story
    late: int = 0
    passings: int = 3
    long: bool = True


def around(role: str, queue: str, story: Story, *, long: bool = True) -> list[Point]:
    """Before, inside and after the write of a consumer."""
    return [
        Point(role, f"consumer.before:{queue}", story),
        Point(role, f"consumer.inside:{queue}", story, late=2500),
        Point(role, f"consumer.after:{queue}", story, long=long),
    ]


POINTS: Final = [
    Point("checkins-web", "check_in.before", check_ins),
    Point("checkins-web", "check_in.inside", check_ins, late=2500, long=False),
    Point("checkins-web", "check_in.after", check_ins, long=False),
    Point("checkins-worker", "relay.after_claim", check_ins),
    Point("checkins-worker", "bus.after_publish:publisher", check_ins, late=2500),
    Point("checkins-worker", "relay.after_confirm", check_ins, long=False),
    Point("checkins-worker", "settler.after_compute", check_ins),
    Point("checkins-worker", "settler.after_set", check_ins),
    *around("goals-worker", "goals.progress.v1", check_ins, long=False),
    *around("goals-worker", "goals.accounts.v1", invitations),
    *around("checkins-worker", "checkins.copies.v1", definitions),
    *around("notifier-worker", "notifier.copies.v1", check_ins),
    *around("notifier-worker", "notifier.alerts.v1", check_ins),
    *around("gateway-worker", "gateway.accounts.v1", invitations),
    Point("goals-worker", "rollup.after_compute", check_ins),
    Point("goals-worker", "rollup.after_set", check_ins, long=False),
    Point("notifier-worker", "mail.before_data", check_ins, passings=2),
    Point("notifier-worker", "mail.after_data", check_ins, late=4000, passings=2),
    Point("notifier-worker", "mail.after_250", check_ins, passings=2, long=False),
]
# Its senders are at work while another of its parts is struck: one may just stand between 250 and the mark.
SENDS_MAIL: Final = "notifier-worker"


def test_every_point_that_the_code_passes_is_ordered_here() -> None:
    root = Path(__file__).parents[2]
    sources = [path.read_text() for folder in ("libs", "services") for path in (root / folder).rglob("*.py")]
    passed = {
        part.split('"')[1] for text in sources for part in text.split("failpoint(")[1:] if part[:1] == '"'
    }
    assert passed == {point.name.partition(":")[0].replace(".inside", ".before") for point in POINTS}


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, id=point.name, marks=[pytest.mark.faults_long] if point.long else [])
        for point in POINTS
    ],
)
def test_nothing_is_lost_where_a_process_is_killed(doubled: Scene, point: Point) -> None:
    row = Row(f"killed at `{point.name}`")
    for number in range(RUNS):
        chance = random.Random(f"{SEED}:{point.name}:{number}")  # noqa: S311  # a seed repeats a run
        findings = struck(doubled, point, chance, row, last=number == RUNS - 1)
        row.mails_doubled += doubled.newly_doubled(findings)
    row.keep()
    assert row.mails_doubled == 0 or point.role == SENDS_MAIL


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether the condition holds before the time is over."""
    deadline = time.monotonic() + seconds
    until(lambda: condition() or time.monotonic() > deadline, seconds + 10)
    return condition()


def struck(scene: Scene, point: Point, chance: random.Random, row: Row, *, last: bool) -> Findings:
    """One seeded run: the order waits, people work until it strikes, everything comes to rest."""
    order = scene.platform.order(
        point.role,
        point.name,
        passing=chance.randint(1, point.passings),
        microseconds=chance.randint(1, point.late) if point.late else 0,
    )
    told: list[Told] = []
    for _ in range(STORIES):
        told.append(point.story(scene, chance))
        if within(2.0, lambda: not order.exists()):
            break
    assert not order.exists(), f"nobody passed {point.name}"
    attempts = [attempt for one in told for attempt in one.attempts]
    findings, seconds = scene.auditor.drained(attempts, in_hand=last)
    row.add(findings, gap=max(one.longest_gap() for one in told), drain=seconds)
    assert findings.clean, described([*findings.missed, *findings.unexpected, f"{findings.lost} lost"])
    return findings
