"""Several check in on one key result at the same moment.

The one who loses the number reads and tries again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from services.checkins.domain.errors import Contended
from services.checkins.usecases.ports import LostRace

T = TypeVar("T")
_ATTEMPTS = 60
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
