"""Two people, or a person and the roll-up, write one document at the same moment: the loser decides again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from services.goals.domain.errors import Contended
from services.goals.usecases.ports import LostRace

T = TypeVar("T")
_ATTEMPTS = 12
_LONGEST_PAUSE = 0.05


def contest(attempt: Callable[[], T]) -> T:
    """What ``attempt`` returned, the first time that it lost no race. It must read again each time.

    Raises:
        Contended: it lost too often; nothing is written.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except LostRace:
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**number)))  # noqa: S311  # jitter, no secret
    raise Contended
