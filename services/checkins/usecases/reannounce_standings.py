"""Every standing is said again, so that any copy elsewhere can be rebuilt."""

from __future__ import annotations

from services.checkins.usecases.announce import standing_changed
from services.checkins.usecases.ports import Ports

_BATCH = 200


def reannounce_standings(ports: Ports) -> int:
    """Every settled standing waits to be sent once more, as it is; how many is returned."""
    count = 0
    after = ""
    while batch := ports.situations.standing_after(after, _BATCH):
        says = {
            situation.key_result.id: standing_changed(situation, situation.standing)
            for situation in batch
            if situation.standing is not None
        }
        ports.situations.say_again(batch, says)
        count += len(says)
        after = batch[-1].key_result.id
    return count
