"""Recorded progress rolled up to a common root by one worker, beside celery doing nothing."""

from __future__ import annotations

import math
import os
import subprocess
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from deploy.native.installation import ROOT
from libs.chassis.bus import Event
from libs.chassis.mongo import now
from libs.contracts.checkins import ProgressRecorded, StandingFacts
from libs.contracts.codec import encode
from libs.measures.progress import roll_up
from tests.bench import organisation
from tests.bench.broker import fill, purge
from tests.bench.draining import Drains, drain
from tests.bench.options import Options
from tests.bench.organisation import Made, Shape
from tests.bench.platform import Platform, python
from tests.bench.table import Report, Row, spread

SHAPE: Final = Shape(teams=20, personal=9)
QUEUE, YARDSTICK = "goals.progress.v1", "yardstick"
WORKER: Final = "goals-worker"
TARGET: Final = 1000.0
REACH: Final = 1.5


def measure(platform: Platform, options: Options) -> Report:
    """Rounds in turn: celery's no-op tasks, then as many events to one worker until the root is right."""
    made = organisation.make(platform, SHAPE, "Roll-up")
    ours, bare = Drains(), Drains()
    wrong = 0
    for number in range(options.rounds):
        _celery(platform, options.events, bare)
        _rolled_up(platform, made, options.events, number, ours)
        wrong += not _root_is_right(platform, made)
    row = Row(
        f"Events applied and rolled up to a common root a second, {options.events:,} pre-filled",
        spread(ours.rates),
        f"{spread(bare.rates)} celery no-op tasks",
        ours.rate / bare.rate,
        f"≥ {REACH}",
    )
    told = (
        f"Roll-up over {SHAPE.objectives} objectives and {len(made.key_results):,} key results; "
        f"roots that differ from a full recompute: {wrong}. "
        f"CPU ms per event: {ours.costs()}. CPU ms per celery task: {bare.costs()}."
    )
    return Report([row], [told])


def _celery(platform: Platform, count: int, drains: Drains) -> None:
    environment = {"YARDSTICK_AMQP_URL": platform.at.amqp_url}
    app = "tests.bench.yardsticks.roll_up"
    subprocess.run(
        python("-c", f"from {app} import fill; fill({count})"),
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )
    command = python("-m", "celery", "--app", app, "worker", "--concurrency=2", "--loglevel=WARNING")
    drain(platform, YARDSTICK, lambda: platform.run(YARDSTICK, command, environment), lambda: True, drains)
    platform.stop([YARDSTICK])


def _rolled_up(platform: Platform, made: Made, count: int, number: int, drains: Drains) -> None:
    each = max(1, count // len(made.key_results))
    first = number * each
    fill(platform.at.amqp_url, QUEUE, _events(made, first, each))
    key_results = platform.database("goals")["key_results"]
    wanted = {"organisation_id": made.id, "standing.seq": first + each}

    def done() -> bool:
        if key_results.count_documents(wanted) < len(made.key_results):
            return False
        return not any(
            platform.database("goals")[name].count_documents(
                {"rollup_due.0": {"$exists": True}}, hint="rollup_due"
            )
            for name in ("key_results", "objectives")
        )

    drain(platform, QUEUE, lambda: platform.start([WORKER], ready=False), done, drains)
    platform.stop([WORKER])
    purge(platform.at.amqp_url)


def _events(made: Made, first: int, each: int) -> list[Event]:
    """``each`` events for every key result, all key results in turn, as their check-ins would come."""
    began = now()
    return [
        _event(made, key_result, first + turn + 1, place, began + timedelta(milliseconds=turn))
        for turn in range(each)
        for place, key_result in enumerate(made.key_results)
    ]


def _event(made: Made, key_result: str, seq: int, place: int, at: datetime) -> Event:
    current = float((place * 7 + seq * 13) % 1000)
    standing = StandingFacts(
        seq=seq,
        at=at,
        current=current,
        raw_progress=current / TARGET,
        progress=current / TARGET,
        expected=0.5,
        status="on_track",
        confidence=7,
        as_of=at,
        next_check_in_on=at.date(),
    )
    said = ProgressRecorded(
        check_in_id=f"{key_result}-{seq}",
        key_result_id=key_result,
        objective_id=made.objective_of[key_result],
        author_id=made.people[0],
        standing=standing,
    )
    return Event.new(
        type=said.TYPE,
        source="/checkins",
        subject=key_result,
        organisation_id=made.id,
        seq=seq,
        data=encode(said),
    )


def _root_is_right(platform: Platform, made: Made) -> bool:
    """Whether the root shows what a full recompute from the leaves says."""
    goals = platform.database("goals")
    below: dict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for each in goals["key_results"].find(
        {"organisation_id": made.id}, {"objective_id": 1, "weight": 1, "standing": 1}
    ):
        below[each["objective_id"]].append((each["weight"], each["standing"]["progress"]))
    objectives = list(goals["objectives"].find({"organisation_id": made.id}).sort("rank", -1))
    for each in objectives:  # people's first, then teams', then the root
        if each["under_id"] is not None:
            below[each["under_id"]].append((each["weight"], roll_up(below[each["_id"]])))
    root = next(each for each in objectives if each["_id"] == made.root_id)
    wanted, shown = roll_up(below[made.root_id]), root["measured"]["progress"]
    return wanted is not None and shown is not None and math.isclose(wanted, shown, abs_tol=1e-9)
