"""A fault under load: people check in before it, during it and after it, and then everything is audited."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tests.faults.auditor import described
from tests.faults.clients import Load
from tests.faults.conftest import SEED, Scene
from tests.faults.findings import Findings
from tests.faults.platform import ALL
from tests.faults.table import Row
from tests.fixtures.waiting import until

# Alone on its machine; in `make test` many other tests take their share of the processors.
SERVED_AGAIN_WITHIN: Final = 15.0 if ALL else 90.0


@contextmanager
def under_load(scene: Scene, case: str) -> Iterator[Callable[[], float]]:
    """Eight people check in; whoever calls what is given says that the fault's cause ends now.

    Then they go on until they are served again, everything comes to rest, and the row is written.
    """
    ended: list[float] = []

    def over() -> float:
        ended.append(time.monotonic())
        return ended[-1]

    row = Row(case)
    with Load(scene.address, scene.company, seed=random.Random(f"{SEED}:{case}").randint(1, 999)) as load:  # noqa: S311
        until(lambda: len(load.told.at) > 8, 30, "people check in")
        yield over
        since = ended[-1] if ended else over()
        back = until(lambda: load.told.back_after(since), 120, "people are served again") or 0.0
    findings, seconds = scene.auditor.drained(load.told.attempts)
    row.mails_doubled = scene.newly_doubled(findings)
    row.add(findings, gap=load.told.longest_gap(), drain=seconds, back=back)
    row.keep()
    judge(findings)
    assert back <= SERVED_AGAIN_WITHIN


def judge(findings: Findings) -> None:
    """Nothing is amiss."""
    assert findings.clean, described([*findings.missed, *findings.unexpected, f"{findings.lost} lost"])
