"""Which service owns which part of the public API: the address on the left, its owner on the right.

The most exact address wins, and the gateway's own resources win over all. What is not here does not exist.
"""

from __future__ import annotations

from typing import Final

GOALS, CHECKINS, NOTIFIER = "goals", "checkins", "notifier"

ROUTES: Final[dict[str, str]] = {
    "/organisation": GOALS,
    "/cycles": GOALS,
    "/cycles/<path:rest>": GOALS,
    "/teams": GOALS,
    "/teams/<path:rest>": GOALS,
    "/people": GOALS,
    "/people/<path:rest>": GOALS,
    "/objectives": GOALS,
    "/objectives/<path:rest>": GOALS,
    "/key-results": GOALS,
    "/key-results/<path:rest>": GOALS,
    "/key-results/<string:key_result_id>/check-ins": CHECKINS,
    "/key-results/<string:key_result_id>/standing": CHECKINS,
    "/check-ins/<path:rest>": CHECKINS,
    "/tree": GOALS,
    "/me": GOALS,
    "/me/notifications": NOTIFIER,
    "/mail-log": NOTIFIER,
    "/mail-log/<path:rest>": NOTIFIER,
}

# Where a copy has not caught up, others ask goals on behalf of the caller, and goals tells checkins which
# copies are outdated; so their tokens name each other as well.
AUDIENCES: Final[dict[str, tuple[str, ...]]] = {
    GOALS: (GOALS, CHECKINS),
    CHECKINS: (CHECKINS, GOALS),
    NOTIFIER: (NOTIFIER, GOALS),
}
